/*
 * Goes on where other verbs stop: what cannot be looked at is a finding.  Only without a
 * configuration is there nothing to look at.  Relationships are Git's; when Git cannot be asked,
 * the ones that the tables remember.
 */
#include <string.h>

#include "adm/scopes.h"
#include "agent/desired.h"
#include "agent/doctor-installation.h"
#include "agent/doctor-rows.h"
#include "agent/doctor.h"
#include "agent/fleet.h"
#include "agent/verb.h"
#include "base/nearest.h"

struct visit {
    struct pk_context *context;
    struct pk_pool *pool;
    const struct pk_arguments *arguments;
    struct pk_installation installation;
    struct pk_snapshot snapshot; /* of it only the relationships count */
    struct pk_fleet fleet;
    struct pk_doctor doctor;
};

const struct pk_check pk_doctor_server_checks[] = {
    [PK_DOCTOR_UNREACHABLE] = {"server-unreachable", PK_FINDING_PROBLEM,
                               "A server could not be asked, or answered something that is no "
                               "answer.",
                               "do what it says; where it says nothing to do, see that the server "
                               "runs and that this machine may reach it: until then pairkeeper "
                               "writes to neither server of its pair"},
    [PK_DOCTOR_OTHER_PAIR] = {"relationship-not-as-in-git", PK_FINDING_PROBLEM,
                              "What a server says of its partner is not what Git says.",
                              "correct servers of the relationship in Git, or the server's high "
                              "availability"},
};

/* -- What there is to look at -- */

/* As far as they are known: the tables remember no policies. */
static void
take_relationships_of_tables(struct visit *visit)
{
    struct pk_relations known = {0};
    if (visit->context->db == NULL ||
        pk_adm_relations_load(visit->context->db, visit->pool, &known, NULL) != PK_OK) {
        return;
    }
    struct pk_wanted_relationship *all =
        pk_array(visit->pool, struct pk_wanted_relationship, known.count + 1);
    for (size_t i = 0; i < known.count; i++) {
        const struct pk_relation *one = &known.at[i];
        if (one->servers[PK_SERVER_1] != NULL && one->servers[PK_SERVER_2] != NULL) {
            all[visit->snapshot.relationship_count++] = (struct pk_wanted_relationship){
                .name = one->name,
                .servers = {one->servers[PK_SERVER_1], one->servers[PK_SERVER_2]}};
        }
    }
    visit->snapshot.relationships = all;
}

static const char *
text_of(struct pk_pool *pool, const struct pk_error *err)
{
    return pk_sprintf(pool, "%s%s%s", err->where, err->where[0] != '\0' ? ": " : "", err->message);
}

static void
look_at_git(struct visit *visit)
{
    PK_CLEANUP(pk_desired_close) struct pk_desired desired = {0};
    struct pk_pass_request request = {
        .last_good = true, .compare_all = true, .actor = visit->context->actor};
    enum pk_exit exit = PK_EXIT_IN_STEP;
    struct pk_error err = {0};
    enum pk_code code = pk_desired_load(visit->pool, visit->context->config, visit->context->db,
                                        &request, &desired, &exit, &err);
    bool judged = exit == PK_EXIT_INVALID || exit == PK_EXIT_REFUSED;
    const char *failure = desired.problem != NULL ? desired.problem
                          : code != PK_OK         ? text_of(visit->pool, &err)
                                                  : NULL;
    *(judged ? &visit->installation.revision_failure : &visit->installation.repository_failure) =
        failure;
    if (code == PK_OK) {
        visit->snapshot = desired.snapshot;
    } else {
        take_relationships_of_tables(visit);
    }
}

static void
look_at_database(struct visit *visit)
{
    struct pk_error err = {0};
    enum pk_code code = pk_context_db(visit->context, PK_DB_READ, &err);
    visit->installation.has_database = code == PK_OK;
    bool has_folder = visit->installation.free_bytes >= 0;
    if (code != PK_OK && (code != PK_ENOENT || !has_folder)) {
        visit->installation.database_failure = text_of(visit->pool, &err);
    }
}

/* -- Which of it was asked for -- */

static bool
is_named(const struct visit *visit, const char *name)
{
    for (size_t i = 0; i < visit->arguments->positional_count; i++) {
        if (strcmp(visit->arguments->positional[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is_known(const struct visit *visit, const char *name, struct pk_nearest *nearest)
{
    const struct pk_config *config = visit->context->config;
    bool known = false;
    for (size_t i = 0; i < visit->snapshot.relationship_count; i++) {
        known = known || strcmp(visit->snapshot.relationships[i].name, name) == 0;
        pk_nearest_offer(nearest, visit->snapshot.relationships[i].name);
    }
    for (size_t i = 0; i < config->server_count; i++) {
        known = known || strcmp(config->servers[i].name, name) == 0;
        pk_nearest_offer(nearest, config->servers[i].name);
    }
    return known;
}

/* The first name that nobody has, or NULL; @p nearest then says what it may have meant. */
static const char *
unknown_name(const struct visit *visit, struct pk_nearest *nearest)
{
    for (size_t i = 0; i < visit->arguments->positional_count; i++) {
        const char *name = visit->arguments->positional[i];
        *nearest = (struct pk_nearest){.wanted = name};
        if (!is_known(visit, name, nearest)) {
            return name;
        }
    }
    return NULL;
}

static bool
is_chosen(const struct visit *visit, const char *name)
{
    return visit->arguments->positional_count == 0 || is_named(visit, name);
}

/* Servers by name, and those of the relationships chosen. */
static const char *const *
choose_servers(const struct visit *visit, size_t *count)
{
    const struct pk_config *config = visit->context->config;
    const struct pk_snapshot *snapshot = &visit->snapshot;
    const char **names =
        pk_array(visit->pool, const char *,
                 config->server_count + PK_PAIR * snapshot->relationship_count + 1);
    *count = 0;
    for (size_t i = 0; i < config->server_count; i++) {
        if (is_chosen(visit, config->servers[i].name)) {
            names[(*count)++] = config->servers[i].name;
        }
    }
    for (size_t i = 0; i < snapshot->relationship_count; i++) {
        const struct pk_wanted_relationship *one = &snapshot->relationships[i];
        for (size_t side = 0; side < PK_PAIR && is_chosen(visit, one->name); side++) {
            names[(*count)++] = one->servers[side];
        }
    }
    return names;
}

/* -- Looking -- */

static void
examine_server(struct visit *visit, const struct pk_fleet_server *server)
{
    struct pk_findings own = {0}, of_rows = {0};
    struct pk_error err = {0};
    const char *name = server->config->name;
    pk_doctor_add_subject(&visit->doctor, (struct pk_doctor_subject){
                                              .server = name, .driver = server->config->driver});
    const char *failure = server->known ? NULL : server->reason;
    if (server->known && server->driver->examine != NULL &&
        server->driver->examine(server->connection, visit->pool, &own, &err) != PK_OK) {
        failure = text_of(visit->pool, &err);
    }
    if (failure != NULL) {
        pk_finding_add(visit->pool, &own, &pk_doctor_server_checks[PK_DOCTOR_UNREACHABLE], name,
                       NULL, "%s", failure);
    }
    if (server->known && server->problem != NULL) {
        pk_finding_add(visit->pool, &own, &pk_doctor_server_checks[PK_DOCTOR_OTHER_PAIR], name,
                       NULL, "%s", server->problem);
    }
    if (server->known) {
        pk_rows_examine(visit->pool, name, &server->observed.rows, &of_rows);
    }
    visit->doctor.servers++;
    visit->doctor.servers_read += failure == NULL;
    pk_doctor_take(&visit->doctor, NULL, &own);
    pk_doctor_take(&visit->doctor, NULL, &of_rows);
}

static void
examine_known_pair(struct visit *visit, const struct pk_wanted_relationship *pair,
                   const struct pk_fleet_server *first, const struct pk_fleet_server *second)
{
    struct pk_findings own = {0}, of_rows = {0};
    struct pk_error err = {0};
    const struct pk_rows *const rows[PK_PAIR] = {&first->observed.rows, &second->observed.rows};
    bool alike = first->driver == second->driver && first->driver->examine_pair != NULL;
    if (alike && first->driver->examine_pair(first->connection, second->connection, visit->pool,
                                             &own, &err) != PK_OK) {
        pk_finding_add(visit->pool, &own, &pk_doctor_server_checks[PK_DOCTOR_UNREACHABLE], NULL,
                       NULL, "%s", text_of(visit->pool, &err));
    }
    pk_rows_examine_pair(visit->pool, pair->servers, rows, &of_rows);
    pk_doctor_take(&visit->doctor, pair->name, &own);
    pk_doctor_take(&visit->doctor, pair->name, &of_rows);
}

static void
examine_pair(struct visit *visit, const struct pk_wanted_relationship *pair)
{
    const struct pk_fleet_server *first = pk_fleet_find(&visit->fleet, pair->servers[PK_SERVER_1]);
    const struct pk_fleet_server *second = pk_fleet_find(&visit->fleet, pair->servers[PK_SERVER_2]);
    if (first == NULL || second == NULL || !first->known || !second->known) {
        return; /* what is missing is told of the server */
    }
    pk_doctor_add_subject(&visit->doctor,
                          (struct pk_doctor_subject){
                              .relationship = pair->name,
                              .servers = {pair->servers[PK_SERVER_1], pair->servers[PK_SERVER_2]}});
    examine_known_pair(visit, pair, first, second);
}

static void
examine_installation(struct visit *visit)
{
    struct pk_findings found = {0};
    pk_doctor_add_subject(&visit->doctor, (struct pk_doctor_subject){0});
    pk_installation_examine(visit->pool, &visit->installation, &found);
    pk_doctor_take(&visit->doctor, NULL, &found);
}

static void
make_room(struct visit *visit)
{
    size_t servers = visit->context->config != NULL ? visit->context->config->server_count : 0;
    visit->doctor.subjects = pk_array(visit->pool, struct pk_doctor_subject,
                                      1 + servers + visit->snapshot.relationship_count);
}

static enum pk_exit
examine_all(struct visit *visit)
{
    size_t count;
    const char *const *names = choose_servers(visit, &count);
    make_room(visit);
    if (visit->arguments->positional_count == 0) {
        visit->installation.knows_no_pair = visit->snapshot.relationship_count == 0;
        examine_installation(visit);
    }
    pk_fleet_open(visit->pool, visit->context->config, visit->context->db, &visit->snapshot, names,
                  count, &visit->fleet);
    pk_fleet_observe(&visit->fleet);
    for (size_t i = 0; i < visit->fleet.count; i++) {
        examine_server(visit, &visit->fleet.at[i]);
    }
    for (size_t i = 0; i < visit->snapshot.relationship_count; i++) {
        const struct pk_wanted_relationship *one = &visit->snapshot.relationships[i];
        if (is_chosen(visit, one->name)) {
            examine_pair(visit, one);
        }
    }
    pk_fleet_close(&visit->fleet);
    pk_doctor_sort(&visit->doctor);
    pk_doctor_print(visit->context, &visit->doctor);
    return PK_EXIT_IN_STEP;
}

/* Without a configuration: its errors are all there is to tell. */
static enum pk_exit
tell_config(struct visit *visit, struct pk_diagnostics *diagnostics, const struct pk_error *err)
{
    const char **errors = pk_array(visit->pool, const char *, diagnostics->list.count + 1);
    size_t count = 0;
    pk_diagnostics_sort(diagnostics);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        errors[count++] = pk_diagnostic_text(visit->pool, &diagnostics->list.at[i]);
    }
    if (count == 0) {
        errors[count++] = text_of(visit->pool, err);
    }
    visit->installation = (struct pk_installation){.config_errors = errors,
                                                   .config_error_count = count,
                                                   .has_database = true,
                                                   .free_bytes = -1,
                                                   .now = pk_wall_now()};
    make_room(visit);
    examine_installation(visit);
    pk_doctor_print(visit->context, &visit->doctor);
    return PK_EXIT_CANNOT_RUN;
}

enum pk_exit
pk_verb_doctor(struct pk_context *context, const struct pk_arguments *arguments)
{
    struct visit visit = {.context = context,
                          .pool = context->pool,
                          .arguments = arguments,
                          .doctor = {.pool = context->pool}};
    struct pk_diagnostics diagnostics = {.pool = context->pool};
    struct pk_error err = {0};
    struct pk_nearest nearest;
    if (pk_context_config(context, &diagnostics, &err) != PK_OK) {
        return tell_config(&visit, &diagnostics, &err);
    }
    pk_installation_look(visit.pool, context->config, &visit.installation);
    look_at_database(&visit);
    look_at_git(&visit);
    const char *unknown = unknown_name(&visit, &nearest);
    if (unknown != NULL) {
        return pk_verb_usage(
            context, arguments, "there is no server or relationship called '%s'%s%s%s", unknown,
            nearest.best != NULL ? ": did you mean '" : "",
            nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "'?" : "");
    }
    return examine_all(&visit);
}

/*
 * The server says which relationships it is in; the configuration says which of its partners can be
 * read.  One of both is a pair, several are a question, none is a server by itself.
 */
#include "agent/import-pair.h"

#include <string.h>

#include "agent/pairing.h"
#include "base/json.h"
#include "base/nearest.h"
#include "base/text.h"

static enum pk_code
check_configured(const struct pk_config *config, const char *server, struct pk_error *err)
{
    if (pk_config_server(config, server) != NULL) {
        return PK_OK;
    }
    PK_SCRATCH(scratch);
    struct pk_nearest nearest = {.wanted = server};
    struct pk_text all = {.pool = scratch};
    for (size_t i = 0; i < config->server_count; i++) {
        pk_nearest_offer(&nearest, config->servers[i].name);
        pk_text_addf(&all, "%s%s", i != 0 ? ", " : "", config->servers[i].name);
    }
    return pk_error_set(err, PK_ENOENT, config->file, "no server is called '%s'; %s%s%s", server,
                        nearest.best != NULL ? "did you mean '" : "servers are ",
                        nearest.best != NULL ? nearest.best : pk_text_end(&all),
                        nearest.best != NULL ? "'?" : "");
}

/* -- Relationships of the server --------------------------------------------------------------- */

static const char *
member_name(struct pk_pool *pool, const struct pk_relation *relation, size_t side)
{
    if (relation->servers[side] != NULL) {
        return relation->servers[side];
    }
    const struct pk_field *field = &pk_relationship_fields.at[PK_RELATIONSHIP_SERVERS];
    const char *value = pk_parts_get(&relation->parts, field, "");
    json_auto_t *names = value != NULL ? pk_json_parse(value, NULL) : NULL;
    const char *name = json_string_value(json_array_get(names, side));
    return name != NULL ? pk_strdup(pool, name) : NULL;
}

/* The other member; NULL when the relation does not name both. */
static const char *
other_member(struct pk_pool *pool, const struct pk_relation *relation, const char *server)
{
    const char *first = member_name(pool, relation, PK_SERVER_1);
    const char *second = member_name(pool, relation, PK_SERVER_2);
    if (first == NULL || second == NULL) {
        return NULL;
    }
    return strcmp(first, server) == 0 ? second : first;
}

static const struct pk_relation *
relation_with(struct pk_pool *pool, const struct pk_fleet_server *server, const char *partner)
{
    for (size_t i = 0; i < server->observed.relations.count; i++) {
        const struct pk_relation *relation = &server->observed.relations.at[i];
        const char *other = other_member(pool, relation, server->config->name);
        if (other != NULL && strcmp(other, partner) == 0) {
            return relation;
        }
    }
    return NULL;
}

struct partners {
    PK_VECTOR(const char *) list;
    struct pk_text words; /* "dhcp-b (campus), dhcp-c (labs)" */
};

/* The configured partners; with a name that is one of the server's own, only that relationship's.
 */
static struct partners
partners_of(struct pk_pool *pool, const struct pk_config *config,
            const struct pk_fleet_server *server, const char *relationship)
{
    const struct pk_relations *relations = &server->observed.relations;
    bool known = relationship != NULL && pk_relations_find(relations, relationship) != NULL;
    struct partners out = {.words = {.pool = pool}};
    for (size_t i = 0; i < relations->count; i++) {
        const struct pk_relation *relation = &relations->at[i];
        const char *other = other_member(pool, relation, server->config->name);
        if (other != NULL && pk_config_server(config, other) != NULL &&
            (!known || strcmp(relation->name, relationship) == 0)) {
            *pk_push(pool, &out.list) = other;
            pk_text_addf(&out.words, "%s%s (%s)", out.list.count > 1 ? ", " : "", other,
                         relation->name);
        }
    }
    return out;
}

/* -- Opening ----------------------------------------------------------------------------------- */

static enum pk_code
fail_unread(const struct pk_fleet_server *server, struct pk_error *err)
{
    return pk_error_set(err, PK_EAGAIN, "", "%s; nothing was imported", server->reason);
}

/* Opens and reads a server, and its partner unless NULL; servers that have no names of ours for
 * their relationships are told this one. */
static enum pk_code
open_servers(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
             const char *const names[PK_PAIR], const char *relationship, struct pk_fleet *fleet,
             struct pk_error *err)
{
    bool paired = names[PK_SERVER_2] != NULL;
    struct pk_wanted_relationship *wanted = pk_new(pool, struct pk_wanted_relationship);
    *wanted = (struct pk_wanted_relationship){.servers = {names[PK_SERVER_1], names[PK_SERVER_2]}};
    if (paired) {
        wanted->name = relationship != NULL
                           ? relationship
                           : pk_import_name(pool, names[PK_SERVER_1], names[PK_SERVER_2]);
    }
    const struct pk_snapshot snapshot = {.relationships = wanted, .relationship_count = paired};
    pk_fleet_close(fleet);
    pk_fleet_open(pool, config, db, &snapshot, names, paired ? PK_PAIR : 1, fleet);
    pk_fleet_observe(fleet);
    for (size_t i = 0; i < fleet->count; i++) {
        if (!fleet->at[i].known) {
            return fail_unread(&fleet->at[i], err);
        }
    }
    return PK_OK;
}

/* -- Servers that only know the names of their peers ---------------------------------------------
 */

static struct pk_paired_server
ask_peerings(struct pk_pool *pool, const struct pk_fleet_server *server)
{
    struct pk_paired_server out = {.name = server->config->name};
    struct pk_error ignored = {0};
    out.answers =
        server->connection != NULL && server->driver->peerings != NULL &&
        server->driver->peerings(server->connection, pool, &out.peerings, &ignored) == PK_OK;
    return out;
}

/* Does each say that the other is its partner? */
static bool
fit(struct pk_pool *pool, const struct pk_paired_server *a, const struct pk_paired_server *b)
{
    const struct pk_wanted_relationship relationship = {.name = "", .servers = {a->name, b->name}};
    struct pk_paired_server both[PK_PAIR] = {*a, *b};
    pk_pair_servers(pool, &relationship, 1, both, PK_PAIR);
    bool found = false;
    for (size_t i = 0; a->answers && b->answers && i < a->peerings.count; i++) {
        found = found || both[PK_SERVER_1].names[i].relationship != NULL;
    }
    return found;
}

/* All other servers that could be its partner are asked; one that cannot be might be it. */
static enum pk_code
find_peer(struct pk_pool *pool, const struct pk_config *config,
          const struct pk_fleet_server *server, struct partners *out, struct pk_error *err)
{
    const char **names = pk_array(pool, const char *, config->server_count);
    for (size_t i = 0; i < config->server_count; i++) {
        names[i] = config->servers[i].name;
    }
    struct pk_paired_server self = ask_peerings(pool, server);
    PK_CLEANUP(pk_fleet_close) struct pk_fleet others;
    const struct pk_snapshot nothing = {.relationship_count = 0};
    pk_fleet_open(pool, config, NULL, &nothing, names,
                  self.peerings.count != 0 ? config->server_count : 0, &others);
    const struct pk_fleet_server *unread = NULL;
    for (size_t i = 0; i < others.count; i++) {
        const struct pk_fleet_server *other = &others.at[i];
        if (other->driver->peerings == NULL || other->config == server->config) {
            continue;
        }
        struct pk_paired_server peer = ask_peerings(pool, other);
        unread = peer.answers ? unread : other;
        if (fit(pool, &self, &peer)) {
            *pk_push(pool, &out->list) = peer.name;
            pk_text_addf(&out->words, "%s%s", out->list.count > 1 ? ", " : "", peer.name);
        }
    }
    return unread == NULL || out->list.count != 0
               ? PK_OK
               : pk_error_set(err, PK_EAGAIN, "",
                              "the partner of %s is not known: %s cannot be read and may be it; "
                              "say which with --partner NAME",
                              server->config->name, unread->config->name);
}

/* -- Which two --------------------------------------------------------------------------------- */

/* Servers that keep no relationship can be joined in YAML; others have to be joined themselves. */
static enum pk_code
check_pair(struct pk_pool *pool, const struct pk_config *config,
           const struct pk_fleet_server *server, const struct pk_fleet_server *partner,
           struct pk_error *err)
{
    const char *name = server->config->name, *other = partner->config->name;
    if (relation_with(pool, server, other) != NULL || relation_with(pool, partner, name) != NULL) {
        return PK_OK;
    }
    struct partners known = partners_of(pool, config, server, NULL);
    if (known.list.count != 0) {
        return pk_error_set(err, PK_EINVAL, "", "%s and %s are no pair; %s is one with %s", name,
                            other, name, pk_text_end(&known.words));
    }
    if (!server->driver->capabilities(server->connection)->keeps_relationships ||
        !partner->driver->capabilities(partner->connection)->keeps_relationships) {
        return pk_error_set(err, PK_EINVAL, "",
                            "%s and %s are no pair: neither says that the other is its partner; "
                            "set up high availability on both, or import each by itself",
                            name, other);
    }
    return PK_OK;
}

/* Decides on the partner, once the server itself has been read. */
static enum pk_code
find_partner(struct pk_pool *pool, const struct pk_config *config,
             const struct pk_import_request *request, const struct pk_fleet_server *server,
             const char **partner, struct pk_error *err)
{
    struct partners known = partners_of(pool, config, server, request->relationship);
    enum pk_code code = server->driver->peerings != NULL && known.list.count == 0
                            ? find_peer(pool, config, server, &known, err)
                            : PK_OK;
    *partner = known.list.count == 1 ? known.list.at[0] : NULL;
    return code != PK_OK || known.list.count <= 1
               ? code
               : pk_error_set(err, PK_EINVAL, "",
                              "%s has several partners: %s; say which with --partner NAME",
                              request->server, pk_text_end(&known.words));
}

/* The only other one that can say whose partner it is; NULL where there is none or a choice. */
static const char *
only_candidate(const struct pk_config *config, const char *server)
{
    const char *found = NULL;
    for (size_t i = 0; i < config->server_count; i++) {
        const struct pk_server_config *one = &config->servers[i];
        bool is_self = strcmp(one->name, server) == 0;
        if (pk_driver_find(one->driver)->peerings == NULL) {
            continue;
        }
        if (!is_self && found != NULL) {
            return NULL;
        }
        found = is_self ? found : one->name;
    }
    return found;
}

/* Reads the only pair there can be, each server once and both at the same time; false where they
 * turn out to be none: then they have to be asked one by one. */
static bool
open_likely_pair(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                 const struct pk_import_request *request, const char *names[PK_PAIR],
                 struct pk_fleet *fleet)
{
    struct pk_error ignored = {0}; /* who asks one by one says it better */
    const char *other = only_candidate(config, request->server);
    bool opened =
        other != NULL &&
        pk_driver_find(pk_config_server(config, request->server)->driver)->peerings != NULL &&
        open_servers(pool, config, db, (const char *const[PK_PAIR]){request->server, other},
                     request->relationship, fleet, &ignored) == PK_OK &&
        relation_with(pool, pk_fleet_find(fleet, request->server), other) != NULL;
    names[PK_SERVER_2] = opened ? other : NULL;
    return opened;
}

static enum pk_code
open_and_find_partner(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                      const struct pk_import_request *request, const char *names[PK_PAIR],
                      struct pk_fleet *fleet, struct pk_error *err)
{
    enum pk_code code = open_servers(pool, config, db, names, request->relationship, fleet, err);
    if (code == PK_OK) {
        code = find_partner(pool, config, request, pk_fleet_find(fleet, request->server),
                            &names[PK_SERVER_2], err);
    }
    return code == PK_OK && names[PK_SERVER_2] != NULL
               ? open_servers(pool, config, db, names, request->relationship, fleet, err)
               : code;
}

static void
take_sides(struct pk_pool *pool, const struct pk_import_request *request, const char *partner,
           struct pk_import_pair *out)
{
    const struct pk_fleet_server *a = pk_fleet_find(&out->fleet, request->server);
    const struct pk_fleet_server *b = partner != NULL ? pk_fleet_find(&out->fleet, partner) : NULL;
    out->source = (struct pk_import_side){
        .server = request->server,
        .rows = &a->observed.rows,
        .relation = b != NULL ? relation_with(pool, a, partner) : NULL,
    };
    out->name = out->source.relation != NULL ? out->source.relation->name : request->server;
    if (b != NULL) {
        out->partner = (struct pk_import_side){
            .server = partner,
            .rows = &b->observed.rows,
            .relation = relation_with(pool, b, request->server),
        };
        bool known = out->source.relation != NULL || out->partner.relation != NULL;
        const struct pk_relation *relation =
            out->source.relation != NULL ? out->source.relation : out->partner.relation;
        out->name = known ? relation->name : pk_import_name(pool, request->server, partner);
    }
    out->name = request->relationship != NULL ? request->relationship : out->name;
}

static enum pk_code
check_names(const struct pk_config *config, const struct pk_import_request *request,
            struct pk_error *err)
{
    enum pk_code code = check_configured(config, request->server, err);
    return code == PK_OK && request->partner != NULL
               ? check_configured(config, request->partner, err)
               : code;
}

enum pk_code
pk_import_pair_open(struct pk_pool *pool, const struct pk_config *config, struct pk_db *db,
                    const struct pk_import_request *request, struct pk_import_pair *out,
                    struct pk_error *err)
{
    *out = (struct pk_import_pair){.name = NULL};
    const char *names[PK_PAIR] = {request->server, request->partner};
    enum pk_code code = check_names(config, request, err);
    if (code == PK_OK && request->partner != NULL) {
        code = open_servers(pool, config, db, names, request->relationship, &out->fleet, err);
    } else if (code == PK_OK && !open_likely_pair(pool, config, db, request, names, &out->fleet)) {
        code = open_and_find_partner(pool, config, db, request, names, &out->fleet, err);
    }
    if (code == PK_OK && names[PK_SERVER_2] != NULL) {
        code = check_pair(pool, config, pk_fleet_find(&out->fleet, names[PK_SERVER_1]),
                          pk_fleet_find(&out->fleet, names[PK_SERVER_2]), err);
    }
    if (code == PK_OK) {
        take_sides(pool, request, names[PK_SERVER_2], out);
    }
    return code;
}

void
pk_import_pair_close(struct pk_import_pair *pair)
{
    pk_fleet_close(&pair->fleet);
}

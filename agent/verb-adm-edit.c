/*
 * `adm set` and `adm delete`.  Each leaves an event, as an audit log of a real server would:
 * without it nobody could tell later who made a drift.
 */
#include <string.h>

#include "adm/events.h"
#include "adm/scopes.h"
#include "agent/adm-edit.h"
#include "agent/verb-adm.h"
#include "base/text.h"

/* @p row is the one that was edited, NULL = all of the server. */
static void
add_event(struct pk_txn *txn, struct pk_context *context, const char *server,
          const struct pk_row *row, const char *message, const json_t *attributes)
{
    const char *subnet = row != NULL ? pk_prefix_text(context->pool, row->subnet) : NULL;
    struct pk_event event = {
        .time = pk_wall_now(),
        .reason = PK_REASON_EDITED_BY_HAND,
        .relationship = row != NULL ? row->relationship : NULL,
        .subnet = subnet,
        .server = server,
        .actor = context->actor,
        .message = message,
        .attributes = pk_json_text(context->pool, attributes),
        .count = 1,
    };
    pk_event_add(txn, &event);
}

/* -- set -- */

/* `lease-time 8h → 12h, …`, and the parts' names for the attributes. */
static const char *
changes_of(struct pk_pool *pool, const struct pk_parts *before, const struct pk_parts *after,
           json_t *names)
{
    struct pk_text text = {.pool = pool};
    struct pk_parts_walk walk = {.a = before, .b = after};
    struct pk_part_pair pair;
    while (pk_parts_step(&walk, &pair)) {
        if (pair.a != NULL && pair.b != NULL && strcmp(pair.a, pair.b) == 0) {
            continue;
        }
        const char *name = pk_part_name(pool, pair.field, pair.key);
        json_array_append_new(names, json_string(name));
        pk_text_addf(&text, "%s%s %s → %s", text.count > 0 ? ", " : "", name,
                     pk_field_display(pool, pair.field, pair.a),
                     pk_field_display(pool, pair.field, pair.b));
    }
    return pk_text_end(&text);
}

static enum pk_code
find_row(struct pk_context *context, const char *server, struct pk_prefix subnet,
         const struct pk_row **out, struct pk_error *err)
{
    struct pk_rows rows = {0};
    enum pk_code code =
        pk_adm_scopes_load(context->db, context->pool, server, &subnet, 1, &rows, err);
    *out = code == PK_OK && rows.count > 0 ? &rows.at[0] : NULL;
    return code;
}

static enum pk_code
write_edit(struct pk_context *context, const char *server, const struct pk_row *before,
           const struct pk_adm_edit *edit, const char **said, struct pk_error *err)
{
    static const struct pk_parts none = {0};
    json_t *names = json_array();
    const char *changes =
        changes_of(context->pool, before != NULL ? &before->parts : &none, &edit->row.parts, names);
    json_auto_t *attributes = json_pack("{s:o}", "fields", names);
    bool same_leases =
        !edit->sets_leases || (before != NULL && before->active_leases == edit->active_leases);
    bool same_parts = before != NULL && json_array_size(names) == 0;
    *said = "nothing to change";
    if (same_parts && same_leases) {
        return PK_OK;
    }
    *said = before == NULL ? pk_sprintf(context->pool, "created: %s", changes) : changes;
    if (!same_leases) {
        *said = pk_sprintf(context->pool, "%s%sactive-leases %s", *said, **said != '\0' ? ", " : "",
                           edit->active_leases == PK_LEASES_UNKNOWN
                               ? "unknown"
                               : pk_sprintf(context->pool, "%lld", (long long)edit->active_leases));
    }
    struct pk_txn txn;
    pk_txn_begin(context->db, &txn);
    pk_adm_server_put(&txn, server, pk_embedded_driver);
    if (!same_parts) {
        pk_adm_scope_put(&txn, server, &edit->row);
    }
    if (!same_leases) {
        pk_adm_scope_set_leases(&txn, server, edit->row.subnet, edit->active_leases);
    }
    const struct pk_row *linked = edit->row.relationship == NULL ? before : NULL;
    add_event(&txn, context, server, linked != NULL ? linked : &edit->row, *said, attributes);
    return pk_txn_end(&txn, err);
}

static void
print_said(struct pk_context *context, const char *server, const char *subnet, const char *said)
{
    if (context->format == PK_FORMAT_JSON) {
        json_t *document = pk_json_document();
        json_object_set_new(document, "server", json_string(server));
        json_object_set_new(document, "subnet", pk_json_text_or_null(subnet));
        json_object_set_new(document, "message", json_string(said));
        pk_context_print_json(context, document);
    } else {
        fprintf(context->out, "%s%s%s: %s\n", server, subnet != NULL ? " " : "",
                subnet != NULL ? subnet : "", said);
    }
}

enum pk_exit
pk_adm_set(struct pk_context *context, const struct pk_arguments *arguments,
           const struct pk_adm_words *words)
{
    (void)arguments;
    const char *server = words->servers[0], *said = "";
    struct pk_prefix subnet;
    const struct pk_row *before = NULL;
    struct pk_adm_edit edit;
    struct pk_error err = {0};
    if (pk_adm_subnet(words->rest[0], &subnet, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code == PK_OK) {
        code = find_row(context, server, subnet, &before, &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    if (pk_adm_edit_read(context->pool, subnet, before, words->rest + 1, words->rest_count - 1,
                         &edit, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    if (write_edit(context, server, before, &edit, &said, &err) != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    print_said(context, server, pk_prefix_text(context->pool, subnet), said);
    return PK_EXIT_IN_STEP;
}

/* -- delete -- */

static enum pk_code
delete_all(struct pk_context *context, const char *server, const char **said, struct pk_error *err)
{
    struct pk_rows rows = {0};
    enum pk_code code = pk_adm_scopes_load(context->db, context->pool, server, NULL, 0, &rows, err);
    *said = "nothing to delete";
    if (code != PK_OK || rows.count == 0) {
        return code;
    }
    *said = pk_sprintf(context->pool, "all %zu scope%s deleted", rows.count, pk_plural(rows.count));
    json_t *subnets = json_array();
    struct pk_txn txn;
    pk_txn_begin(context->db, &txn);
    for (size_t i = 0; i < rows.count; i++) {
        pk_adm_scope_delete(&txn, server, rows.at[i].subnet);
        json_array_append_new(subnets,
                              json_string(pk_prefix_text(context->pool, rows.at[i].subnet)));
    }
    json_auto_t *attributes = json_pack("{s:o}", "subnets", subnets);
    add_event(&txn, context, server, NULL, *said, attributes);
    return pk_txn_end(&txn, err);
}

static enum pk_code
delete_one(struct pk_context *context, const char *server, struct pk_prefix subnet,
           struct pk_txn *txn, struct pk_error *err)
{
    const struct pk_row *row = NULL;
    const char *text = pk_prefix_text(context->pool, subnet);
    enum pk_code code = find_row(context, server, subnet, &row, err);
    if (code == PK_OK && row == NULL) {
        code = pk_error_set(err, PK_ENOENT, server,
                            "has no scope %s; nothing was deleted, see pairkeeper adm list", text);
    }
    if (code != PK_OK) {
        pk_txn_fail(txn, err);
        return code;
    }
    json_auto_t *attributes = json_pack("{s:[s]}", "subnets", text);
    pk_adm_scope_delete(txn, server, subnet);
    add_event(txn, context, server, row, "deleted", attributes);
    return PK_OK;
}

/* All of them or none. */
static enum pk_code
delete_named(struct pk_context *context, const char *server, const struct pk_prefix *subnets,
             size_t count, const char **said, struct pk_error *err)
{
    struct pk_txn txn;
    pk_txn_begin(context->db, &txn);
    enum pk_code code = PK_OK;
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        code = delete_one(context, server, subnets[i], &txn, err);
    }
    *said = pk_sprintf(context->pool, "%zu scope%s deleted", count, pk_plural(count));
    return pk_txn_end(&txn, err);
}

enum pk_exit
pk_adm_delete(struct pk_context *context, const struct pk_arguments *arguments,
              const struct pk_adm_words *words)
{
    bool all = pk_argument(arguments, "all") != NULL;
    const char *server = words->servers[0], *said = "";
    struct pk_prefix *subnets = pk_array(context->pool, struct pk_prefix, words->rest_count + 1);
    struct pk_error err = {0};
    if (all == (words->rest_count > 0)) {
        return pk_verb_usage(context, arguments, "delete takes either subnets or --all");
    }
    for (size_t i = 0; i < words->rest_count; i++) {
        if (pk_adm_subnet(words->rest[i], &subnets[i], &err) != PK_OK) {
            return pk_context_fail(context, PK_EXIT_USAGE, &err);
        }
    }
    enum pk_code code = pk_context_db(context, PK_DB_WRITE, &err);
    if (code == PK_OK) {
        code = all ? delete_all(context, server, &said, &err)
                   : delete_named(context, server, subnets, words->rest_count, &said, &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    print_said(context, server, words->rest_count == 1 ? words->rest[0] : NULL, said);
    return PK_EXIT_IN_STEP;
}

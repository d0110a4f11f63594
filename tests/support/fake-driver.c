/* Rows in a sorted array; every write looks at the script first. */
#include "tests/support/fake-driver.h"

#include <stdlib.h>
#include <string.h>

struct pk_server {
    struct pk_pool *pool;
    const struct pk_server_config *config;
    struct pk_fake_script script;
    PK_VECTOR(struct pk_row) rows;
    struct pk_relation relation;
    bool has_relation, is_cut;
    int64_t sequence;
};

static const struct pk_prefix nowhere = {.address = 0xffffffff, .length = 32};

static enum pk_code
fake_open(const struct pk_server_config *config, struct pk_db *db, struct pk_server **out,
          struct pk_error *err)
{
    (void)db;
    (void)err;
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_server *server = pk_new(pool, struct pk_server);
    *server = (struct pk_server){
        .pool = pool,
        .config = config,
        .script = {.capabilities = {.writes = true, .batch_limit = 8, .keeps_relationships = true},
                   .refuses = nowhere,
                   .poisons = nowhere,
                   .lies_about = nowhere,
                   .cut_after = nowhere,
                   .cut_unknown = nowhere,
                   .fail_verify_at = PK_FAKE_NEVER},
    };
    *out = server;
    return PK_OK;
}

static void
fake_close(struct pk_server *server)
{
    if (server != NULL) {
        pk_pool_free(server->pool);
    }
}

struct pk_fake_script *
pk_fake_script_of(struct pk_server *server)
{
    return &server->script;
}

static const struct pk_capabilities *
fake_capabilities(const struct pk_server *server)
{
    return &server->script.capabilities;
}

static bool
is(struct pk_prefix a, struct pk_prefix b)
{
    return pk_prefix_compare(a, b) == 0;
}

static struct pk_row *
find(struct pk_server *server, struct pk_prefix subnet)
{
    for (size_t i = 0; i < server->rows.count; i++) {
        if (is(server->rows.at[i].subnet, subnet)) {
            return &server->rows.at[i];
        }
    }
    return NULL;
}

static int
compare_rows(const void *a, const void *b)
{
    return pk_prefix_compare(((const struct pk_row *)a)->subnet,
                             ((const struct pk_row *)b)->subnet);
}

static struct pk_parts
copy_parts(struct pk_pool *pool, const struct pk_parts *parts)
{
    struct pk_part *at = pk_array(pool, struct pk_part, parts->count + 1);
    for (size_t i = 0; i < parts->count; i++) {
        at[i] = (struct pk_part){.field = parts->at[i].field,
                                 .key = pk_strdup(pool, parts->at[i].key),
                                 .value = pk_strdup(pool, parts->at[i].value)};
    }
    return (struct pk_parts){.at = at, .count = parts->count};
}

void
pk_fake_set(struct pk_server *server, struct pk_prefix subnet, const struct pk_row *row)
{
    struct pk_row *old = find(server, subnet);
    server->sequence++;
    if (row == NULL) {
        if (old != NULL) {
            *old = server->rows.at[--server->rows.count];
        }
    } else {
        old = old != NULL ? old : pk_push(server->pool, &server->rows);
        *old = (struct pk_row){.subnet = subnet,
                               .relationship = row->relationship,
                               .parts = copy_parts(server->pool, &row->parts),
                               .active_leases = PK_LEASES_UNKNOWN};
        old->hash = pk_parts_hash(&old->parts);
    }
    if (server->rows.count > 1) {
        qsort(server->rows.at, server->rows.count, sizeof server->rows.at[0], compare_rows);
    }
}

static enum pk_code
fake_sequence(struct pk_server *server, struct pk_pool *pool, const char *since, const char **out,
              struct pk_error *err)
{
    (void)since;
    (void)err;
    *out = pk_sprintf(pool, "%lld", (long long)server->sequence);
    return PK_OK;
}

static enum pk_code
unreachable(struct pk_server *server, struct pk_error *err)
{
    return pk_error_set(err, PK_EAGAIN, server->config->name, "the connection was reset");
}

static struct pk_row *
copy_rows(struct pk_server *server, struct pk_pool *pool)
{
    struct pk_row *rows = pk_array(pool, struct pk_row, server->rows.count + 1);
    for (size_t i = 0; i < server->rows.count; i++) {
        rows[i] = server->rows.at[i];
    }
    return rows;
}

static enum pk_code
fake_read(struct pk_server *server, struct pk_pool *pool, struct pk_observation *out,
          struct pk_error *err)
{
    if (server->is_cut) {
        return unreachable(server, err);
    }
    *out = (struct pk_observation){
        .rows = {.at = copy_rows(server, pool), .count = server->rows.count},
        .relations = {.at = &server->relation, .count = server->has_relation ? 1 : 0},
        .sequence = "",
    };
    return fake_sequence(server, pool, NULL, &out->sequence, err);
}

static enum pk_code
fake_verify(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
            size_t count, struct pk_rows *out, struct pk_error *err)
{
    int turn = (int)server->script.verifies++;
    if (server->is_cut || turn == server->script.fail_verify_at) {
        return unreachable(server, err);
    }
    struct pk_row *rows = pk_array(pool, struct pk_row, count + 1);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct pk_row *row = find(server, subnets[i]);
        if (row != NULL) {
            rows[found++] = *row;
        }
    }
    *out = (struct pk_rows){.at = rows, .count = found};
    return PK_OK;
}

/* -- Writing ---------------------------------------------------------------------------------- */

static void
put_relation(struct pk_server *server, const struct pk_relation *relation)
{
    server->relation = (struct pk_relation){
        .name = pk_strdup(server->pool, relation->name),
        .servers = {pk_strdup(server->pool, relation->servers[PK_SERVER_1]),
                    pk_strdup(server->pool, relation->servers[PK_SERVER_2])},
        .parts = copy_parts(server->pool, &relation->parts),
    };
    server->has_relation = true;
}

static void
put(struct pk_server *server, const struct pk_change *change)
{
    if (change->relation != NULL && !server->has_relation) {
        put_relation(server, change->relation);
    }
    struct pk_row row = *change->wanted;
    if (is(change->subnet, server->script.lies_about)) {
        struct pk_part *parts = pk_array(server->pool, struct pk_part, row.parts.count + 1);
        size_t count = 0;
        for (size_t i = 0; i < row.parts.count; i++) {
            if (row.parts.at[i].field != &pk_scope_fields.at[PK_SCOPE_NAME]) {
                parts[count++] = row.parts.at[i];
            }
        }
        parts[count++] = (struct pk_part){
            .field = &pk_scope_fields.at[PK_SCOPE_NAME], .key = "", .value = "\"a lie\""};
        row.parts = pk_parts_canonical(parts, count);
    }
    pk_fake_set(server, change->subnet, &row);
}

static void
log_change(struct pk_server *server, const struct pk_change *change)
{
    static const char *const words[] = {
        [PK_PUT_SCOPE] = "put", [PK_DELETE_SCOPE] = "delete", [PK_PUT_RELATION] = "relation"};
    char subnet[PK_PREFIX_TEXT_BYTES];
    if (server->script.log != NULL) {
        pk_text_addf(server->script.log, "%s %s %s\n", server->config->name, words[change->kind],
                     pk_format_prefix(subnet, change->subnet));
    }
}

static enum pk_outcome
take(struct pk_server *server, const struct pk_change *change, struct pk_change_result *result)
{
    const struct pk_row *have = find(server, change->subnet);
    struct pk_sha256 now = {{0}};
    if (have != NULL) {
        now = have->hash;
    }
    if (change->kind != PK_PUT_RELATION && !pk_sha256_equal(&now, &change->expected)) {
        return PK_OUTCOME_STALE;
    }
    if (change->kind == PK_PUT_SCOPE && is(change->subnet, server->script.refuses)) {
        pk_fault_set(&result->fault, PK_FAULT_NONE, PK_FAULT_SCOPE_FAILED_TO_ADD_IN_REMOTE,
                     "the server does not like it");
        return PK_OUTCOME_REFUSED;
    }
    if (change->kind == PK_PUT_SCOPE) {
        put(server, change);
    } else if (change->kind == PK_DELETE_SCOPE) {
        pk_fake_set(server, change->subnet, NULL);
    } else {
        put_relation(server, change->relation);
    }
    log_change(server, change);
    return PK_OUTCOME_WRITTEN;
}

static bool
is_poisoned(const struct pk_server *server, const struct pk_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (changes[i].kind == PK_PUT_SCOPE && is(changes[i].subnet, server->script.poisons)) {
            return true;
        }
    }
    return false;
}

static enum pk_code
fake_write(struct pk_server *server, const struct pk_change *changes, size_t count,
           struct pk_change_result *results, struct pk_error *err)
{
    struct pk_fake_script *script = &server->script;
    script->writes++;
    script->largest_batch = count > script->largest_batch ? count : script->largest_batch;
    memset(results, 0, count * sizeof *results);
    if (script->before_write != NULL) {
        script->before_write(script->context, changes, count);
    }
    if (server->is_cut) {
        return unreachable(server, err);
    }
    if (is_poisoned(server, changes, count)) {
        return pk_error_set(err, PK_EREFUSED, server->config->name, "the configuration is invalid");
    }
    for (size_t i = 0; i < count; i++) {
        results[i].outcome = take(server, &changes[i], &results[i]);
        if (is(changes[i].subnet, script->cut_unknown)) {
            results[i].outcome = PK_OUTCOME_UNKNOWN;
            return unreachable(server, err);
        }
        if (is(changes[i].subnet, script->cut_after)) {
            server->is_cut = true;
            return unreachable(server, err);
        }
    }
    return PK_OK;
}

static enum pk_code
fake_persist(struct pk_server *server, struct pk_error *err)
{
    server->script.saves++;
    return server->script.cannot_save ? pk_error_set(err, PK_EREFUSED, server->config->name,
                                                     "the disk is full; make room there")
                                      : PK_OK;
}

static enum pk_code
fake_health(struct pk_server *server, struct pk_health *out, struct pk_error *err)
{
    (void)server;
    (void)err;
    *out = (struct pk_health){.state = PK_PAIR_NORMAL, .version = "fake"};
    return PK_OK;
}

const struct pk_driver pk_driver_fake = {
    .name = "fake",
    .open = fake_open,
    .capabilities = fake_capabilities,
    .sequence = fake_sequence,
    .read = fake_read,
    .write = fake_write,
    .verify = fake_verify,
    .persist = fake_persist,
    .health = fake_health,
    .close = fake_close,
};

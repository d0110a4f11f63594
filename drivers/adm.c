/*
 * One transaction per batch with a savepoint per change: what one scope does wrong stays its own
 * affair, and the expected hash is compared where nobody can come between.  A database that is not
 * there is an empty server, so a dry run needs no file.
 */
#include "drivers/adm.h"

#include <inttypes.h>
#include <string.h>

#include "adm/scopes.h"

enum {
    BATCH_LIMIT = 64,
    READ_ATTEMPTS = 5, /* another process may write between two of our statements */
};

struct pk_server {
    struct pk_pool *pool; /* holds this struct */
    const struct pk_server_config *config;
    struct pk_db *db;
};

static const struct pk_capabilities capabilities = {
    .writes = true,
    .batch_limit = BATCH_LIMIT,
    .keeps_relationships = true,
    .changed_by_us_alone = true,
    .create_order = PK_SOURCE_FIRST,
    .update_order = PK_SOURCE_FIRST,
    .delete_order = PK_SOURCE_FIRST,
};

static enum pk_code
adm_open(const struct pk_server_config *config, struct pk_db *db, struct pk_server **out,
         struct pk_error *err)
{
    (void)err;
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_server *server = pk_new(pool, struct pk_server);
    *server = (struct pk_server){.pool = pool, .config = config, .db = db};
    *out = server;
    return PK_OK;
}

static void
adm_close(struct pk_server *server)
{
    if (server != NULL) {
        pk_pool_free(server->pool);
    }
}

static const struct pk_capabilities *
adm_capabilities(const struct pk_server *server)
{
    (void)server;
    return &capabilities;
}

static enum pk_code
load_sequence(const struct pk_server *server, int64_t *sequence, struct pk_error *err)
{
    *sequence = 0;
    return server->db == NULL ? PK_OK
                              : pk_adm_sequence(server->db, server->config->name, sequence, err);
}

static enum pk_code
adm_sequence(struct pk_server *server, struct pk_pool *pool, const char *since, const char **out,
             struct pk_error *err)
{
    (void)since;
    int64_t sequence;
    enum pk_code code = load_sequence(server, &sequence, err);
    if (code == PK_OK) {
        *out = pk_sprintf(pool, "%" PRId64, sequence);
    }
    return code;
}

static enum pk_code
read_once(struct pk_server *server, struct pk_pool *pool, struct pk_observation *out,
          int64_t *before, int64_t *after, struct pk_error *err)
{
    const char *name = server->config->name;
    enum pk_code code = load_sequence(server, before, err);
    if (code == PK_OK) {
        code = pk_adm_scopes_load(server->db, pool, name, NULL, 0, &out->rows, err);
    }
    if (code == PK_OK) {
        code = pk_adm_relations_of(server->db, pool, name, &out->relations, err);
    }
    if (code == PK_OK) {
        code = load_sequence(server, after, err);
    }
    return code;
}

static enum pk_code
adm_read(struct pk_server *server, struct pk_pool *pool, struct pk_observation *out,
         struct pk_error *err)
{
    if (server->db == NULL) {
        *out = (struct pk_observation){.sequence = "0"};
        return PK_OK;
    }
    for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
        struct pk_observation seen = {.sequence = ""};
        int64_t before, after;
        enum pk_code code = read_once(server, pool, &seen, &before, &after, err);
        if (code != PK_OK) {
            return code;
        }
        if (before == after) {
            seen.sequence = pk_sprintf(pool, "%" PRId64, after);
            *out = seen;
            return PK_OK;
        }
    }
    return pk_error_set(err, PK_EAGAIN, server->config->name,
                        "server %s changed each of %d times it was read; try again in a moment",
                        server->config->name, READ_ATTEMPTS);
}

static enum pk_code
adm_verify(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
           size_t count, struct pk_rows *out, struct pk_error *err)
{
    if (server->db == NULL || count == 0) {
        *out = (struct pk_rows){.count = 0};
        return PK_OK;
    }
    return pk_adm_scopes_load(server->db, pool, server->config->name, subnets, count, out, err);
}

static enum pk_code
adm_read_near(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
              const uint32_t *ids, size_t count, struct pk_observation *out, struct pk_error *err)
{
    const char *name = server->config->name;
    struct pk_observation seen = {.sequence = ""};
    if (server->db == NULL) {
        return adm_read(server, pool, out, err);
    }
    enum pk_code code = adm_sequence(server, pool, NULL, &seen.sequence, err);
    if (code == PK_OK) {
        code =
            pk_adm_scopes_load_near(server->db, pool, name, subnets, ids, count, &seen.rows, err);
    }
    if (code == PK_OK) {
        code = pk_adm_relations_of(server->db, pool, name, &seen.relations, err);
    }
    if (code == PK_OK) {
        *out = seen;
    }
    return code;
}

static enum pk_code
adm_read_hashes(struct pk_server *server, struct pk_pool *pool, struct pk_row_hashes *out,
                struct pk_error *err)
{
    if (server->db == NULL) {
        *out = (struct pk_row_hashes){.count = 0};
        return PK_OK;
    }
    return pk_adm_hashes_load(server->db, pool, server->config->name, out, err);
}

static enum pk_code
adm_health(struct pk_server *server, struct pk_health *out, struct pk_error *err)
{
    (void)server;
    (void)err;
    *out = (struct pk_health){.state = PK_PAIR_NORMAL, .version = ""};
    return PK_OK;
}

/* -- Writing ---------------------------------------------------------------------------------- */

static enum pk_fault_id
cause_of(const struct pk_change *change)
{
    switch (change->kind) {
    case PK_PUT_SCOPE:
        return pk_sha256_is_zero(&change->expected) ? PK_FAULT_SCOPE_FAILED_TO_ADD_IN_DB
                                                    : PK_FAULT_SCOPE_FAILED_TO_UPDATE_IN_DB;
    case PK_DELETE_SCOPE:
        return PK_FAULT_SCOPE_FAILED_TO_DELETE_IN_DB;
    case PK_PUT_RELATION:
        return PK_FAULT_FAILOVER_FAILED_TO_UPDATE_IN_DB;
    }
    return PK_FAULT_GENERIC_DATABASE_ERROR;
}

/* Hash of what the change would overwrite, as the tables hold it now; zero = no row. */
static enum pk_code
hash_now(struct pk_server *server, struct pk_pool *pool, const struct pk_change *change,
         struct pk_sha256 *hash, struct pk_error *err)
{
    *hash = (struct pk_sha256){{0}};
    if (change->kind == PK_PUT_RELATION) {
        struct pk_relations all;
        enum pk_code code = pk_adm_relations_load(server->db, pool, &all, err);
        const struct pk_relation *have =
            code == PK_OK ? pk_relations_find(&all, change->relation->name) : NULL;
        if (have != NULL) {
            *hash = pk_parts_hash(&have->parts);
        }
        return code;
    }
    struct pk_rows rows;
    enum pk_code code =
        pk_adm_scopes_load(server->db, pool, server->config->name, &change->subnet, 1, &rows, err);
    if (code == PK_OK && rows.count != 0) {
        *hash = pk_parts_hash(&rows.at[0].parts);
    }
    return code;
}

/* A relationship's row is one for both servers: the second write finds what the first one made. */
static bool
may_overwrite(const struct pk_change *change, const struct pk_sha256 *now)
{
    if (pk_sha256_equal(now, &change->expected)) {
        return true;
    }
    if (change->kind != PK_PUT_RELATION) {
        return false;
    }
    struct pk_sha256 wanted = pk_parts_hash(&change->relation->parts);
    return pk_sha256_equal(now, &wanted);
}

/* Both members get a row: a relationship that names a server nobody knows would lose it. */
static void
put_relation(struct pk_txn *txn, const struct pk_relation *relation)
{
    for (int side = PK_SERVER_1; side < PK_PAIR; side++) {
        if (relation->servers[side] != NULL) {
            pk_adm_server_put(txn, relation->servers[side], pk_driver_adm.name);
        }
    }
    pk_adm_relation_put(txn, relation);
}

static void
put_missing_relation(struct pk_txn *txn, struct pk_pool *pool, const struct pk_relation *relation)
{
    struct pk_relations all;
    struct pk_error why = {0};
    if (relation == NULL) {
        return;
    }
    if (pk_adm_relations_load(txn->db, pool, &all, &why) != PK_OK) {
        pk_txn_fail(txn, &why);
    } else if (pk_relations_find(&all, relation->name) == NULL) {
        put_relation(txn, relation);
    }
}

static void
perform(struct pk_server *server, struct pk_txn *txn, struct pk_pool *pool,
        const struct pk_change *change)
{
    const char *name = server->config->name;
    switch (change->kind) {
    case PK_PUT_SCOPE:
        pk_adm_server_put(txn, name, pk_driver_adm.name);
        put_missing_relation(txn, pool, change->relation);
        pk_adm_scope_put(txn, name, change->wanted);
        break;
    case PK_DELETE_SCOPE:
        pk_adm_scope_delete(txn, name, change->subnet);
        break;
    case PK_PUT_RELATION:
        put_relation(txn, change->relation);
        break;
    }
}

static void
write_one(struct pk_server *server, struct pk_txn *batch, const struct pk_change *change,
          struct pk_change_result *result)
{
    PK_SCRATCH(pool);
    struct pk_sha256 now;
    struct pk_error why = {0};
    if (hash_now(server, pool, change, &now, &why) != PK_OK) {
        pk_txn_fail(batch, &why);
        return;
    }
    if (!may_overwrite(change, &now)) {
        result->outcome = PK_OUTCOME_STALE;
        return;
    }
    struct pk_txn txn;
    pk_txn_begin(server->db, &txn);
    perform(server, &txn, pool, change);
    enum pk_code code = pk_txn_end(&txn, &why);
    if (code == PK_OK) {
        result->outcome = PK_OUTCOME_WRITTEN;
    } else if (pk_db_has_failed(code)) {
        pk_txn_fail(batch, &why);
    } else {
        result->outcome = PK_OUTCOME_REFUSED;
        pk_fault_set(&result->fault, PK_FAULT_NONE, cause_of(change), "%s", why.message);
    }
}

static enum pk_code
adm_write(struct pk_server *server, const struct pk_change *changes, size_t count,
          struct pk_change_result *results, struct pk_error *err)
{
    memset(results, 0, count * sizeof *results);
    if (server->db == NULL) {
        return pk_error_set(err, PK_ESYS, server->config->name,
                            "server %s lives in the database, and there is none; run `pairkeeper "
                            "apply`, which creates it",
                            server->config->name);
    }
    struct pk_txn batch;
    pk_txn_begin(server->db, &batch);
    for (size_t i = 0; i < count && batch.failure.code == PK_OK; i++) {
        write_one(server, &batch, &changes[i], &results[i]);
    }
    enum pk_code code = pk_txn_end(&batch, err);
    if (code != PK_OK) {
        memset(results, 0, count * sizeof *results); /* rolled back: nothing was written */
    }
    return code;
}

const struct pk_driver pk_driver_adm = {
    .name = "adm",
    .open = adm_open,
    .capabilities = adm_capabilities,
    .sequence = adm_sequence,
    .read = adm_read,
    .read_near = adm_read_near,
    .read_hashes = adm_read_hashes,
    .write = adm_write,
    .verify = adm_verify,
    .health = adm_health,
    .close = adm_close,
};

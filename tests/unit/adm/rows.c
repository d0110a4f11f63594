/* Plain steps, so that a test says what it puts and what it finds. */
#include "rows.h"

#include "adm/scopes.h"

void
put_servers(struct store *store)
{
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_server_put(&txn, "dhcp-a", "adm");
    pk_adm_server_put(&txn, "dhcp-b", "adm");
    pk_adm_server_put(&txn, "dhcp-k", "kea");
    pk_adm_relation_put(&txn,
                        &(struct pk_relation){.name = "campus", .servers = {"dhcp-a", "dhcp-b"}});
    must_end(&txn);
}

int
open_with_servers(void **state)
{
    store_open(state);
    put_servers(*state);
    return 0;
}

enum pk_code
try_put_scope(struct store *store, const char *server, const char *subnet,
              const struct named_part *named, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_row row = {.subnet = prefix(subnet),
                         .parts = make_parts(pool, &pk_scope_fields, named)};
    struct pk_txn txn;
    pk_txn_begin(store->db, &txn);
    pk_adm_scope_put(&txn, server, &row);
    return pk_txn_end(&txn, err);
}

void
put_scope(struct store *store, const char *server, const char *subnet,
          const struct named_part *named)
{
    struct pk_error err = {0};
    must(try_put_scope(store, server, subnet, named, &err), &err);
}

struct pk_rows
load_scopes(struct store *store, struct pk_pool *pool, const char *server)
{
    struct pk_rows rows = {0};
    struct pk_error err = {0};
    must(pk_adm_scopes_load(store->db, pool, server, NULL, 0, &rows, &err), &err);
    return rows;
}

void
assert_holds(struct store *store, const char *server, const char *subnet,
             const struct named_part *named)
{
    PK_SCRATCH(pool);
    struct pk_rows rows = load_scopes(store, pool, server);
    const struct pk_row *row = pk_rows_find(&rows, prefix(subnet));
    struct pk_parts wanted = make_parts(pool, &pk_scope_fields, named);
    struct pk_sha256 hash = pk_parts_hash(&wanted);
    assert_non_null(row);
    assert_same_parts(&row->parts, &wanted);
    assert_int_equal(row->parts.count, wanted.count);
    assert_true(pk_sha256_equal(&row->hash, &hash));
}

int64_t
sequence(struct store *store, const char *server)
{
    int64_t number = -1;
    struct pk_error err = {0};
    must(pk_adm_sequence(store->db, server, &number, &err), &err);
    return number;
}

/**
 * @file
 * Servers with scopes in the store of a test.
 */
#ifndef PK_TESTS_ROWS_H
#define PK_TESTS_ROWS_H

#include "store.h"

/** The servers dhcp-a, dhcp-b and dhcp-k, and the relationship campus of the first two. */
void put_servers(struct store *store);

/** Set-up of a test: an open store with these. */
int open_with_servers(void **state);

enum pk_code try_put_scope(struct store *store, const char *server, const char *subnet,
                           const struct named_part *named, struct pk_error *err);

/** The same, which must work. */
void put_scope(struct store *store, const char *server, const char *subnet,
               const struct named_part *named);

/** All scopes of a server. */
struct pk_rows load_scopes(struct store *store, struct pk_pool *pool, const char *server);

/** Fails unless the server's scope has exactly these parts, and their hash. */
void assert_holds(struct store *store, const char *server, const char *subnet,
                  const struct named_part *named);

/** The server's change sequence. */
int64_t sequence(struct store *store, const char *server);

#endif

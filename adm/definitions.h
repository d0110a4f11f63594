/**
 * @file
 * What belongs to one server and is referred to by its scopes: for the files of adm/ only.
 *
 * Record ids of one server mean nothing on another, so content that goes over names things by space
 * and code or by name, and each server finds or makes its own row here.
 */
#ifndef PK_ADM_DEFINITIONS_H
#define PK_ADM_DEFINITIONS_H

#include "adm/db.h"

/** The server's row; 0 and a failure (PK_ENOENT) when there is none. */
int64_t pk_adm_server_id(struct pk_txn *txn, const char *server);

/** The server's definition of the option with this canonical name; 0 after a failure. */
int64_t pk_adm_definition_id(struct pk_txn *txn, int64_t server, const char *option);

/** The server's superscope; 0 after a failure. */
int64_t pk_adm_superscope_id(struct pk_txn *txn, int64_t server, const char *name);

#endif

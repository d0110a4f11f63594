/**
 * @file
 * Scopes that were in step, by hashes alone: while Git says the same of one and both servers hold
 * the same, it needs nothing and its parts need not be read.
 *
 * Unlike adm/settled.h this holds whatever commit is in force and whatever else changed.  Written
 * by acting passes; a scope is forgotten here whenever one of its bases is written (adm/applied.h).
 * It saves work and decides nothing.
 */
#ifndef PK_ADM_VERIFIED_H
#define PK_ADM_VERIFIED_H

#include "adm/db.h"
#include "adm/model.h"

struct pk_verified_scope {
    struct pk_prefix subnet;
    const char *relationship;
    struct pk_sha256 declared; /**< of what Git said and owned (desired-state/snapshot.h) */
    struct pk_sha256 held;     /**< of the row on both servers, and of both bases         */
    const char *file;          /**< that declares it */
};

struct pk_verified {
    const char *fingerprint;    /**< NULL = nothing is known */
    struct pk_wall compared_at; /**< last comparison of everything */
};

/** @param out  in @p pool; without fingerprint when there is none */
enum pk_code pk_verified_load(struct pk_db *db, struct pk_pool *pool, struct pk_verified *out,
                              struct pk_error *err);

/** All of them in the order of subnets, then of relationships. */
enum pk_code
pk_verified_scopes_load(struct pk_db *db, struct pk_pool *pool, const struct pk_verified_scope **at,
                        size_t *count, struct pk_error *err);

/** A comparison of everything begins to be recorded; scopes of another fingerprint are forgotten.
 */
void pk_verified_put(struct pk_txn *txn, const struct pk_verified *verified);

/** Written only where it differs. */
void pk_verified_scope_put(struct pk_txn *txn, const struct pk_verified_scope *scope);

/** Forgets a subnet, in whatever relationship. */
void pk_verified_scope_forget(struct pk_txn *txn, struct pk_prefix subnet);

/** Forgets all. */
void pk_verified_forget(struct pk_txn *txn);

#endif

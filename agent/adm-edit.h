/**
 * @file
 * `FIELD=VALUE` words of `adm set` to the row they ask for.  Pure: no database, no server.
 */
#ifndef PK_AGENT_ADM_EDIT_H
#define PK_AGENT_ADM_EDIT_H

#include "adm/model.h"

struct pk_adm_edit {
    struct pk_row row; /**< as it shall be; relationship and hash follow from the parts */
    bool sets_leases;
    int64_t active_leases;
};

/**
 * Reads the words by the field table, through the reader of the desired state: what YAML takes is
 * taken here, and nothing else.
 * @param before  the row as it is; NULL = a new one
 * @return PK_OK; PK_EINVAL naming the word that is wrong
 */
enum pk_code pk_adm_edit_read(struct pk_pool *pool, struct pk_prefix subnet,
                              const struct pk_row *before, const char *const *words, size_t count,
                              struct pk_adm_edit *out, struct pk_error *err);

#endif

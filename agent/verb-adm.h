/**
 * @file
 * What the words of `adm` share: which server, which subnets, the rows.
 */
#ifndef PK_AGENT_VERB_ADM_H
#define PK_AGENT_VERB_ADM_H

#include "adm/model.h"
#include "agent/verb.h"

struct pk_adm_words {
    const char *const *servers; /**< the named one, or every embedded server */
    size_t server_count;
    const char *const *rest; /**< words after list, show, set, delete */
    size_t rest_count;
};

enum pk_exit pk_adm_list(struct pk_context *context, const struct pk_arguments *arguments,
                         const struct pk_adm_words *words);
enum pk_exit pk_adm_show(struct pk_context *context, const struct pk_arguments *arguments,
                         const struct pk_adm_words *words);
enum pk_exit pk_adm_set(struct pk_context *context, const struct pk_arguments *arguments,
                        const struct pk_adm_words *words);
enum pk_exit pk_adm_delete(struct pk_context *context, const struct pk_arguments *arguments,
                           const struct pk_adm_words *words);

/** A subnet as the first word of `set` and the words of `show` and `delete` name it. */
enum pk_code pk_adm_subnet(const char *word, struct pk_prefix *subnet, struct pk_error *err);

#endif

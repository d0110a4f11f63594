/**
 * @file
 * Why one scope is as it is: of every field what both servers hold, what is wanted, where that
 * comes from, who changed it, what comes next and what it waits for.  Pure: it reads the result of
 * a pass that did not act.
 */
#ifndef PK_AGENT_EXPLAIN_H
#define PK_AGENT_EXPLAIN_H

#include "agent/context.h"
#include "agent/pass.h"

/** Where a wanted value comes from. */
enum pk_origin_kind {
    PK_ORIGIN_GIT,     /**< written in a file: mark                                          */
    PK_ORIGIN_SERVER,  /**< Git does not state it: what this server holds                    */
    PK_ORIGIN_BASE,    /**< what was last verified on this server, which has lost it         */
    PK_ORIGIN_DEFAULT, /**< nobody states it: the field's default                            */
    PK_ORIGIN_CHOSEN,  /**< a subnet id chosen for a new scope                               */
    PK_ORIGIN_NOBODY,  /**< nobody states it and there is no default: the server's own value */
    PK_ORIGIN_COUNT
};

/** `git`, `server`, … as in JSON. */
const char *pk_origin_name(enum pk_origin_kind kind);

struct pk_origin {
    enum pk_origin_kind kind;
    struct pk_mark mark; /**< GIT; of the scope itself where Git owns a value by leaving it out */
    int side;            /**< SERVER, BASE */
    bool split;          /**< GIT: wanted are the halves of what is written (`split-ranges`) */
};

struct pk_explained_side {
    const char *have, *base; /**< canonical values, NULL = absent                           */
    const struct pk_difference *difference; /**< NULL = holds what is wanted, or nothing is */
    bool left_alone; /**< differs, but the row to be written keeps it: heal: commits        */
};

struct pk_explained_field {
    const struct pk_field *field;
    const char *key;
    bool owned; /**< Git's */
    const char *want;
    struct pk_origin origin;
    struct pk_explained_side sides[PK_PAIR];
};

/** What keeps an action from being done, most general first. */
struct pk_wait {
    const char *reason;  /**< `unknown`, a permit's name, `guard`, `blocked`, `heal` */
    const char *guard;   /**< of reason `guard`, else NULL */
    const char *message; /**< for people, with what to do */
};

enum { PK_WAITS = 5 };

/** The scope in one relationship. */
struct pk_explanation {
    const struct pk_pass_relationship *relationship;
    struct pk_scope_state scope; /**< of an unknown relationship: rows, bases and wanted only   */
    bool is_wanted;              /**< want and origin mean something                            */
    const struct pk_action *action;          /**< NULL = nothing is to be done          */
    const struct pk_explained_field *fields; /**< every field; maps by their keys */
    size_t field_count;
    struct pk_wait waits[PK_WAITS];
    size_t wait_count;
};

/** @return false when the relationship has no such scope */
bool pk_explain(struct pk_pool *pool, const struct pk_pass_relationship *relationship,
                struct pk_prefix subnet, struct pk_explanation *out);

/** Prints the explanations of @p subnet in every relationship of @p result. */
void pk_explain_print(struct pk_context *context, const struct pk_pass_result *result,
                      struct pk_prefix subnet);

#endif

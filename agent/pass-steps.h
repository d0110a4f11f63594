/**
 * @file
 * The steps of a pass and what they hand on.  Only agent/pass*.c includes this.
 */
#ifndef PK_AGENT_PASS_STEPS_H
#define PK_AGENT_PASS_STEPS_H

#include "agent/desired.h"
#include "agent/orders.h"
#include "agent/pass-result.h"
#include "agent/views.h"

struct pk_pass {
    struct pk_pool *pool;
    const struct pk_config *config;
    struct pk_db *db; /**< NULL: a dry run without a database */
    const struct pk_pass_request *request;
    struct pk_pass_result *result;
    struct pk_desired desired;
    struct pk_fleet fleet;
    struct pk_views views;
    struct pk_orders orders;
    struct pk_wall now;
    bool *acted, *refused; /**< of each relationship of the result */
    bool twice;            /**< planned and acted a second time     */
    bool disagreed;        /**< what was thought to be in step was not */
};

/** Observes, cut down where the snapshot is, and builds the views. */
enum pk_code pk_pass_observe(struct pk_pass *pass, struct pk_error *err);

/** Goes from what may have changed to everything: snapshot, policies; observe and plan anew. */
enum pk_code pk_pass_widen(struct pk_pass *pass, struct pk_error *err);

/** Leaves on record what need not be compared again, at the end of an acting pass. */
enum pk_code pk_pass_settle(struct pk_pass *pass, struct pk_error *err);

/** Plans every relationship that is due, with permits and approvals. */
enum pk_code pk_pass_plan(struct pk_pass *pass, struct pk_error *err);

/** Plans one relationship; servers that could not be read are listed instead. */
enum pk_code pk_pass_plan_one(struct pk_pass *pass, const struct pk_pair_view *view,
                              struct pk_pass_relationship *relationship, struct pk_error *err);

/** Records the observation, then executes what may be executed. */
enum pk_code pk_pass_act(struct pk_pass *pass, struct pk_error *err);

#endif

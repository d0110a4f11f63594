/**
 * @file
 * The reference pages of docs/: text written by hand around tables printed from the tables that
 * decode (`schema -o markdown`).
 */
#ifndef PK_AGENT_PAGES_H
#define PK_AGENT_PAGES_H

#include "base/pool.h"

/** The page called @p name, NULL when there is none. */
const char *pk_page(struct pk_pool *pool, const char *name);

/** "configuration, desired-state, …" */
const char *pk_page_names(struct pk_pool *pool);

#endif

/**
 * @file
 * Rules that need more than one place: the defaults of a scope, its relationship, its neighbours.
 * Inside this room only.
 */
#ifndef PK_DESIRED_STATE_VALIDATE_H
#define PK_DESIRED_STATE_VALIDATE_H

#include "desired-state/declaration.h"

/** renew < rebind < lease, unless both sides are inherited (then the defaults were judged). */
void pk_validate_timers(const struct pk_written_list *parts, struct pk_diagnostics *diagnostics);

/**
 * ValidateDhcpScope over one scope.
 * @param demanded_by  a server that enforces it, or NULL: then a breach is a warning
 */
void pk_validate_protocol(const struct pk_scope_declaration *scope, const char *demanded_by,
                          struct pk_diagnostics *diagnostics);

/** No range that its relationship's `split-ranges` would divide is tied to a class. */
void pk_validate_split_ranges(const struct pk_scope_declaration *scope,
                              const struct pk_wanted_relationship *relationship,
                              struct pk_diagnostics *diagnostics);

/**
 * The servers of a relationship are known, and can do what it says.
 * @return one that demands valid scopes, or NULL
 */
const char *
pk_validate_servers(const struct pk_relationship_declaration *relationship,
                    const struct pk_snapshot_context *context, struct pk_diagnostics *diagnostics);

/** Subnets, ids and shared networks per relationship and per server, over the sorted snapshot. */
void pk_validate_snapshot(const struct pk_snapshot *snapshot, struct pk_diagnostics *diagnostics);

#endif

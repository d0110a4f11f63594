/*
 * The order of the steps: what is there, who is lost, what is wanted, what differs, what stands in
 * the way.  Each step has its own file; none looks back.
 */
#include "reconcilers/compare-steps.h"

#include <stdlib.h>

struct pk_comparison
pk_compare(struct pk_pool *pool, const struct pk_pair_view *view)
{
    struct pk_comparing comparing = pk_comparing_begin(pool, view);
    pk_judge_lost(&comparing);
    for (size_t i = 0; i < comparing.count; i++) {
        struct pk_scope_state *scope = &comparing.at[i];
        if (scope->is_kept_equal) {
            pk_want_scope(&comparing, scope);
        }
        pk_differ_scope(&comparing, scope);
        if (scope->is_kept_equal) {
            pk_check_subnet_id(&comparing, scope);
        }
    }
    pk_find_replacements(&comparing);
    pk_block_moves(&comparing);
    pk_block_overlaps(&comparing);
    struct pk_comparison comparison = {
        .at = comparing.at,
        .count = comparing.count,
        .lost = {comparing.lost[PK_SERVER_1], comparing.lost[PK_SERVER_2]},
        .edited = {comparing.edited[PK_SERVER_1], comparing.edited[PK_SERVER_2]},
        .refill = comparing.refill,
        .base_count = pk_view_base_count(view),
    };
    pk_compare_settings(&comparing, &comparison);
    return comparison;
}

static int
compare_subnet(const void *subnet, const void *scope)
{
    return pk_prefix_compare(*(const struct pk_prefix *)subnet,
                             ((const struct pk_scope_state *)scope)->subnet);
}

const struct pk_scope_state *
pk_comparison_find(const struct pk_comparison *comparison, struct pk_prefix subnet)
{
    return comparison->count == 0 ? NULL
                                  : bsearch(&subnet, comparison->at, comparison->count,
                                            sizeof comparison->at[0], compare_subnet);
}

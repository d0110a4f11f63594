/**
 * @file
 * Results of passes built by hand, one per story, and comparison with files of expected output.
 */
#ifndef PK_TESTS_PASS_RESULTS_H
#define PK_TESTS_PASS_RESULTS_H

#include "agent/pass.h"

struct story {
    const char *name;
    struct pk_pass_result (*build)(struct pk_pool *pool);
    bool by_hand;
};

extern const struct story stories[];
extern const size_t story_count;

/** The story called @p name. */
const struct story *story(const char *name);

/** One relationship with one scope that differs in @p value, for tests of a single promise. */
struct pk_pass_result result_with_value(struct pk_pool *pool, const char *have, const char *want);

/** One relationship whose only action failed with @p message. */
struct pk_pass_result result_with_fault(struct pk_pool *pool, const char *message);

/**
 * Fails the test unless the file tests/golden/render/@p name holds @p text.  With
 * PAIRKEEPER_GOLDEN=write in the environment the file is written instead.
 */
void assert_golden(const char *name, const char *text);

#endif

/**
 * @file
 * What the tests of acting share: a world, four scopes, and finding what became of one.
 */
#ifndef PK_TESTS_ACTING_H
#define PK_TESTS_ACTING_H

#include "tests/support/fake-driver.h"
#include "tests/support/pair-world.h"

#define ONE   "10.0.1.0/24"
#define TWO   "10.0.2.0/24"
#define THREE "10.0.3.0/24"
#define FOUR  "10.0.4.0/24"

/** Set-ups of a test, its state a world of these drivers; and the end of either. */
int pk_test_open_fake(void **state);
int pk_test_open_embedded(void **state);
int pk_test_close(void **state);

#define FAKE(test)     cmocka_unit_test_setup_teardown(test, pk_test_open_fake, pk_test_close)
#define EMBEDDED(test) cmocka_unit_test_setup_teardown(test, pk_test_open_embedded, pk_test_close)

/** The script of a fake server. */
struct pk_fake_script *pk_test_script(struct pk_world *world, int side);

/** Git wants the four scopes, all alike. */
void pk_test_want_four(struct pk_world *world);

/** The action about @p subnet alone; the test fails when there is none. */
const struct pk_action *
pk_test_action_on(const struct pk_relationship_plan *plan, const char *subnet);
const struct pk_sub_task *
pk_test_sub_task_on(const struct pk_operation *operation, const char *subnet);

#endif

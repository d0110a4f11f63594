/* Threads that share tasks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/crew.h"

enum { TASKS = 100, NAP_MS = 100, US_PER_MS = 1000 };

static void
count(void *user, size_t index)
{
    atomic_int *times = user;
    times[index]++;
}

static void
every_task_is_done_once_whatever_the_number_of_threads(void **state)
{
    (void)state;
    static const unsigned workers[] = {0, 1, 2, 7, 256};
    for (size_t w = 0; w < sizeof workers / sizeof workers[0]; w++) {
        atomic_int times[TASKS] = {0};
        pk_crew_run(workers[w], TASKS, count, times);
        for (size_t i = 0; i < TASKS; i++) {
            assert_int_equal(times[i], 1);
        }
    }
    pk_crew_run(8, 0, count, NULL);
}

static void
nap(void *user, size_t index)
{
    (void)user, (void)index;
    usleep(NAP_MS * US_PER_MS);
}

static void
tasks_that_wait_do_so_beside_each_other(void **state)
{
    (void)state;
    struct pk_mono begin = pk_mono_now();
    pk_crew_run(16, 16, nap, NULL);
    assert_in_range(pk_mono_now().ms - begin.ms, NAP_MS, 8 * NAP_MS); /* one by one: 16 */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_done_once_whatever_the_number_of_threads),
        cmocka_unit_test(tasks_that_wait_do_so_beside_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

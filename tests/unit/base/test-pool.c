/* Pools: zeroed, aligned, nested, never NULL. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/pool.h"

static bool
all_zero(const unsigned char *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (at[i] != 0) {
            return false;
        }
    }
    return true;
}

static void
memory_is_zeroed_aligned_and_apart_whatever_its_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 16, 17, 511, 512, 513, 1024, 5000, 300000, 3};
    enum { SIZES = sizeof sizes / sizeof sizes[0], CUTS = 40 * SIZES };
    PK_SCRATCH(pool);
    unsigned char *cut[CUTS];
    for (size_t i = 0; i < CUTS; i++) {
        cut[i] = pk_alloc(pool, sizes[i % SIZES]);
        assert_non_null(cut[i]);
        assert_int_equal((uintptr_t)cut[i] % alignof(max_align_t), 0);
        assert_true(all_zero(cut[i], sizes[i % SIZES]));
        memset(cut[i], (int)(i % 255) + 1, sizes[i % SIZES]);
    }
    for (size_t i = 0; i < CUTS; i++) {
        for (size_t j = 0; j < sizes[i % SIZES]; j++) {
            assert_int_equal(cut[i][j], i % 255 + 1);
        }
    }
}

static void
an_empty_array_is_still_an_address(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_non_null(pk_array(pool, int, 0));
}

static void
freeing_a_parent_frees_its_children(void **state)
{
    (void)state;
    struct pk_pool *parent = pk_pool_new(NULL);
    struct pk_pool *child = pk_pool_new(parent);
    pk_strdup(pk_pool_new(child), "the leak checker tells when this is forgotten");
    pk_pool_free(parent);
    pk_pool_free(NULL);
}

static void
a_child_can_go_before_its_parent(void **state)
{
    (void)state;
    PK_SCRATCH(parent);
    const char *kept = pk_strdup(parent, "kept");
    struct pk_pool *child = pk_pool_new(parent);
    pk_alloc(child, 100000);
    pk_pool_free(child);
    assert_string_equal(kept, "kept");
}

static void
an_adopted_pool_lives_and_dies_with_its_new_parent(void **state)
{
    (void)state;
    struct pk_pool *parent = pk_pool_new(NULL), *child = pk_pool_new(NULL);
    char *kept = pk_strdup(child, "kept");
    pk_pool_adopt(parent, child);
    assert_string_equal(kept, "kept");
    pk_pool_free(parent); /* the leak checker says whether the child went too */
}

static void
releasing_forgets_the_pool(void **state)
{
    (void)state;
    struct pk_pool *pool = pk_pool_new(NULL);
    pk_pool_release(&pool);
    assert_null(pool);
    pk_pool_release(&pool);
}

static void
texts_are_copied_and_terminated(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    char source[] = "routers";
    char *whole = pk_strdup(pool, source), *part = pk_strndup(pool, source, 5);
    source[0] = 'X';
    assert_string_equal(whole, "routers");
    assert_string_equal(part, "route");
    assert_string_equal(pk_strdup(pool, ""), "");
    assert_string_equal(pk_sprintf(pool, "%s-%d", "dhcp", 7), "dhcp-7");
    assert_int_equal(strlen(pk_sprintf(pool, "%5000d", 1)), 5000);
}

static void
a_vector_keeps_its_elements_while_it_grows(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    PK_VECTOR(int) numbers = {0};
    enum { COUNT = 200000 }; /* much more than a block has room for */
    for (int i = 0; i < COUNT; i++) {
        int *last = pk_push(pool, &numbers);
        assert_int_equal(*last, 0);
        *last = i;
    }
    assert_int_equal(numbers.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(numbers.at[i], i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart_whatever_its_size),
        cmocka_unit_test(an_empty_array_is_still_an_address),
        cmocka_unit_test(freeing_a_parent_frees_its_children),
        cmocka_unit_test(a_child_can_go_before_its_parent),
        cmocka_unit_test(an_adopted_pool_lives_and_dies_with_its_new_parent),
        cmocka_unit_test(releasing_forgets_the_pool),
        cmocka_unit_test(texts_are_copied_and_terminated),
        cmocka_unit_test(a_vector_keeps_its_elements_while_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Subnet ids: kept, chosen, or refused with one that is free.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"

#define FIRST "10.0.1.0/24"

/* The id of 10.0.1.0/24 made of its address. */
#define FIRST_ID "167772416"

static const struct id_case {
    const char *name, *view;
    const char *id;      /* of the scope FIRST; NULL = none */
    const char *message; /* in the block's message, NULL = not blocked */
} cases[] = {
    {"a new scope takes its network address", "want " FIRST, FIRST_ID, NULL},
    {"Git's id wins over the address", "want " FIRST " id=20", "20", NULL},
    {"a scope that exists without an id stays so", "want " FIRST "\na " FIRST, NULL, NULL},
    {"the address is another prefix's id", "want " FIRST "\nb 10.9.0.0/24 id=" FIRST_ID, NULL,
     "subnet id " FIRST_ID " belongs to 10.9.0.0/24; write `id: 1`"},
    {"retired for another prefix", "want " FIRST "\nretired-a " FIRST_ID " 10.9.0.0/24", NULL,
     "belongs to 10.9.0.0/24"},
    {"retired for the same prefix: it takes its own again",
     "want " FIRST "\nretired-a " FIRST_ID " " FIRST, FIRST_ID, NULL},
    {"another scope of the plan states it", "want " FIRST "\nwant 10.9.0.0/24 id=" FIRST_ID, NULL,
     "belongs to 10.9.0.0/24"},
    {"the free id is really free",
     "want " FIRST "\nb 10.9.0.0/24 id=" FIRST_ID "\na 10.8.0.0/24 id=1\nretired-a 2 10.7.0.0/24\n"
     "want 10.6.0.0/24 id=3",
     NULL, "write `id: 4`"},
    {"Git states an id that another prefix uses", "want " FIRST " id=5\na 10.9.0.0/24 id=5", "5",
     "subnet id 5 belongs to 10.9.0.0/24; write `id: 1`"},
    {"Git states an id retired for another prefix", "want " FIRST " id=5\nretired-a 5 10.9.0.0/24",
     "5", "belongs to 10.9.0.0/24"},
    {"the source's id is another prefix's on the partner",
     "want " FIRST "\na " FIRST " id=5\nb 10.9.0.0/24 id=5", "5", "belongs to 10.9.0.0/24"},
    {"an id that is there already is not questioned",
     "want " FIRST " name=\"n\"\nboth " FIRST " id=5\nretired-a 5 10.9.0.0/24", "5", NULL},
    {"a mismatch follows the source", "want " FIRST "\na " FIRST " id=5\nb " FIRST " id=6", "5",
     NULL},
};

static void
an_id_is_kept_chosen_or_refused_with_a_free_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_comparison comparison = pk_compare(pool, build_view(pool, cases[i].view));
        const struct pk_scope_state *scope = pk_comparison_find(&comparison, build_subnet(FIRST));
        const char *id = pk_parts_get(&scope->want.parts, &pk_scope_fields.at[PK_SCOPE_ID], "");
        const char *message = scope->block_message != NULL ? scope->block_message : "";
        bool same =
            id == NULL || cases[i].id == NULL ? id == cases[i].id : strcmp(id, cases[i].id) == 0;
        bool blocked = scope->block == PK_BLOCK_NO_ID;
        if (!same || blocked != (cases[i].message != NULL) ||
            (blocked && strstr(message, cases[i].message) == NULL)) {
            fail_msg("%s: id %s, %s", cases[i].name, id != NULL ? id : "-", message);
        }
    }
}

static void
an_address_that_is_no_id_is_refused(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison =
        pk_compare(pool, build_view(pool, "want 0.0.0.0/8\nwant 255.255.255.255/32"));
    assert_int_equal(comparison.at[0].block, PK_BLOCK_NO_ID);
    assert_int_equal(comparison.at[1].block, PK_BLOCK_NO_ID);
}

static void
two_refused_scopes_are_not_told_the_same_id(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_comparison comparison = pk_compare(
        pool, build_view(pool, "want " FIRST " id=5\nwant 10.0.2.0/24 id=6\n"
                               "a 10.9.0.0/24 id=5\na 10.9.1.0/24 id=6\na 10.9.2.0/24 id=1"));
    assert_non_null(strstr(comparison.at[0].block_message, "`id: 2`"));
    assert_non_null(strstr(comparison.at[1].block_message, "`id: 3`"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_kept_chosen_or_refused_with_a_free_one),
        cmocka_unit_test(an_address_that_is_no_id_is_refused),
        cmocka_unit_test(two_refused_scopes_are_not_told_the_same_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

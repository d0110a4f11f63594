/*
 * What stands in the way of a create, a replacement or a move, and what does not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"

#define FIRST "10.0.1.0/24"

static const struct overlap_case {
    const char *name, *view, *actions;
    const char *message; /* part of the first block's message; NULL = nothing is blocked */
} cases[] = {
    {"a row inside", "want 10.0.0.0/16\na 10.0.7.0/24 link:-",
     "create-scope 10.0.0.0/16 a>b write a b blocked Conflict/Overlap\n",
     "10.0.0.0/16 would overlap 10.0.7.0/24 of no relationship on a"},
    {"a row around", "want " FIRST "\nb 10.0.0.0/8 link:other",
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n",
     "would overlap 10.0.0.0/8 of relationship other on b"},
    {"neighbours are none", "want " FIRST "\nboth 10.0.0.0/24\nboth 10.0.2.0/23\nboth 9.0.0.0/8",
     "create-scope " FIRST " a>b write a b\n", NULL},
    {"a row that is there already is not created",
     "want " FIRST " name=\"g\"\nsame " FIRST "\nb 10.0.1.0/25 link:-",
     "update-scope " FIRST " a>b write a b\n", NULL},
    {"the copy on the partner would overlap", "want " FIRST "\na " FIRST "\nb 10.0.1.128/25 link:-",
     "replicate-scope " FIRST " a>b write b blocked Conflict/Overlap\n", "on b"},
    {"the same prefix in a relationship with other servers",
     "want " FIRST "\nrelation-a lab a c\na " FIRST " link:lab",
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n",
     "would overlap " FIRST " of relationship lab on a"},
    {"the same prefix in a relationship that nobody knows",
     "want " FIRST "\na " FIRST " link:unheard",
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n",
     "would overlap " FIRST " of relationship unheard on a"},
    {"two new scopes that overlap each other", "want 10.0.0.0/16\nwant " FIRST,
     "create-scope 10.0.0.0/16 a>b write a b\n"
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n",
     "which is created too"},
    {"what is deleted first does not stand in the way",
     "relationship campus prune:owned\nwant 10.0.0.0/16\nsame " FIRST "\nowned " FIRST,
     "delete-scope " FIRST " a>b delete a b\ncreate-scope 10.0.0.0/16 a>b write a b\n", NULL},
    {"what a blocked scope would cover is kept until that can be created",
     "relationship campus prune:owned\nwant 10.0.0.0/16 id=7\nsame " FIRST "\nowned " FIRST
     "\nboth 10.9.0.0/24 id=7",
     "delete-scope " FIRST " a>b delete a b blocked Conflict/Overlap\n"
     "create-scope 10.0.0.0/16 a>b write a b blocked NoFreeId\n",
     FIRST " is kept until 10.0.0.0/16"},
    {"and what would take the place of the kept one waits too",
     "relationship campus prune:owned\nwant 10.0.128.0/17 id=7\nwant 10.1.0.0/17 id=8\n"
     "same 10.0.0.0/15\nowned 10.0.0.0/15\nboth 10.9.0.0/24 id=7",
     "delete-scope 10.0.0.0/15 a>b delete a b blocked Conflict/Overlap\n"
     "create-scope 10.0.128.0/17 a>b write a b blocked NoFreeId\n"
     "create-scope 10.1.0.0/17 a>b write a b blocked Conflict/Overlap\n",
     "10.0.0.0/15 is kept until 10.0.128.0/17"},
    {"what is dropped but kept does", "want 10.0.0.0/16\nsame " FIRST "\nowned " FIRST,
     "create-scope 10.0.0.0/16 a>b write a b blocked Conflict/Overlap\n", "would overlap " FIRST},
    {"two foreign scopes that overlap are not copied over each other",
     "relationship campus foreign:replicate\na 10.0.0.0/16 id=1\nb " FIRST " id=2",
     "update-scope " FIRST " a>b write a blocked Conflict/Overlap\n"
     "replicate-scope 10.0.0.0/16 a>b write b blocked Conflict/Overlap\n",
     "would overlap"},
    /* Another length of the same network address. */
    {"a mask change replaces",
     "relationship campus prune:owned\nwant 10.0.0.0/23 id=9\nsame 10.0.0.0/24 id=1\nowned "
     "10.0.0.0/24",
     "replace-scope 10.0.0.0/23 a>b delete a b write a b\n", NULL},
    {"a mask change the other way",
     "relationship campus prune:owned\nwant 10.0.0.0/24 id=9\nwant " FIRST
     "\nsame 10.0.0.0/23 id=1\nowned 10.0.0.0/23",
     "replace-scope 10.0.0.0/24 a>b delete a b write a b\ncreate-scope " FIRST " a>b write a b\n",
     NULL},
    {"an id is never another prefix's, not even of the one replaced",
     "relationship campus prune:owned\nwant 10.0.0.0/23 id=1\nsame 10.0.0.0/24 id=1\nowned "
     "10.0.0.0/24",
     "replace-scope 10.0.0.0/23 a>b delete a b write a b blocked NoFreeId\n",
     "subnet id 1 belongs to 10.0.0.0/24; write `id: 2`"},
    {"a blocked replacement keeps the old scope and blocks who needs its room",
     "relationship campus prune:owned\nwant 10.0.0.0/24 id=1\nwant " FIRST
     "\nsame 10.0.0.0/23 id=1\nowned 10.0.0.0/23",
     "replace-scope 10.0.0.0/24 a>b delete a b write a b blocked NoFreeId\n"
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n",
     "subnet id 1"},
    {"prune: never replaces nothing",
     "want 10.0.0.0/23 id=9\nsame 10.0.0.0/24 id=1\nowned 10.0.0.0/24",
     "replace-scope 10.0.0.0/23 a>b write a b blocked Conflict/Overlap\n", "`prune: owned`"},
    {"a foreign scope is not replaced",
     "relationship campus prune:owned\nwant 10.0.0.0/23 id=9\nsame 10.0.0.0/24 id=1",
     "create-scope 10.0.0.0/23 a>b write a b blocked Conflict/Overlap\n",
     "would overlap 10.0.0.0/24"},
    {"what is half replaced goes on",
     "relationship campus prune:owned\nwant 10.0.0.0/23 id=9\na 10.0.0.0/23 id=9\nbase-a "
     "10.0.0.0/23 id=9\n"
     "b 10.0.0.0/24 id=1\nbase-b 10.0.0.0/24 id=1\nowned 10.0.0.0/24",
     "replace-scope 10.0.0.0/23 a>b delete b write b\n", NULL},
    /* Moves between relationships with other servers. */
    {"a scope that leaves is deleted here",
     "relationship campus prune:owned\nsame " FIRST "\nleaving " FIRST " lab",
     "delete-scope " FIRST " a>b delete a b\n", NULL},
    {"a scope that leaves is not replaced: it moves",
     "relationship campus prune:owned\nwant 10.0.0.0/23 id=9\nsame 10.0.0.0/24 id=1\n"
     "owned 10.0.0.0/24\nleaving 10.0.0.0/24 lab",
     "delete-scope 10.0.0.0/24 a>b delete a b\ncreate-scope 10.0.0.0/23 a>b write a b\n", NULL},
    {"a scope that leaves and stays is not kept equal",
     "relationship campus foreign:replicate\na " FIRST " id=1\nleaving " FIRST " lab", "", NULL},
    {"a scope that leaves stays under prune: never", "same " FIRST "\nleaving " FIRST " lab", "",
     NULL},
    {"a scope that comes waits until it is gone there",
     "want " FIRST "\nrelation-a lab a c\na " FIRST " link:lab\ncoming " FIRST " lab prunes still",
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n",
     "removed from relationship lab first"},
    {"and is told when it never goes", "want " FIRST "\ncoming " FIRST " lab still",
     "create-scope " FIRST " a>b write a b blocked Conflict/Overlap\n", "`prune: never` keeps it"},
    {"a scope that came is created", "want " FIRST "\ncoming " FIRST " lab prunes",
     "create-scope " FIRST " a>b write a b\n", NULL},
};

static void
nothing_is_created_over_a_row_that_stays(void **state)
{
    (void)state;
    struct pk_plan_options options = build_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_relationship_plan plan =
            pk_plan_relationship(pool, build_view(pool, cases[i].view), &options);
        const char *actions = describe_actions(pool, &plan), *message = NULL;
        for (size_t j = 0; j < plan.action_count && message == NULL; j++) {
            message = plan.actions[j].block_message;
        }
        bool as_told = cases[i].message == NULL
                           ? message == NULL
                           : message != NULL && strstr(message, cases[i].message) != NULL;
        if (strcmp(actions, cases[i].actions) != 0 || !as_told) {
            fail_msg("%s:\n%s%s", cases[i].name, actions, message != NULL ? message : "");
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_created_over_a_row_that_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

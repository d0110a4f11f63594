/*
 * What both servers should hold: which row gives what Git does not own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "build.h"

struct want_case {
    const char *name, *view, *want;
};

#define FIRST "10.0.1.0/24"

/* The want of the first scope; parts stand in the order of the field table. */
static const struct want_case cases[] = {
    {"Git's fields over the source's row",
     "want " FIRST " lease-time=100\n"
     "a " FIRST " lease-time=5 description=\"x\" id=7\n"
     "b " FIRST " description=\"y\" id=7",
     "relationship=\"campus\" id=7 description=\"x\" lease-time=100"},
    {"the partner's row when the source lacks it",
     "want " FIRST " lease-time=100\n"
     "b " FIRST " description=\"y\" id=8",
     "relationship=\"campus\" id=8 description=\"y\" lease-time=100"},
    {"the source may be server 2",
     "relationship campus source:b\n"
     "want " FIRST "\n"
     "a " FIRST " description=\"x\" id=7\n"
     "b " FIRST " description=\"y\" id=7",
     "relationship=\"campus\" id=7 description=\"y\""},
    {"the base when both lack it",
     "want " FIRST " lease-time=100\n"
     "base-b " FIRST " description=\"b\" id=9\n"
     "base-a " FIRST " description=\"a\" id=9",
     "relationship=\"campus\" id=9 description=\"a\" lease-time=100"},
    {"only defaults for a new scope", "want " FIRST " lease-time=100",
     "relationship=\"campus\" id=167772416 lease-time=100"},
    {"a lost source is passed over",
     "want " FIRST "\n"
     "a " FIRST " description=\"hacked\" id=7\n"
     "b " FIRST " description=\"good\" id=7\nbase " FIRST " description=\"good\" id=7\n"
     "a 10.0.2.0/24 description=\"hacked\" id=8\nwant 10.0.2.0/24\n"
     "b 10.0.2.0/24 description=\"good\" id=8\nbase 10.0.2.0/24 description=\"good\" id=8\n"
     "a 10.0.3.0/24 description=\"hacked\" id=9\nwant 10.0.3.0/24\n"
     "b 10.0.3.0/24 description=\"good\" id=9\nbase 10.0.3.0/24 description=\"good\" id=9",
     "relationship=\"campus\" id=7 description=\"good\""},
    {"nothing flows out of a lost partner",
     "want " FIRST "\n"
     "b " FIRST " description=\"hacked\" id=7\nbase " FIRST " description=\"good\" id=7\n"
     "want 10.0.2.0/24\na 10.0.2.0/24 id=8\n"
     "b 10.0.2.0/24 description=\"hacked\" id=8\nbase 10.0.2.0/24 id=8\n"
     "want 10.0.3.0/24\na 10.0.3.0/24 id=9\n"
     "b 10.0.3.0/24 description=\"hacked\" id=9\nbase 10.0.3.0/24 id=9",
     "relationship=\"campus\" id=7 description=\"good\""},
    {"any row left: one of a lost source without base",
     "want " FIRST "\na " FIRST " description=\"only\" id=7\n"
     "want 10.0.2.0/24\nbase 10.0.2.0/24 id=8\nb 10.0.2.0/24 id=8",
     "relationship=\"campus\" id=7 description=\"only\""},
    {"a stated map is owned whole",
     "want " FIRST " options.routers=[\"10.0.1.1\"]\n"
     "a " FIRST " id=7 options.routers=[\"10.0.1.9\"] options.domain-name=[\"x\"]",
     "relationship=\"campus\" id=7 options.routers=[\"10.0.1.1\"]"},
    {"an empty stated map wants none",
     "want " FIRST " own:options\na " FIRST " id=7 options.domain-name=[\"x\"]",
     "relationship=\"campus\" id=7"},
    {"kea is owned key by key",
     "want " FIRST " kea.allocator=\"random\"\n"
     "a " FIRST " id=7 kea.allocator=\"iterative\" kea.boot-file-name=\"f\"",
     "relationship=\"campus\" id=7 kea.allocator=\"random\" kea.boot-file-name=\"f\""},
    {"a default that Git states is owned though it is no part",
     "want " FIRST " state=\"active\"\na " FIRST " id=7 state=\"inactive\"",
     "relationship=\"campus\" id=7"},
    {"the id of Git wins", "want " FIRST " id=20\nboth " FIRST " id=7",
     "relationship=\"campus\" id=20"},
    {"the partner's id when the source's row has none",
     "want " FIRST "\na " FIRST "\nb " FIRST " id=8", "relationship=\"campus\" id=8"},
    {"the link is always this relationship", "want " FIRST "\nboth " FIRST " id=7 link:-",
     "relationship=\"campus\" id=7"},
    {"a foreign scope kept equal is as the source holds it",
     "relationship campus foreign:replicate\n"
     "a " FIRST " id=7 description=\"x\"\nb " FIRST " id=7 description=\"y\"",
     "relationship=\"campus\" id=7 description=\"x\""},
};

static void
git_s_fields_lie_over_the_first_row_there_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        PK_SCRATCH(pool);
        struct pk_comparison comparison = pk_compare(pool, build_view(pool, cases[i].view));
        const char *want = describe_parts(pool, &comparison.at[0].want.parts);
        if (strcmp(want, cases[i].want) != 0) {
            fail_msg("%s:\nwant     %s\nexpected %s", cases[i].name, want, cases[i].want);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(git_s_fields_lie_over_the_first_row_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which relationship of Git is which peering of a server: every case with literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent/pairing.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define RELATIONSHIP(n, a, b)                                                                      \
    {                                                                                              \
        .name = (n), .servers = {(a), (b) }                                                        \
    }
#define PEERINGS(...)                                                                              \
    {                                                                                              \
        (const struct pk_peering[]){__VA_ARGS__},                                                  \
            sizeof((const struct pk_peering[]){__VA_ARGS__}) / sizeof(struct pk_peering)           \
    }
#define ANSWERS(n, ...)                                                                            \
    {                                                                                              \
        .name = (n), .answers = true, .peerings = PEERINGS(__VA_ARGS__)                            \
    }
#define ALONE(n)                                                                                   \
    {                                                                                              \
        .name = (n), .answers = true                                                               \
    }
#define SILENT(n)                                                                                  \
    {                                                                                              \
        .name = (n)                                                                                \
    }

static const struct pk_wanted_relationship campus[] = {RELATIONSHIP("campus", "dhcp-a", "dhcp-b")};

static void
assert_named(const struct pk_peering_name *name, const char *relationship, const char *partner)
{
    if (relationship == NULL) {
        assert_null(name->relationship);
        return;
    }
    assert_non_null(name->relationship);
    assert_string_equal(name->relationship, relationship);
    assert_string_equal(name->partner, partner);
}

static void
two_servers_that_say_each_others_names_are_a_pair(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_paired_server servers[] = {
        ANSWERS("dhcp-a", {"one", "two", true}),
        ANSWERS("dhcp-b", {"two", "one", false}),
    };
    pk_pair_servers(pool, campus, 1, servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], "campus", "dhcp-b");
    assert_named(&servers[1].names[0], "campus", "dhcp-a");
    assert_null(servers[0].problem);
    assert_null(servers[1].problem);
}

static void
the_same_peer_names_in_another_pair_are_another_relationship(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct pk_wanted_relationship two[] = {
        RELATIONSHIP("campus", "dhcp-a", "dhcp-b"),
        RELATIONSHIP("clinic", "dhcp-c", "dhcp-d"),
    };
    struct pk_paired_server servers[] = {
        ANSWERS("dhcp-a", {"server1", "server2", true}),
        ANSWERS("dhcp-b", {"server2", "server1", false}),
        ANSWERS("dhcp-c", {"server1", "server2", true}),
        ANSWERS("dhcp-d", {"server2", "server1", false}),
    };
    pk_pair_servers(pool, two, COUNT_OF(two), servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], "campus", "dhcp-b");
    assert_named(&servers[2].names[0], "clinic", "dhcp-d");
    assert_named(&servers[3].names[0], "clinic", "dhcp-c");
}

static void
a_hub_is_told_its_peerings_apart_by_its_partners(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct pk_wanted_relationship two[] = {
        RELATIONSHIP("east", "spoke-e", "hub"),
        RELATIONSHIP("west", "spoke-w", "hub"),
    };
    struct pk_paired_server servers[] = {
        ANSWERS("hub", {"hub-w", "w", false}, {"hub-e", "e", false}, {"hub-x", "x", false}),
        ANSWERS("spoke-e", {"e", "hub-e", true}),
        ANSWERS("spoke-w", {"w", "hub-w", true}),
    };
    pk_pair_servers(pool, two, COUNT_OF(two), servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], "west", "spoke-w");
    assert_named(&servers[0].names[1], "east", "spoke-e");
    assert_named(&servers[0].names[2], NULL, NULL); /* of no business of Git's */
    assert_null(servers[0].problem);
}

static void
two_relationships_of_one_pair_take_its_peerings_in_order(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct pk_wanted_relationship two[] = {
        RELATIONSHIP("first", "dhcp-a", "dhcp-b"),
        RELATIONSHIP("second", "dhcp-b", "dhcp-a"),
    };
    struct pk_paired_server servers[] = {
        ANSWERS("dhcp-a", {"a1", "b1", true}, {"a2", "b2", false}),
        ANSWERS("dhcp-b", {"b2", "a2", true}, {"b1", "a1", false}),
    };
    pk_pair_servers(pool, two, COUNT_OF(two), servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], "first", "dhcp-b");
    assert_named(&servers[1].names[1], "first", "dhcp-a");
    assert_named(&servers[0].names[1], "second", "dhcp-b");
    assert_named(&servers[1].names[0], "second", "dhcp-a");

    struct pk_paired_server poor[] = {
        ANSWERS("dhcp-a", {"a1", "b1", true}),
        ANSWERS("dhcp-b", {"b1", "a1", false}),
    };
    pk_pair_servers(pool, two, COUNT_OF(two), poor, COUNT_OF(poor));
    assert_named(&poor[0].names[0], "first", "dhcp-b");
    assert_non_null(strstr(poor[0].problem, "second"));
}

static void
the_only_peering_has_its_name_while_the_partner_is_silent(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_paired_server servers[] = {
        ANSWERS("dhcp-a", {"one", "two", true}),
        SILENT("dhcp-b"),
    };
    pk_pair_servers(pool, campus, 1, servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], "campus", "dhcp-b");
    assert_null(servers[0].problem);

    struct pk_paired_server apart[] = {ANSWERS("dhcp-a", {"one", "two", true})};
    pk_pair_servers(pool, campus, 1, apart, COUNT_OF(apart)); /* the partner is of another kind */
    assert_named(&apart[0].names[0], "campus", "dhcp-b");
}

static void
a_silent_partner_is_no_reason_to_guess_between_several(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct pk_wanted_relationship two[] = {
        RELATIONSHIP("east", "spoke-e", "hub"),
        RELATIONSHIP("west", "spoke-w", "hub"),
    };
    struct pk_paired_server several[] = {
        ANSWERS("dhcp-a", {"one", "two", true}, {"three", "four", true}),
        SILENT("dhcp-b"),
    };
    pk_pair_servers(pool, campus, 1, several, COUNT_OF(several));
    assert_named(&several[0].names[0], NULL, NULL);
    assert_named(&several[0].names[1], NULL, NULL);

    struct pk_paired_server one[] = {
        ANSWERS("hub", {"hub", "e", false}),
        SILENT("spoke-e"),
        SILENT("spoke-w"),
    };
    pk_pair_servers(pool, two, COUNT_OF(two), one, COUNT_OF(one));
    assert_named(&one[0].names[0], NULL, NULL);
}

static void
servers_that_are_no_pair_get_no_name_and_both_say_why(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_paired_server servers[] = {
        ANSWERS("dhcp-a", {"one", "two", true}),
        ANSWERS("dhcp-b", {"two", "three", false}),
    };
    pk_pair_servers(pool, campus, 1, servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], NULL, NULL);
    assert_named(&servers[1].names[0], NULL, NULL);
    assert_string_equal(servers[0].problem, servers[1].problem);
    static const char *const said[] = {"campus", "dhcp-a is one and has two for its partner",
                                       "dhcp-b is two and has three for its partner", "correct"};
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        assert_non_null(strstr(servers[0].problem, said[i]));
    }
}

static void
a_partner_without_high_availability_is_a_problem_of_both(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_paired_server servers[] = {
        ANSWERS("dhcp-a", {"one", "two", true}),
        ALONE("dhcp-b"),
    };
    pk_pair_servers(pool, campus, 1, servers, COUNT_OF(servers));
    assert_named(&servers[0].names[0], NULL, NULL);
    assert_named(&servers[1].alone, NULL, NULL);
    assert_non_null(strstr(servers[1].problem, "dhcp-b has no high availability"));
}

static void
servers_without_peerings_are_alone_in_their_only_relationship(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_paired_server servers[] = {ALONE("dhcp-a"), ALONE("dhcp-b"), ALONE("dhcp-c")};
    pk_pair_servers(pool, campus, 1, servers, COUNT_OF(servers));
    assert_named(&servers[0].alone, "campus", "dhcp-b");
    assert_named(&servers[1].alone, "campus", "dhcp-a");
    assert_named(&servers[2].alone, NULL, NULL);
    assert_null(servers[0].problem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_servers_that_say_each_others_names_are_a_pair),
        cmocka_unit_test(the_same_peer_names_in_another_pair_are_another_relationship),
        cmocka_unit_test(a_hub_is_told_its_peerings_apart_by_its_partners),
        cmocka_unit_test(two_relationships_of_one_pair_take_its_peerings_in_order),
        cmocka_unit_test(the_only_peering_has_its_name_while_the_partner_is_silent),
        cmocka_unit_test(a_silent_partner_is_no_reason_to_guess_between_several),
        cmocka_unit_test(servers_that_are_no_pair_get_no_name_and_both_say_why),
        cmocka_unit_test(a_partner_without_high_availability_is_a_problem_of_both),
        cmocka_unit_test(servers_without_peerings_are_alone_in_their_only_relationship),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

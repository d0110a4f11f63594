/*
 * A Kea configuration as rows and relationships.  kea-answers.json holds what was sent to real
 * servers (2.2.0, 3.0.4) and what their config-get made of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/kea-config.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct pk_kea_value *
parse(struct pk_pool *pool, const char *text)
{
    struct pk_kea_value *value = pk_new(pool, struct pk_kea_value);
    struct pk_error err = {0};
    if (pk_kea_parse(pool, "test", text, strlen(text), value, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    return value;
}

static const struct pk_peering_name names[] = {{"campus", "dhcp-b"}, {"annex", "dhcp-c"}};

static struct pk_observation
observe(struct pk_pool *pool, const struct pk_kea_value *dhcp4)
{
    struct pk_peerings peerings;
    struct pk_observation seen = {.sequence = ""};
    struct pk_error err = {0};
    if (pk_kea_config_peerings(pool, dhcp4, &peerings, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    const struct pk_kea_naming naming = {
        .server = "dhcp-a", .names = names, .count = peerings.count};
    if (pk_kea_config_observe(pool, dhcp4, &naming, &seen, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    return seen;
}

/* "name = value" by line. */
static const char *
parts_text(struct pk_pool *pool, const struct pk_parts *parts)
{
    struct pk_text out = {.pool = pool};
    for (size_t i = 0; i < parts->count; i++) {
        const struct pk_part *part = &parts->at[i];
        pk_text_addf(&out, "%s = %s\n", pk_part_name(pool, part->field, part->key), part->value);
    }
    return pk_text_end(&out);
}

/* The parts of the first subnet of a configuration. */
static const char *
first_row(struct pk_pool *pool, const char *dhcp4)
{
    struct pk_observation seen = observe(pool, parse(pool, dhcp4));
    assert_true(seen.rows.count >= 1);
    return parts_text(pool, &seen.rows.at[0].parts);
}

static const char *
refusal(struct pk_pool *pool, const char *dhcp4)
{
    const struct pk_kea_naming naming = {.server = "dhcp-a"};
    struct pk_observation seen = {.sequence = ""};
    struct pk_error err = {0};
    assert_int_equal(pk_kea_config_observe(pool, parse(pool, dhcp4), &naming, &seen, &err),
                     PK_EINVAL);
    assert_null(seen.rows.at);
    return pk_strdup(pool, err.message);
}

/* -- what real servers answered --------------------------------------------------------------- */

static const char *
print(struct pk_pool *pool, const struct pk_kea_value *value)
{
    struct pk_text out = {.pool = pool};
    pk_kea_print(&out, value);
    return pk_text_end(&out);
}

static const char *
row_of_answer(struct pk_pool *pool, const struct pk_kea_value *definitions,
              const struct pk_kea_value *subnet)
{
    return first_row(pool, pk_sprintf(pool,
                                      "{\"valid-lifetime\":3600,\"option-def\":%s,"
                                      "\"subnet4\":[%s]}",
                                      print(pool, definitions), print(pool, subnet)));
}

static const char *
expected_row(struct pk_pool *pool, const struct pk_kea_value *answer)
{
    struct pk_kea_items parts = pk_kea_list(answer, "parts");
    struct pk_text out = {.pool = pool};
    bool has_lease = false;
    for (size_t i = 0; i < parts.count; i++) {
        pk_text_addf(&out, "%s\n", parts.at[i].text);
        has_lease = has_lease || strncmp(parts.at[i].text, "lease-time", strlen("lease-time")) == 0;
    }
    pk_text_add(&out, has_lease ? "" : "lease-time = 3600\n");
    return pk_text_end(&out);
}

static int
compare_lines(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Lines in their own order, so that the file need not repeat the usual ones in place. */
static const char *
sorted_lines(struct pk_pool *pool, const char *text)
{
    PK_VECTOR(const char *) lines = {0};
    struct pk_text out = {.pool = pool};
    for (char *rest = pk_strdup(pool, text), *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (*line != '\0' && strcmp(line, "id = 1") != 0) {
            *pk_push(pool, &lines) = line;
        }
    }
    qsort(lines.at, lines.count, sizeof lines.at[0], compare_lines);
    for (size_t i = 0; i < lines.count; i++) {
        pk_text_addf(&out, "%s\n", lines.at[i]);
    }
    return pk_text_end(&out);
}

static void
what_was_sent_and_what_each_kea_answers_are_the_same_row(void **state)
{
    (void)state;
    static const char *const forms[] = {"sent", "2.2", "3.0"};
    PK_SCRATCH(pool);
    struct pk_kea_value file;
    assert_int_equal(pk_kea_parse_file(pool, KEA_ANSWERS, &file, NULL), PK_OK);
    struct pk_kea_items answers = pk_kea_list(&file, "subnets");
    assert_true(answers.count > 40);
    for (size_t i = 0; i < answers.count; i++) {
        const struct pk_kea_value *answer = &answers.at[i];
        const struct pk_kea_value *own = pk_kea_get(answer, "option-def");
        const char *expected = sorted_lines(pool, expected_row(pool, answer));
        for (size_t form = 0; form < COUNT_OF(forms); form++) {
            const struct pk_kea_value *subnet = pk_kea_get(answer, forms[form]);
            if (subnet == NULL) {
                continue;
            }
            const char *row =
                row_of_answer(pool, own != NULL ? own : pk_kea_get(&file, "option-def"), subnet);
            if (strcmp(sorted_lines(pool, row), expected) != 0) {
                fail_msg("%s, %s:\n%sbut expected\n%s", pk_kea_text(answer, "name"), forms[form],
                         sorted_lines(pool, row), expected);
            }
        }
    }
}

/* -- inheritance ------------------------------------------------------------------------------ */

static void
a_subnet_shows_what_is_in_force_for_its_clients(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(
        first_row(pool,
                  "{\"valid-lifetime\":4000,\"renew-timer\":900,\"next-server\":\"10.0.0.1\","
                  "\"max-valid-lifetime\":9000,\"match-client-id\":false,\"allocator\":\"random\","
                  "\"option-data\":[{\"code\":3,\"data\":\"10.0.0.9\"}],"
                  "\"shared-networks\":[{\"name\":\"library\",\"rebind-timer\":1800,"
                  "\"next-server\":\"10.0.0.2\",\"relay\":{\"ip-addresses\":[\"10.9.0.1\"]},"
                  "\"client-class\":\"x\",\"user-context\":{\"a\":1},"
                  "\"subnet4\":[{\"id\":7,\"subnet\":\"10.1.0.0/24\",\"match-client-id\":true,"
                  "\"valid-lifetime\":5000,\"boot-file-name\":\"\"}]}]}"),
        "id = 7\nlease-time = 5000\nrenew-time = 900\nrebind-time = 1800\n"
        "shared-network = \"library\"\nkea.allocator = \"random\"\n"
        "kea.max-valid-lifetime = 9000\nkea.next-server = \"10.0.0.2\"\n"
        "kea.relay = {\"ip-addresses\":[\"10.9.0.1\"]}\n");
}

static void
a_server_that_states_no_lease_time_has_keas(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(first_row(pool, "{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\"}]}"),
                        "id = 1\nlease-time = 7200\n");
}

static void
what_belongs_to_one_server_is_left_out_and_what_nobody_knows_is_kept(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(
        first_row(pool, "{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\","
                        "\"interface\":\"eth0\",\"4o6-interface\":\"\",\"4o6-interface-id\":\"x\","
                        "\"4o6-subnet\":\"2001:db8::/64\",\"metadata\":{\"server-tags\":[]},"
                        "\"future\":{\"b\":0.50,\"a\":[]}}]}"),
        "id = 1\nlease-time = 7200\nkea.future = {\"a\":[],\"b\":0.5}\n");
}

static void
subnets_without_an_id_are_counted_as_kea_2_2_does(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_observation seen =
        observe(pool, parse(pool, "{\"subnet4\":[{\"subnet\":\"10.3.0.0/24\"},"
                                  "{\"subnet\":\"10.2.0.0/24\",\"id\":9},"
                                  "{\"subnet\":\"10.1.0.0/24\",\"id\":0}],"
                                  "\"shared-networks\":[{\"name\":\"n\",\"subnet4\":"
                                  "[{\"subnet\":\"10.4.0.0/24\"}]}]}"));
    static const char *const ids[] = {"3", "9", "2", "1"};
    assert_int_equal(seen.rows.count, COUNT_OF(ids));
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        const struct pk_parts *parts = &seen.rows.at[i].parts;
        assert_string_equal(pk_parts_get(parts, &pk_scope_fields.at[PK_SCOPE_ID], ""), ids[i]);
        struct pk_sha256 hash = pk_parts_hash(parts);
        assert_true(pk_sha256_equal(&hash, &seen.rows.at[i].hash));
    }
}

static void
reservations_that_cannot_be_found_stay_keas(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(
        first_row(pool, "{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\",\"reservations\":["
                        "{\"hw-address\":\"00:00:00:00:00:01\",\"hostname\":\"b\"},"
                        "{\"hw-address\":\"0:0:0:0:0:1\",\"hostname\":\"a\"},"
                        "{\"remote-id\":\"01\"},{\"duid\":\"01:02\",\"hw-address\":\"01:02\"},"
                        "{\"duid\":\"0102\",\"ip-address\":\"0.0.0.0\"}]}]}"),
        "id = 1\nlease-time = 7200\nreservations.duid=01:02 = {}\n"
        "kea.reservations = [{\"duid\":\"01:02\",\"hw-address\":\"01:02\"},"
        "{\"hostname\":\"a\",\"hw-address\":\"0:0:0:0:0:1\"},"
        "{\"hostname\":\"b\",\"hw-address\":\"00:00:00:00:00:01\"},{\"remote-id\":\"01\"}]\n");
}

static void
a_configuration_that_makes_no_sense_is_refused_by_its_subnet(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct {
        const char *dhcp4, *message;
    } rows[] = {
        {"[]", "server dhcp-a: no configuration of a DHCPv4 server"},
        {"{\"subnet4\":{}}", "server dhcp-a: 'subnet4' is no list"},
        {"{\"subnet4\":[1]}", "server dhcp-a: a subnet that is no map"},
        {"{\"subnet4\":[{\"id\":1}]}", "server dhcp-a: a subnet without a prefix, in line 1"},
        {"{\"subnet4\":[{\"id\":1,\"subnet\":\"x\"}]}", "server dhcp-a: subnet x: is no prefix"},
        {"{\"subnet4\":[{\"id\":\"1\",\"subnet\":\"10.1.0.0/24\"}]}",
         "server dhcp-a: subnet 10.1.0.0/24: 'id' is no number from 1 to 4294967294"},
        {"{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\",\"pools\":[{\"pool\":\"x\"}]}]}",
         "server dhcp-a: subnet 10.1.0.0/24: pool 'x' is no range of addresses"},
        {"{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\",\"valid-lifetime\":\"1h\"}]}",
         "server dhcp-a: subnet 10.1.0.0/24: 'valid-lifetime' is no number of seconds"},
        {"{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\"},"
         "{\"id\":2,\"subnet\":\"10.1.0.7/24\"}]}",
         "server dhcp-a: subnet 10.1.0.0/24: is there twice; delete one of them on the server"},
        {"{\"shared-networks\":[{}]}", "server dhcp-a: a shared network without a name"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(refusal(pool, rows[i].dhcp4), rows[i].message);
    }
}

/* -- relationships ---------------------------------------------------------------------------- */

#define PEER(name, role) "{\"name\":\"" name "\",\"role\":\"" role "\",\"url\":\"http://x/\"}"
#define HA(relationships)                                                                          \
    "\"hooks-libraries\":[{\"library\":\"a.so\"},{\"library\":\"ha.so\",\"parameters\":"           \
    "{\"high-availability\":[" relationships "]}}]"
#define PAIR(self, mode, second)                                                                   \
    "{\"this-server-name\":\"" self "\",\"mode\":\"" mode                                          \
    "\",\"peers\":[" PEER("s1", "primary") "," PEER("s2", second) "," PEER("s9", "backup") "]}"

static void
a_pair_is_one_relationship_with_the_defaults_of_its_library(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_observation seen = observe(
        pool,
        parse(pool,
              "{" HA(PAIR("s2", "hot-standby",
                          "standby")) ","
                                      "\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\"}]}"));
    assert_string_equal(seen.rows.at[0].relationship, "campus");
    assert_string_equal(parts_text(pool, &seen.rows.at[0].parts),
                        "relationship = \"campus\"\nid = 1\nlease-time = 7200\n");
    assert_int_equal(seen.relations.count, 1);
    const struct pk_relation *relation = &seen.relations.at[0];
    assert_string_equal(relation->servers[PK_SERVER_1], "dhcp-b");
    assert_string_equal(relation->servers[PK_SERVER_2], "dhcp-a");
    assert_string_equal(
        parts_text(pool, &relation->parts),
        "mode = \"hot-standby\"\nservers = [\"dhcp-b\",\"dhcp-a\"]\n"
        "kea.delayed-updates-limit = 0\nkea.heartbeat-delay = 10000\n"
        "kea.max-ack-delay = 10000\nkea.max-rejected-lease-updates = 10\n"
        "kea.max-response-delay = 60000\nkea.max-unacked-clients = 10\n"
        "kea.send-lease-updates = true\nkea.sync-leases = true\n"
        "kea.sync-page-limit = 10000\nkea.sync-timeout = 60000\nkea.wait-backup-ack = false\n");
}

static void
both_servers_of_a_pair_say_the_same_two_names(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_peerings first, second;
    const char *one = "{" HA(PAIR("s1", "load-balancing", "secondary")) "}";
    const char *two = "{" HA(PAIR("s2", "load-balancing", "secondary")) "}";
    assert_int_equal(pk_kea_config_peerings(pool, parse(pool, one), &first, NULL), PK_OK);
    assert_int_equal(pk_kea_config_peerings(pool, parse(pool, two), &second, NULL), PK_OK);
    assert_int_equal(first.count, 1);
    assert_string_equal(first.at[0].self, second.at[0].partner);
    assert_string_equal(first.at[0].partner, second.at[0].self);
    assert_true(first.at[0].self_is_first);
    assert_false(second.at[0].self_is_first);
}

static void
a_backup_and_a_passive_backup_are_in_no_relationship(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_peerings none;
    const char *backup = "{" HA(PAIR("s9", "hot-standby", "standby")) "}";
    const char *passive = "{" HA(PAIR("s1", "passive-backup", "backup")) "}";
    assert_int_equal(pk_kea_config_peerings(pool, parse(pool, backup), &none, NULL), PK_OK);
    assert_int_equal(none.count, 0);
    assert_int_equal(pk_kea_config_peerings(pool, parse(pool, passive), &none, NULL), PK_OK);
    assert_int_equal(none.count, 0);
    assert_int_equal(pk_kea_config_peerings(pool, parse(pool, "{}"), &none, NULL), PK_OK);
    assert_int_equal(none.count, 0);
}

static void
ha_parameters_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_peerings none;
    static const char *const wrong[] = {
        "{" HA(PAIR("s3", "hot-standby", "standby")) "}",
        "{" HA(PAIR("s1", "cold-standby", "standby")) "}",
        "{" HA(PAIR("s1", "hot-standby", "primary")) "}",
        "{" HA(PAIR("s1", "hot-standby", "backup")) "}",
        "{" HA("{\"mode\":\"hot-standby\"}") "}",
        "{" HA("{\"mode\":\"hot-standby\",\"this-server-name\":\"s1\",\"peers\":[" PEER(
            "s1", "primary") "," PEER("s1", "standby") "]}") "}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct pk_error err = {0};
        assert_int_equal(pk_kea_config_peerings(pool, parse(pool, wrong[i]), &none, &err),
                         PK_EINVAL);
        assert_string_not_equal(err.message, "");
    }
}

static void
on_a_hub_the_name_of_a_peer_tells_the_relationship(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    struct pk_observation seen = observe(
        pool,
        parse(
            pool,
            "{" HA(PAIR(
                "s2", "hot-standby",
                "standby") ",{\"this-server-name\":\"s4\","
                           "\"mode\":\"hot-standby\",\"peers\":[" PEER("s3", "primary") "," PEER(
                               "s4",
                               "standby") "]}") ","
                                                "\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\","
                                                "\"user-context\":{\"ha-server-name\":\"s2\"}},"
                                                "{\"id\":2,\"subnet\":\"10.2.0.0/"
                                                "24\",\"user-context\":{\"x\":1}},"
                                                "{\"id\":3,\"subnet\":\"10.3.0.0/24\","
                                                "\"user-context\":{\"ha-server-name\":\"s7\"}}],"
                                                "\"shared-networks\":[{\"name\":\"n\",\"user-"
                                                "context\":{\"ha-server-name\":\"s3\"},"
                                                "\"subnet4\":[{\"id\":4,\"subnet\":\"10.4.0.0/"
                                                "24\"}]}]}"));
    assert_string_equal(seen.rows.at[0].relationship, "campus");
    assert_null(seen.rows.at[1].relationship);
    assert_null(seen.rows.at[2].relationship);
    assert_string_equal(seen.rows.at[3].relationship, "annex");
    assert_string_equal(parts_text(pool, &seen.rows.at[0].parts),
                        "relationship = \"campus\"\nid = 1\nlease-time = 7200\n");
    assert_non_null(strstr(parts_text(pool, &seen.rows.at[2].parts),
                           "kea.user-context = {\"ha-server-name\":\"s7\"}\n"));
    assert_int_equal(seen.relations.count, 2);
    assert_string_equal(seen.relations.at[0].name, "annex");
}

static void
a_server_without_ha_is_linked_where_it_is_said(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    const struct pk_kea_naming naming = {.server = "dhcp-a", .alone = {.relationship = "campus"}};
    struct pk_observation seen = {.sequence = ""};
    const struct pk_kea_value *dhcp4 =
        parse(pool, "{\"subnet4\":[{\"id\":1,\"subnet\":\"10.1.0.0/24\"}]}");
    assert_int_equal(pk_kea_config_observe(pool, dhcp4, &naming, &seen, NULL), PK_OK);
    assert_string_equal(seen.rows.at[0].relationship, "campus");
    assert_int_equal(seen.relations.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_and_what_each_kea_answers_are_the_same_row),
        cmocka_unit_test(a_subnet_shows_what_is_in_force_for_its_clients),
        cmocka_unit_test(a_server_that_states_no_lease_time_has_keas),
        cmocka_unit_test(what_belongs_to_one_server_is_left_out_and_what_nobody_knows_is_kept),
        cmocka_unit_test(subnets_without_an_id_are_counted_as_kea_2_2_does),
        cmocka_unit_test(reservations_that_cannot_be_found_stay_keas),
        cmocka_unit_test(a_configuration_that_makes_no_sense_is_refused_by_its_subnet),
        cmocka_unit_test(a_pair_is_one_relationship_with_the_defaults_of_its_library),
        cmocka_unit_test(both_servers_of_a_pair_say_the_same_two_names),
        cmocka_unit_test(a_backup_and_a_passive_backup_are_in_no_relationship),
        cmocka_unit_test(ha_parameters_that_make_no_sense_are_refused),
        cmocka_unit_test(on_a_hub_the_name_of_a_peer_tells_the_relationship),
        cmocka_unit_test(a_server_without_ha_is_linked_where_it_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

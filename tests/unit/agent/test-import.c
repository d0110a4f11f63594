/*
 * Servers with everything that makes an import hard, as literals; what comes out is compared with
 * files that somebody has read (tests/golden/import), and read back by the reader it is written
 * for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/import-refuse.h"
#include "agent/import-report.h"
#include "pass-results.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { PARTS_MAX = 16, ROWS_MAX = 40 };

/* One scope on one server; parts are `name=canonical value`. */
struct written_row {
    const char *subnet;
    bool unlinked;
    const char *parts[PARTS_MAX];
};

struct written_side {
    struct written_row rows[ROWS_MAX];
    const char *settings[PARTS_MAX]; /* of the relationship */
};

static struct pk_parts
parts_from(struct pk_pool *pool, const struct pk_field_table *table, const char *const *texts,
           const char *link)
{
    struct pk_part *at = pk_array(pool, struct pk_part, PARTS_MAX + 1);
    size_t count = 0;
    for (; count < PARTS_MAX && texts[count] != NULL; count++) {
        const char *equal = strchr(texts[count], '=');
        equal = strncmp(texts[count], "reservations.", 13) == 0 ? strchr(equal + 1, '=') : equal;
        const char *name = pk_strndup(pool, texts[count], (size_t)(equal - texts[count]));
        assert_true(pk_part_parse_name(table, name, &at[count].field, &at[count].key));
        at[count].value = equal + 1;
    }
    if (link != NULL) {
        at[count++] = (struct pk_part){&pk_scope_fields.at[PK_SCOPE_RELATIONSHIP], "",
                                       pk_sprintf(pool, "\"%s\"", link)};
    }
    return pk_parts_canonical(at, count);
}

static struct pk_rows *
rows_from(struct pk_pool *pool, const struct written_side *side, const char *relationship)
{
    struct pk_row *at = pk_array(pool, struct pk_row, ROWS_MAX);
    struct pk_rows *rows = pk_new(pool, struct pk_rows);
    rows->at = at;
    for (; rows->count < ROWS_MAX && side->rows[rows->count].subnet != NULL; rows->count++) {
        const struct written_row *row = &side->rows[rows->count];
        const char *link = row->unlinked ? NULL : relationship;
        assert_true(pk_parse_prefix(row->subnet, &at[rows->count].subnet));
        at[rows->count].relationship = link;
        at[rows->count].parts = parts_from(pool, &pk_scope_fields, row->parts, link);
    }
    return rows;
}

static struct pk_import_side
side_from(struct pk_pool *pool, const char *server, const struct written_side *written,
          const char *relationship)
{
    struct pk_relation *relation = pk_new(pool, struct pk_relation);
    *relation = (struct pk_relation){
        .name = relationship,
        .servers = {"dhcp-a", "dhcp-b"},
        .parts = parts_from(pool, &pk_relationship_fields, written->settings, NULL),
    };
    return (struct pk_import_side){
        .server = server,
        .rows = rows_from(pool, written, relationship),
        .relation = relationship != NULL ? relation : NULL,
    };
}

static struct pk_snapshot_context
default_rules(void)
{
    return (struct pk_snapshot_context){.limits = pk_document_default_limits};
}

/* Merged and settled. */
static struct pk_import
settled(struct pk_pool *pool, const struct written_side *a, const struct written_side *b,
        struct pk_import_files *files)
{
    struct pk_error err = {0};
    struct pk_snapshot_context rules = default_rules();
    struct pk_import_side source = side_from(pool, "dhcp-a", a, "campus"), partner = {0};
    if (b == NULL) {
        source.relation = NULL;
    } else {
        partner = side_from(pool, "dhcp-b", b, "campus");
    }
    struct pk_import import = pk_import_merge(pool, &source, b != NULL ? &partner : NULL, "campus");
    if (pk_import_settle(pool, &import, &rules, files, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    return import;
}

/* The document is read by the real reader and says nothing that a rule refuses. */
static struct pk_snapshot
read_back(struct pk_pool *pool, const char *text)
{
    struct pk_source_file file = {.path = "a.yaml", .bytes = text, .size = strlen(text)};
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_snapshot snapshot = {0};
    struct pk_snapshot_context rules = default_rules();
    if (pk_snapshot_build(pool, &file, 1, &rules, &diagnostics, &snapshot) != PK_OK) {
        fail_msg("%s\n%s", pk_diagnostic_text(pool, &diagnostics.list.at[0]), text);
    }
    return snapshot;
}

static void
assert_import(const char *golden, const struct written_side *a, const struct written_side *b)
{
    PK_SCRATCH(pool);
    struct pk_import_files files;
    struct pk_import import = settled(pool, a, b, &files);
    const char *text = pk_import_as_one(pool, &import, &files);
    assert_golden(pk_sprintf(pool, "%s.yaml", golden), text);
    read_back(pool, text);
    json_auto_t *document = pk_import_json(pool, &import, &files, "dhcp");
    char *json = json_dumps(document, JSON_SORT_KEYS | JSON_INDENT(2));
    assert_golden(pk_sprintf(pool, "%s.json", golden), pk_sprintf(pool, "%s\n", json));
    free(json);
}

static const char routers_1[] = "options.routers=[\"10.1.0.1\"]";
static const char dns[] = "options.domain-name-servers=[\"10.0.0.53\",\"10.0.1.53\"]";

static void
what_most_scopes_share_is_said_once(void **state)
{
    (void)state;
    static const struct written_side side = {
        .settings = {"load-split=60", "mclt=1800", "kea.heartbeat-delay=5000",
                     "kea.max-ack-delay=10000"},
        .rows = {
            {"10.1.0.0/24", .parts = {"id=1", "name=\"One\"", "lease-time=28800", dns, routers_1,
                                      "kea.allocator=\"random\"", "state=\"inactive\"",
                                      "ranges=[\"10.1.0.64-10.1.0.127\"]"}},
            {"10.1.1.0/24",
             .parts = {"id=167837952", "lease-time=28800", dns, "kea.allocator=\"random\"",
                       "state=\"inactive\"", "ranges=[\"10.1.1.10-10.1.1.200\"]"}},
            {"10.1.2.0/24", .parts = {"lease-time=4294967295", "kea.allocator=\"random\"",
                                      "state=\"inactive\"", "shared-network=\"lab\""}},
            {"10.1.3.0/24",
             .parts = {"lease-time=28800", dns, "state=\"inactive\"", "ranges=[\"10.1.3.7\"]"}},
            {"10.1.4.0/24", .parts = {dns, "kea.allocator=\"random\"", "state=\"inactive\""}},
            {"10.1.5.0/24", .parts = {"lease-time=28800", dns, "kea.allocator=\"flq\""}},
            {"10.1.6.0/24", .parts = {"lease-time=28800", dns, "kea.allocator=\"random\""}},
        }};
    assert_import("defaults", &side, &side);
}

static void
what_the_partner_holds_instead_is_said_beside_it(void **state)
{
    (void)state;
    static const struct written_side a = {
        .settings = {"mode=\"hot-standby\"", "mclt=1800", "kea.heartbeat-delay=10000",
                     "kea.max-ack-delay=5000"},
        .rows = {
            {"10.1.0.0/24", .parts = {"id=1", "name=\"One\"", "lease-time=28800", dns, routers_1,
                                      "ranges=[\"10.1.0.64-10.1.0.127\"]",
                                      "reservations.mac=00:00:00:00:00:02={\"ip\":\"10.1.0.3\"}",
                                      "reservations.mac=00:00:00:00:00:01={\"ip\":\"10.1.0.20\"}",
                                      "kea.match-client-id=false"}},
            {"10.1.1.0/24", .parts = {"id=2", "lease-time=28800", dns, "name=\"Only here\""}},
            {"10.1.2.0/24", .parts = {"id=3", "lease-time=28800", dns}},
            {"10.1.4.0/24", .unlinked = true, .parts = {"id=5", "lease-time=28800", dns}},
            {"10.1.5.0/24", .unlinked = true, .parts = {"id=6", "lease-time=28800"}},
        }};
    static const struct written_side b = {
        .settings = {"mode=\"hot-standby\"", "kea.heartbeat-delay=3000", "kea.max-ack-delay=5000",
                     "kea.sync-timeout=60000"},
        .rows = {
            {"10.1.0.0/24",
             .parts = {"id=10", "lease-time=14400", dns, "name=\"Line\\nbreak\"",
                       "options.routers=[\"10.1.0.254\"]", "options.ntp-servers=[\"10.0.0.123\"]",
                       "ranges=[\"10.1.0.64-10.1.0.130\"]", "state=\"inactive\"",
                       "reservations.mac=00:00:00:00:00:01={\"ip\":\"10.1.0.21\"}",
                       "reservations.mac=00:00:00:00:00:03={\"ip\":\"10.1.0.4\"}"}},
            {"10.1.2.0/24", .parts = {"id=3", "lease-time=14400",
                                      "reservations.mac=00:00:00:00:00:09={\"ip\":\"10.1.2.4\"}"}},
            {"10.1.3.0/24", .parts = {"id=4", "lease-time=28800", dns, "name=\"Only there\""}},
            {"10.1.4.0/24", .parts = {"id=5", "lease-time=28800", dns}},
        }};
    assert_import("differences", &a, &b);
}

static void
what_the_rules_refuse_is_left_out_with_the_reason(void **state)
{
    (void)state;
    static const struct written_side side = {
        .settings = {"mclt=0", "kea.heartbeat-delay=0"},
        .rows = {
            {"10.1.0.0/24", .parts = {"kea.subnet=\"10.1.0.5/24\"", "lease-time=28800", dns}},
            {"10.2.0.0/16", .parts = {"lease-time=28800", dns, "id=7"}},
            {"10.2.3.0/24", .parts = {"lease-time=28800", dns, "name=\"Inside the one before\""}},
            {"10.3.0.0/24", .parts = {"lease-time=28800", dns, "id=7", "renew-time=30000",
                                      "ranges=[\"10.3.1.1-10.3.1.9\"]"}},
            {"10.4.0.0/24", .parts = {"lease-time=28800", dns,
                                      "reservations.mac=00:00:00:00:00:01={\"ip\":\"10.9.0.3\"}",
                                      "reservations.mac=00:00:00:00:00:02={\"ip\":\"10.4.0.3\"}"}},
            {"10.5.0.0/24", .parts = {"lease-time=28800", dns, "options.routers=[\"no address\"]"}},
            {"10.6.0.0/24", .parts = {"lease-time=28800", dns, "description=\"Two\\nlines\"",
                                      "kea.option-data=[{\"code\":43,\"data\":\"\"}]",
                                      "kea.reservations=[{\"flex-id\":\"\"}]"}},
            {"10.7.0.0/24",
             .parts = {"lease-time=28800", dns, "kea.deep=[[[[[[[[[[[[[[1]]]]]]]]]]]]]]"}},
            {"10.8.0.0/24", .parts = {"lease-time=28800", dns, "options.tftp-server-name=[1]"}},
        }};
    assert_import("refused", &side, &side);
}

static void
awkward_texts_are_quoted(void **state)
{
    (void)state;
    static const struct written_side side = {
        .rows = {
            {"10.1.0.0/24",
             .parts = {"name=\"no\"", "description=\" a: b # c \"", "shared-network=\"010\"",
                       "options.domain-name=[\"on\"]",
                       "options.boot-file-name=[\"C:\\\\boot\\\\x.0\"]", "options.224=[\"010203\"]",
                       "options.ntp-servers={\"always-send\":true,\"value\":["
                       "\"10.0.0.7\"]}"}},
            {"10.1.1.0/24",
             .parts = {"name=\"Bücherei, 2. Stock\"", "description=\"12:30:45\"",
                       "kea.user-context={\"a b\":[1,\"1\",true,\"true\",null],"
                       "\"x\":{}}",
                       "kea.require-client-classes=[\"a, b\"]", "kea.allocator=\"1\""}},
            {"10.1.2.0/24",
             .parts = {"ranges=[{\"kea\":{\"client-classes\":[\"a\"]},\"range\":"
                       "\"10.1.2.16-10.1.2.31\"},\"10.1.2.40-10.1.2.41\"]",
                       "reservations.circuit-id=70:6f:72:74:31={\"hostname\":\"on\"}",
                       "reservations.client-id=01:02={\"ip\":\"10.1.2.9\",\"kea\":{"
                       "\"client-classes\":[\"a\"]},\"name\":\"it's, \\\"x\\\"\","
                       "\"options\":{\"host-name\":[\"yes\"],\"routers\":[\"10.1.2.2\"]}}",
                       "reservations.flex-id=27:41={\"ip\":\"10.1.2.8\"}"}},
        }};
    assert_import("quoted", &side, &side);
}

static void
without_a_partner_its_name_is_asked_for(void **state)
{
    (void)state;
    static const struct written_side side = {
        .rows = {{"10.1.0.0/24", .unlinked = true, .parts = {"lease-time=28800", dns}}}};
    assert_import("alone", &side, NULL);
}

/* More than a file may hold goes to several, each with room to grow. */
static void
many_scopes_are_several_files(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    enum { SCOPES = 200, LIMIT = 4096 };
    struct pk_row *at = pk_array(pool, struct pk_row, SCOPES);
    const char *const texts[PARTS_MAX] = {"lease-time=28800", "name=\"A scope among others\""};
    for (uint32_t i = 0; i < SCOPES; i++) {
        at[i] = (struct pk_row){.subnet = {.address = (10U << 24) + (i << 8), .length = 24},
                                .relationship = "campus",
                                .parts = parts_from(pool, &pk_scope_fields, texts, "campus")};
    }
    struct pk_rows rows = {at, SCOPES};
    struct pk_relation relation = {.name = "campus", .servers = {"dhcp-a", "dhcp-b"}};
    struct pk_import_side a = {"dhcp-a", &rows, &relation}, b = {"dhcp-b", &rows, &relation};
    struct pk_import import = pk_import_merge(pool, &a, &b, "campus");
    struct pk_snapshot_context rules = {.limits = {.file_bytes = LIMIT, .depth = 16}};
    struct pk_import_files files;
    struct pk_error err = {0};
    if (pk_import_settle(pool, &import, &rules, &files, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    assert_true(files.count > 3);
    assert_string_equal(files.at[1].name, "scopes-from-10.0.0.0.yaml");
    for (size_t i = 0; i < files.count; i++) {
        assert_true(files.at[i].size <= LIMIT / 2);
        assert_true(i == 0 || files.at[i].size > LIMIT / 4 || i == files.count - 1);
    }
    for (size_t i = 0; i < SCOPES; i++) {
        assert_null(import.scopes[i].refusal.message);
    }
    const char *one = pk_import_as_one(pool, &import, &files);
    assert_int_equal(read_back(pool, one).scope_count, SCOPES);
    assert_null(strstr(strstr(one, "# Imported") + 1, "# Imported"));
}

static void
a_scope_that_no_file_can_hold_is_left_out_by_itself(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct written_side side = {
        .rows = {
            {"10.1.0.0/24", .parts = {"lease-time=28800"}},
            {"10.1.1.0/24", .parts = {"description=\"much longer than the limit of a file, which "
                                      "is small here so that this text alone is too large for "
                                      "it; and it goes on and on, as texts do that nobody has "
                                      "looked at for years, until it is really long enough to be "
                                      "too long for what a file may hold, which is not much, as "
                                      "was said before, and will not be said again\""}},
            {"10.1.2.0/24", .parts = {"lease-time=28800"}},
        }};
    struct pk_import_side a = side_from(pool, "dhcp-a", &side, "campus");
    struct pk_import_side b = side_from(pool, "dhcp-b", &side, "campus");
    struct pk_import import = pk_import_merge(pool, &a, &b, "campus");
    struct pk_snapshot_context rules = {.limits = {.file_bytes = 300, .depth = 16}};
    struct pk_import_files files;
    struct pk_error err = {0};
    if (pk_import_settle(pool, &import, &rules, &files, &err) != PK_OK) {
        fail_msg("%s", err.message);
    }
    assert_null(import.scopes[0].refusal.message);
    assert_string_equal(import.scopes[1].refusal.rule, "too-large");
    assert_null(import.scopes[2].refusal.message);
}

static void
a_name_that_the_rule_refuses_is_an_error_that_says_what_to_do(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    static const struct written_side side = {.rows = {{"10.1.0.0/24", .parts = {"id=1"}}}};
    struct pk_import_side a = side_from(pool, "dhcp-a", &side, "campus");
    struct pk_import_side b = side_from(pool, "dhcp-b", &side, "campus");
    struct pk_import import = pk_import_merge(pool, &a, &b, "two words");
    struct pk_snapshot_context rules = default_rules();
    struct pk_import_files files;
    struct pk_error err = {0};
    assert_int_equal(pk_import_settle(pool, &import, &rules, &files, &err), PK_EINVAL);
    assert_non_null(strstr(err.message, "'two words' is not a name"));
    assert_non_null(strstr(err.message, "--relationship NAME"));
}

static void
two_servers_give_their_relationship_a_name(void **state)
{
    (void)state;
    PK_SCRATCH(pool);
    assert_string_equal(pk_import_name(pool, "dhcp-a", "dhcp-b"), "dhcp");
    assert_string_equal(pk_import_name(pool, "campus-kea-1", "campus-kea-2"), "campus-kea");
    assert_string_equal(pk_import_name(pool, "kea1.lab", "kea2.lab"), "kea1.lab-kea2.lab");
    assert_string_equal(pk_import_name(pool, "north", "south"), "north-south");
    assert_string_equal(pk_import_name(pool, "-a", "-b"), "-a--b");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_most_scopes_share_is_said_once),
        cmocka_unit_test(what_the_partner_holds_instead_is_said_beside_it),
        cmocka_unit_test(what_the_rules_refuse_is_left_out_with_the_reason),
        cmocka_unit_test(awkward_texts_are_quoted),
        cmocka_unit_test(without_a_partner_its_name_is_asked_for),
        cmocka_unit_test(many_scopes_are_several_files),
        cmocka_unit_test(a_scope_that_no_file_can_hold_is_left_out_by_itself),
        cmocka_unit_test(a_name_that_the_rule_refuses_is_an_error_that_says_what_to_do),
        cmocka_unit_test(two_servers_give_their_relationship_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* pairkeeper.yaml: every key, its default, what is wrong with it, and where the file is looked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/config-keys.h"
#include "desk.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct loaded {
    struct pk_diagnostics diagnostics;
    struct pk_config config;
    struct pk_error err;
    enum pk_code code;
};

static struct loaded
load_file(const struct desk *desk, const char *file)
{
    struct loaded out = {.diagnostics = {.pool = desk->pool}};
    out.code = pk_config_load(desk->pool, file, &out.diagnostics, &out.config, &out.err);
    return out;
}

static struct loaded
load(const struct desk *desk, const char *text)
{
    desk_write(desk, "test.yaml", text);
    return load_file(desk, desk_path(desk, "test.yaml"));
}

static const char least[] = "repository: {url: repo}\nservers: {dhcp-a: {driver: adm}}\n";

static void
what_is_not_written_has_its_default(void **state)
{
    struct desk *desk = *state;
    struct loaded loaded = load(desk, least);
    const struct pk_config *config = &loaded.config;
    assert_int_equal(loaded.code, PK_OK);
    assert_string_equal(config->repository.url, desk_path(desk, "repo"));
    assert_string_equal(config->repository.branch, "main");
    assert_string_equal(config->repository.path, "");
    assert_int_equal(config->repository.timeout_ms, 60000);
    assert_string_equal(config->repository.bare, "/var/lib/pairkeeper/pairkeeper.db.git");
    assert_int_equal(config->repository.files_limit, 200000);
    assert_int_equal(config->repository.total_bytes_limit, 1 << 30);
    assert_int_equal(config->interval_ms, 60000);
    assert_false(config->rewind_allowed);
    assert_string_equal(config->database, "/var/lib/pairkeeper/pairkeeper.db");
    assert_true(config->writes);
    assert_int_equal(config->allow_prune, PK_PRUNE_OWNED);
    assert_int_equal(config->allow_settings, PK_SETTINGS_ENFORCE);
    assert_int_equal(config->server_count, 1);
    assert_string_equal(config->servers[0].name, "dhcp-a");
    assert_string_equal(config->servers[0].driver, "adm");
    assert_int_equal(config->servers[0].timeout_ms, 10000);
    assert_true(config->servers[0].writes);
    assert_null(config->servers[0].username);
    assert_null(config->servers[0].password_file);
    assert_null(config->servers[0].certificate_file);
    assert_null(config->servers[0].ca);
    assert_int_equal(config->credential_count, 0);
    assert_null(config->repository_credentials);
    assert_memory_equal(&config->guards.updates_percent, &pk_guard_default_limits.updates_percent,
                        sizeof(unsigned));
    assert_int_equal(config->guards.updates_count, pk_guard_default_limits.updates_count);
    assert_int_equal(config->guards.deletes_percent, pk_guard_default_limits.deletes_percent);
    assert_int_equal(config->guards.deletes_count, pk_guard_default_limits.deletes_count);
    assert_int_equal(config->guards.small, pk_guard_default_limits.small);
    assert_int_equal(config->guards.observation_age_ms, pk_guard_default_limits.observation_age_ms);
    assert_true(config->guards.adopt_holds);
    assert_int_equal(config->workers, 8);
    assert_true(pk_config_has_embedded(config));
}

static void
every_key_is_read(void **state)
{
    struct desk *desk = *state;
    unsetenv("CREDENTIALS_DIRECTORY");
    struct loaded loaded = load(
        desk, "repository: {url: \"file:///srv/dhcp.git\", branch: live, path: /dhcp/, interval: "
              "90s, timeout: 2m,\n"
              "             credentials: git, verify: {mode: none}, rewind: allow}\n"
              "database: state/pk.db\n"
              "writes: false\n"
              "allow: {prune: never, settings: report}\n"
              "servers:\n"
              "  dhcp-b: {driver: adm, url: \"https://b.example/\", path: b.conf, credentials: "
              "kea-a, ca: ca.pem, timeout: 3s, writes: false}\n"
              "  dhcp-a: {driver: adm}\n"
              "credentials:\n"
              "  kea-a: {username: pk, password-file: kea-a, certificate-file: a.pem, key-file: "
              "/keys/a.key}\n"
              "  git: {ssh-key-file: /keys/deploy, host-keys: [\"SHA256:a\", \"SHA256:b\"]}\n"
              "guards: {updates: [20%, 40], deletes: [5%, 1], small: 4, observation-age: 1m, "
              "adopt: allow}\n"
              "change-windows: []\n"
              "http: {listen: null, token-file: null, webhook-secret-file: null}\n"
              "workers: 2\n");
    const struct pk_config *config = &loaded.config;
    assert_int_equal(loaded.code, PK_OK);
    assert_string_equal(config->repository.url, "file:///srv/dhcp.git");
    assert_string_equal(config->repository.branch, "live");
    assert_string_equal(config->repository.path, "dhcp");
    assert_int_equal(config->interval_ms, 90000);
    assert_int_equal(config->repository.timeout_ms, 120000);
    assert_string_equal(config->repository_credentials, "git");
    assert_true(config->rewind_allowed);
    assert_string_equal(config->database, desk_path(desk, "state/pk.db"));
    assert_false(config->writes);
    assert_int_equal(config->allow_prune, PK_PRUNE_NEVER);
    assert_int_equal(config->allow_settings, PK_SETTINGS_REPORT);
    assert_int_equal(config->server_count, 2);
    assert_string_equal(config->servers[0].name, "dhcp-a");
    const struct pk_server_config *server = pk_config_server(config, "dhcp-b");
    assert_ptr_equal(server, &config->servers[1]);
    assert_string_equal(server->url, "https://b.example/");
    assert_string_equal(server->path, desk_path(desk, "b.conf"));
    assert_int_equal(server->timeout_ms, 3000);
    assert_false(server->writes);
    assert_string_equal(server->username, "pk");
    assert_string_equal(server->password_file, desk_path(desk, "kea-a"));
    assert_string_equal(server->certificate_file, desk_path(desk, "a.pem"));
    assert_string_equal(server->key_file, "/keys/a.key");
    assert_string_equal(server->ca, desk_path(desk, "ca.pem"));
    assert_int_equal(config->credential_count, 2);
    assert_string_equal(config->credentials[0].name, "git");
    assert_string_equal(config->credentials[0].ssh_key_file, "/keys/deploy");
    assert_int_equal(config->credentials[0].host_key_count, 2);
    assert_string_equal(config->credentials[0].host_keys[1], "SHA256:b");
    assert_string_equal(config->credentials[1].username, "pk");
    assert_string_equal(config->credentials[1].password_file, desk_path(desk, "kea-a"));
    assert_int_equal(config->guards.updates_percent, 20);
    assert_int_equal(config->guards.updates_count, 40);
    assert_int_equal(config->guards.deletes_percent, 5);
    assert_int_equal(config->guards.deletes_count, 1);
    assert_int_equal(config->guards.small, 4);
    assert_int_equal(config->guards.observation_age_ms, 60000);
    assert_false(config->guards.adopt_holds);
    assert_int_equal(config->workers, 2);
    assert_null(pk_config_server(config, "dhcp-c"));
}

static void
the_repository_gets_its_own_credentials(void **state)
{
    struct desk *desk = *state;
    unsetenv("CREDENTIALS_DIRECTORY");
    struct loaded loaded =
        load(desk, "repository: {url: \"https://git.example/a\", credentials: git, ca: ca.pem}\n"
                   "servers: {dhcp-a: {driver: adm}}\n"
                   "credentials:\n"
                   "  kea-a: {username: pk, password-file: kea-a}\n"
                   "  git: {username: net, password-file: token}\n");
    assert_int_equal(loaded.code, PK_OK);
    const struct pk_repository_config *repository = &loaded.config.repository;
    assert_string_equal(repository->ca, desk_path(desk, "ca.pem"));
    assert_string_equal(repository->credential->url, "https://git.example/a");
    assert_string_equal(repository->credential->username, "net");
    assert_string_equal(repository->credential->password_file, desk_path(desk, "token"));
}

static void
secret_files_are_in_the_credentials_directory_when_there_is_one(void **state)
{
    struct desk *desk = *state;
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/pairkeeper", 1);
    struct loaded loaded =
        load(desk, pk_sprintf(desk->pool, "%scredentials: {kea: {password-file: kea}}\n", least));
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(loaded.code, PK_OK);
    assert_string_equal(loaded.config.credentials[0].password_file,
                        "/run/credentials/pairkeeper/kea");
}

/* -- Errors -- */

static void
assert_says(const struct loaded *loaded, struct pk_pool *pool, const char *text)
{
    for (size_t i = 0; i < loaded->diagnostics.list.count; i++) {
        if (strstr(pk_diagnostic_text(pool, &loaded->diagnostics.list.at[i]), text) != NULL) {
            return;
        }
    }
    for (size_t i = 0; i < loaded->diagnostics.list.count; i++) {
        print_message("%s\n", pk_diagnostic_text(pool, &loaded->diagnostics.list.at[i]));
    }
    fail_msg("no diagnostic says: %s", text);
}

static void
what_is_wrong_is_said_with_its_place(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *more; /* after the least, so line 3 on */
        const char *says;
    } rows[] = {
        {"databse: x\n", "test.yaml:3:1: configuration has no key 'databse'; did you mean "
                         "'database'"},
        {"writes: maybe\n", "test.yaml:3:9: "},
        {"workers: 0\n", "test.yaml:3:10: "},
        {"workers: 010\n", "test.yaml:3:10: "},
        {"allow: {prune: always}\n", "test.yaml:3:16: "},
        {"allow: {prume: owned}\n", "did you mean 'prune'"},
        {"guards: {updates: 30%}\n", "test.yaml:3:19: "},
        {"guards: {updates: [30, 50]}\n", "write it as [30%, 50]"},
        {"guards: {deletes: [130%, 3]}\n", "write it as [30%, 50]"},
        {"guards: {observation-age: 2x}\n", "test.yaml:3:27: "},
        {"guards: {adopt: never}\n", "test.yaml:3:17: "},
        {"change-windows:\n  - {days: mon-thu, from: \"22:00\", to: \"05:00\"}\n",
         "this build has no change windows"},
        {"change-windows: always\n", "test.yaml:3:17: "},
        {"change-windows: [{from: \"22:00\"}]\n", "change window has no to"},
        {"http: {listen: \"127.0.0.1:9467\"}\n", "this build does not serve HTTP"},
        {"credentials: {kea: {pasword-file: x}}\n", "did you mean 'password-file'"},
        {"credentials: {kea: {host-keys: x}}\n", "test.yaml:3:32: "},
        {"credentials: {kea: {certificate-file: x}}\n",
         "test.yaml:3:39: certificate-file and key-file belong together"},
        {"credentials: {kea: {key-file: x}}\n", "test.yaml:3:31: certificate-file and key-file"},
        {"credentials: [kea]\n", "test.yaml:3:14: "},
        {"writes: true\nwrites: false\n", "duplicate-key"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct loaded loaded = load(desk, pk_sprintf(desk->pool, "%s%s", least, rows[i].more));
        assert_int_equal(loaded.code, PK_EINVAL);
        assert_says(&loaded, desk->pool, rows[i].says);
    }
}

static void
what_servers_and_repository_get_wrong_is_said_with_its_place(void **state)
{
    struct desk *desk = *state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"servers: {a: {driver: adm}}\n", "configuration has no repository"},
        {"repository: {url: r}\n", "configuration has no servers"},
        {"repository: {branch: main}\nservers: {a: {driver: adm}}\n", "repository has no url"},
        {"repository: {url: r}\nservers: {a: {}}\n", "server has no driver"},
        {"repository: {url: r}\nservers: {a: {driver: amd}}\n",
         "test.yaml:2:23: this build has no driver 'amd', it has: "},
        {"repository: {url: r}\nservers: {a: {driver: amd}}\n", "did you mean 'adm'"},
        {"repository: {url: r}\nservers: {a: {driver: kea}}\n",
         "test.yaml:2:23: a server with driver kea needs url"},
        {"repository: {url: r}\nservers: {a: {driver: kea, url: \"ftp://dhcp-a/\"}}\n",
         "test.yaml:2:33: url of a kea server: it is no address of http or https; write it as "},
        {"repository: {url: r}\nservers: {a: {driver: kea, url: \"dhcp-a:8000\"}}\n",
         "test.yaml:2:33: url of a kea server: it is no address of http or https; write it as "},
        {"repository: {url: r}\nservers: {a: {driver: kea, url: \"https://me:pw@dhcp-a/\"}}\n",
         "test.yaml:2:33: url of a kea server: it holds a user name or a password; leave them "},
        {"repository: {url: r}\nservers: {a: {driver: kea, url: \"https://dhcp-a/?a=b\"}}\n",
         "test.yaml:2:33: url of a kea server: it holds a query or a fragment; write it as "},
        {"repository: {url: r}\nservers: {a: {driver: kea-file}}\n",
         "test.yaml:2:23: a server with driver kea-file needs path"},
        {"repository: {url: r}\nservers: {a b: {driver: adm}}\n", "test.yaml:2:11: "},
        {"repository: {url: r}\nservers: {a: {driver: adm, credentials: kae}}\n"
         "credentials: {kea: {username: x}}\n",
         "test.yaml:2:41: there are no credentials called 'kae'; did you mean 'kea'"},
        {"repository: {url: r, credentials: git}\nservers: {a: {driver: adm}}\n",
         "test.yaml:1:35: there are no credentials called 'git'; add it under credentials"},
        {"repository: {url: r, verify: {mode: head}}\nservers: {a: {driver: adm}}\n",
         "test.yaml:1:37: mode is not available yet; this build verifies no signatures"},
        {"repository: {url: r, verify: {mode: haed}}\nservers: {a: {driver: adm}}\n",
         "test.yaml:1:37: "},
        {"repository: {url: \"http://git.example/a\"}\nservers: {a: {driver: adm}}\n",
         "test.yaml:1:19: repository.url: http can be read and changed on its way; write https://"},
        {"repository: {url: \"ssh://git.example/a\"}\nservers: {a: {driver: adm}}\n",
         "test.yaml:1:19: repository.credentials: ssh needs a private key"},
        {"repository: {url: \"https://git.example/a\", credentials: git}\nservers: {a: {driver: "
         "adm}}\ncredentials: {git: {ssh-key-file: k}}\n",
         "test.yaml:1:19: repository.credentials: http and https know passwords and tokens only"},
        {"repository: {url: r, ca: ca.pem}\nservers: {a: {driver: adm}}\n",
         "test.yaml:1:19: repository.ca: only https has certificates"},
        {"repository: {url: r, rewind: yes}\nservers: {a: {driver: adm}}\n", "test.yaml:1:30: "},
        {"repository: {url: r, interval: 0}\nservers: {a: {driver: adm}}\n", "test.yaml:1:32: "},
        {"repository: r\nservers: {a: {driver: adm}}\n", "test.yaml:1:13: "},
        {"- a\n", "test.yaml:1:1: "},
        {"", "configuration has no repository"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct loaded loaded = load(desk, rows[i].text);
        assert_int_equal(loaded.code, PK_EINVAL);
        assert_says(&loaded, desk->pool, rows[i].says);
    }
}

static void
all_errors_come_in_one_run_sorted_by_place(void **state)
{
    struct desk *desk = *state;
    struct loaded loaded = load(desk, "repository: {url: r, intervall: 5s}\n"
                                      "servers: {a: {driver: kea-9}}\n"
                                      "workers: many\n");
    assert_int_equal(loaded.code, PK_EINVAL);
    assert_int_equal(loaded.diagnostics.errors, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(loaded.diagnostics.list.at[i].mark.line, i + 1);
    }
}

/* Walks the table itself: a key whose row takes anything at all would show here. */
static void
refuses_wrong_shapes(const struct desk *desk, const struct pk_config_section *section,
                     const char *before, const char *after)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct pk_config_key *key = &section->at[i];
        const char *wrong = key->shape <= PK_CONFIG_SECRET ? "[[1]]" : "oops";
        struct loaded loaded =
            load(desk, pk_sprintf(desk->pool, "%s%s: %s%s", before, key->field.name, wrong, after));
        assert_int_equal(loaded.code, PK_EINVAL);
        assert_says(&loaded, desk->pool, key->field.name);
        assert_true(strlen(key->field.document) > 1);
    }
    for (size_t i = 0; i < section->count; i++) {
        const struct pk_config_key *key = &section->at[i];
        if (key->section != NULL) {
            static const char *const opens[] = {
                [PK_CONFIG_SECTION] = "{", [PK_CONFIG_NAMED] = "{x: {", [PK_CONFIG_ITEMS] = "[{"};
            static const char *const closes[] = {
                [PK_CONFIG_SECTION] = "}", [PK_CONFIG_NAMED] = "}}", [PK_CONFIG_ITEMS] = "}]"};
            refuses_wrong_shapes(
                desk, key->section,
                pk_sprintf(desk->pool, "%s%s: %s", before, key->field.name, opens[key->shape]),
                pk_sprintf(desk->pool, "%s%s", closes[key->shape], after));
        }
    }
}

static void
every_key_refuses_a_value_of_another_shape(void **state)
{
    refuses_wrong_shapes(*state, &pk_config_file_section, "{", "}\n");
}

/* -- Where it is looked for -- */

static void
the_environment_names_the_file_and_a_named_file_must_be_there(void **state)
{
    struct desk *desk = *state;
    desk_write(desk, "test.yaml", least);
    setenv("PAIRKEEPER_CONFIG", desk_path(desk, "test.yaml"), 1);
    struct loaded named = load_file(desk, NULL);
    setenv("PAIRKEEPER_CONFIG", desk_path(desk, "nowhere.yaml"), 1);
    struct loaded absent = load_file(desk, NULL);
    unsetenv("PAIRKEEPER_CONFIG");
    assert_int_equal(named.code, PK_OK);
    assert_string_equal(named.config.file, desk_path(desk, "test.yaml"));
    assert_int_equal(absent.code, PK_ENOENT);
    assert_non_null(strstr(absent.err.where, "nowhere.yaml"));
    assert_int_equal(load_file(desk, desk_path(desk, "nowhere.yaml")).code, PK_ENOENT);
}

static void
without_a_name_the_file_of_the_current_folder_is_read(void **state)
{
    struct desk *desk = *state;
    char *here = getcwd(NULL, 0);
    assert_int_equal(chdir(desk->folder), 0);
    struct loaded loaded = load_file(desk, NULL);
    assert_int_equal(chdir(here), 0);
    free(here);
    assert_int_equal(loaded.code, PK_OK);
    assert_string_equal(loaded.config.file, "pairkeeper.yaml");
    assert_string_equal(loaded.config.database, "pairkeeper.db");
}

static void
the_example_of_the_tree_is_read(void **state)
{
    struct loaded loaded = load_file(*state, EXAMPLE_CONFIG);
    assert_int_equal(loaded.code, PK_OK);
    assert_true(pk_config_has_embedded(&loaded.config));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_written_has_its_default),
        TEST(every_key_is_read),
        TEST(the_repository_gets_its_own_credentials),
        TEST(secret_files_are_in_the_credentials_directory_when_there_is_one),
        TEST(what_is_wrong_is_said_with_its_place),
        TEST(what_servers_and_repository_get_wrong_is_said_with_its_place),
        TEST(all_errors_come_in_one_run_sorted_by_place),
        TEST(every_key_refuses_a_value_of_another_shape),
        TEST(the_environment_names_the_file_and_a_named_file_must_be_there),
        TEST(without_a_name_the_file_of_the_current_folder_is_read),
        TEST(the_example_of_the_tree_is_read),
    };
    unsetenv("PAIRKEEPER_CONFIG");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

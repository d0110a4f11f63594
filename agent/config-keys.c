/*
 * Every key of the configuration, once.  What it decodes to, its limits, its default and its
 * sentence in the reference page are columns, so a new key is a row and a member.
 */
#include "agent/config-keys.h"

#include <stddef.h>

#include "base/number.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define SECTION(name, rows, type)                                                                  \
    {                                                                                              \
        name, rows, COUNT_OF(rows), sizeof(type)                                                   \
    }

enum {
    TEXT_BYTES = 4096,
    NAME_BYTES = 63,
    WORKERS_MAX = 256,
    HUNDRED_PERCENT = 100,
    TIMEOUT_MAX_S = 3600,
    WEEK_S = 7 * 24 * 3600,
};

static const int64_t counter_max = 1000000000;

static const char *const verify_modes[] = {"none", "head", "tag", "tag-and-head", "range", NULL};
static const char *const rewind_policies[] = {"refuse", "allow", NULL};
static const char *const prune_policies[] = {"never", "owned", NULL};
static const char *const settings_policies[] = {"report", "enforce", NULL};
static const char *const adopt_policies[] = {"hold", "allow", NULL};

static const struct pk_config_key verify_keys[] = {
    {.field = {"mode", PK_KIND_CHOICE, .default_value = "\"none\"", .choices = verify_modes,
               .document = "Which signatures a revision must carry."},
     .offset = offsetof(struct pk_written_verify, mode),
     .missing = "this build verifies no signatures: write none"},
};
static const struct pk_config_section verify_section =
    SECTION("verify", verify_keys, struct pk_written_verify);

static const struct pk_config_key repository_keys[] = {
    {.field = {"url", PK_KIND_TEXT, PK_FIELD_REQUIRED, .min = 1, .max = TEXT_BYTES,
               .document = "Where the Git repository is: a path, or an https://, ssh:// or file:// "
                           "URL without user name; http:// only on this machine."},
     .offset = offsetof(struct pk_written_repository, url)},
    {.field = {"branch", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES, .default_value = "\"main\"",
               .document = "The branch whose tip is wanted."},
     .offset = offsetof(struct pk_written_repository, branch)},
    {.field = {"path", PK_KIND_TEXT, .max = TEXT_BYTES, .default_value = "\"\"",
               .document = "Folder of the YAML files inside the repository; all of it when empty."},
     .offset = offsetof(struct pk_written_repository, path)},
    {.field = {"interval", PK_KIND_DURATION, .min = 1, .max = WEEK_S, .default_value = "60",
               .document = "Time between two passes of the running agent."},
     .offset = offsetof(struct pk_written_repository, interval_ms)},
    {.field = {"timeout", PK_KIND_DURATION, .min = 1, .max = TIMEOUT_MAX_S, .default_value = "60",
               .document = "How long one fetch may take."},
     .offset = offsetof(struct pk_written_repository, timeout_ms)},
    {.field = {"credentials", PK_KIND_NAME, .min = 1, .max = NAME_BYTES,
               .document = "Name of the credentials that the repository asks for."},
     .offset = offsetof(struct pk_written_repository, credentials)},
    {.field = {"ca", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "Certificates that an https server's own is checked against, instead of "
                           "the system's."},
     .shape = PK_CONFIG_PATH,
     .offset = offsetof(struct pk_written_repository, ca)},
    {.field = {"verify", .document = "Signatures that a revision must carry."},
     .shape = PK_CONFIG_SECTION,
     .offset = offsetof(struct pk_written_repository, verify),
     .section = &verify_section},
    {.field = {"rewind", PK_KIND_CHOICE, .default_value = "\"refuse\"", .choices = rewind_policies,
               .document = "Whether a tip that does not descend from the revision in force is "
                           "taken."},
     .offset = offsetof(struct pk_written_repository, rewind)},
};
static const struct pk_config_section repository_section =
    SECTION("repository", repository_keys, struct pk_written_repository);

static const struct pk_config_key allow_keys[] = {
    {.field = {"prune", PK_KIND_CHOICE, .default_value = "\"owned\"", .choices = prune_policies,
               .document = "The most that `prune` in Git may ask for."},
     .offset = offsetof(struct pk_written_allow, prune)},
    {.field = {"settings", PK_KIND_CHOICE, .default_value = "\"enforce\"",
               .choices = settings_policies,
               .document = "The most that `settings` in Git may ask for."},
     .offset = offsetof(struct pk_written_allow, settings)},
};
static const struct pk_config_section allow_section =
    SECTION("allow", allow_keys, struct pk_written_allow);

static const struct pk_config_key server_keys[] = {
    {.field = {"driver", PK_KIND_NAME, PK_FIELD_REQUIRED, .min = 1, .max = NAME_BYTES,
               .document = "The kind of server: `adm`, `kea` or `kea-file`."},
     .offset = offsetof(struct pk_written_server, driver)},
    {.field = {"url", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "Where a `kea` server answers: http:// or https:// of its own control "
                           "socket or of its control agent; without user name."},
     .offset = offsetof(struct pk_written_server, url)},
    {.field = {"path", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "The file that a `kea-file` server is read from: kea-dhcp4.conf."},
     .shape = PK_CONFIG_PATH,
     .offset = offsetof(struct pk_written_server, path)},
    {.field = {"credentials", PK_KIND_NAME, .min = 1, .max = NAME_BYTES,
               .document = "Name of the credentials that the server asks for."},
     .offset = offsetof(struct pk_written_server, credentials)},
    {.field = {"ca", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "Certificates that the server's own is checked against, instead of the "
                           "system's."},
     .shape = PK_CONFIG_PATH,
     .offset = offsetof(struct pk_written_server, ca)},
    {.field = {"timeout", PK_KIND_DURATION, .min = 1, .max = TIMEOUT_MAX_S, .default_value = "10",
               .document = "How long the server may take for one answer."},
     .offset = offsetof(struct pk_written_server, timeout_ms)},
    {.field = {"writes", PK_KIND_BOOLEAN, .default_value = "true",
               .document = "false: the server, and the partner with it, is never written."},
     .offset = offsetof(struct pk_written_server, writes)},
};
static const struct pk_config_section server_section =
    SECTION("server", server_keys, struct pk_written_server);

static const struct pk_config_key credential_keys[] = {
    {.field = {"username", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "User name; for a Git repository `git` unless written."},
     .offset = offsetof(struct pk_written_credential, username)},
    {.field = {"password-file", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "File that holds the password or token, on one line; other users must "
                           "not be able to read it."},
     .shape = PK_CONFIG_SECRET,
     .offset = offsetof(struct pk_written_credential, password_file)},
    {.field = {"ssh-key-file", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "File that holds a private SSH key without passphrase; other users must "
                           "not be able to read it."},
     .shape = PK_CONFIG_SECRET,
     .offset = offsetof(struct pk_written_credential, ssh_key_file)},
    {.field = {"certificate-file", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "File that holds our own certificate towards a DHCP server, in PEM "
                           "form, with what it was signed by; needs `key-file`."},
     .shape = PK_CONFIG_SECRET,
     .offset = offsetof(struct pk_written_credential, certificate_file)},
    {.field = {"key-file", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "File that holds the private key of that certificate without "
                           "passphrase; other users must not be able to read it."},
     .shape = PK_CONFIG_SECRET,
     .offset = offsetof(struct pk_written_credential, key_file)},
    {.field = {"host-keys", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "Fingerprints of the SSH host keys that are trusted, as ssh-keygen -lf "
                           "shows them: SHA256:…"},
     .shape = PK_CONFIG_TEXTS,
     .offset = offsetof(struct pk_written_credential, host_keys)},
};
static const struct pk_config_section credential_section =
    SECTION("credentials", credential_keys, struct pk_written_credential);

static const struct pk_config_key guard_keys[] = {
    {.field = {"updates", .default_value = "[30,50]",
               .document = "Scopes of a relationship that one plan may overwrite: percent, count."},
     .shape = PK_CONFIG_LIMIT,
     .offset = offsetof(struct pk_written_guards, updates)},
    {.field = {"deletes", .default_value = "[10,3]",
               .document = "Scopes of a relationship that one plan may delete: percent, count."},
     .shape = PK_CONFIG_LIMIT,
     .offset = offsetof(struct pk_written_guards, deletes)},
    {.field = {"small", PK_KIND_NUMBER, .max = counter_max, .default_value = "10",
               .document = "Relationships of up to so many scopes: any delete is held."},
     .offset = offsetof(struct pk_written_guards, small)},
    {.field = {"observation-age", PK_KIND_DURATION, .min = 1, .max = WEEK_S, .default_value = "120",
               .document = "How old an observation may be when it is acted on."},
     .offset = offsetof(struct pk_written_guards, observation_age_ms)},
    {.field = {"adopt", PK_KIND_CHOICE, .default_value = "\"hold\"", .choices = adopt_policies,
               .document = "Whether rows that pairkeeper has never verified are overwritten "
                           "without being asked."},
     .offset = offsetof(struct pk_written_guards, adopt)},
};
static const struct pk_config_section guards_section =
    SECTION("guards", guard_keys, struct pk_written_guards);

static const struct pk_config_key window_keys[] = {
    {.field = {"days", PK_KIND_TEXT, .min = 1, .max = NAME_BYTES,
               .document = "Days on which the window opens: mon-thu."},
     .offset = offsetof(struct pk_written_window, days)},
    {.field = {"from", PK_KIND_TEXT, PK_FIELD_REQUIRED, .min = 1, .max = NAME_BYTES,
               .document = "When it opens: \"22:00\"."},
     .offset = offsetof(struct pk_written_window, from)},
    {.field = {"to", PK_KIND_TEXT, PK_FIELD_REQUIRED, .min = 1, .max = NAME_BYTES,
               .document = "When it closes."},
     .offset = offsetof(struct pk_written_window, to)},
    {.field = {"zone", PK_KIND_TEXT, .min = 1, .max = NAME_BYTES,
               .document = "Time zone of both: Europe/Paris."},
     .offset = offsetof(struct pk_written_window, zone)},
};
static const struct pk_config_section window_section =
    SECTION("change window", window_keys, struct pk_written_window);

static const struct pk_config_key http_keys[] = {
    {.field = {"listen", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "ADDRESS:PORT of the status page, metrics and webhooks."},
     .offset = offsetof(struct pk_written_http, listen),
     .missing = "this build does not serve HTTP: write null or leave http out"},
    {.field = {"token-file", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "File that holds the token of the API."},
     .shape = PK_CONFIG_SECRET,
     .offset = offsetof(struct pk_written_http, token_file)},
    {.field = {"webhook-secret-file", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .document = "File that holds the secret shared with the forge."},
     .shape = PK_CONFIG_SECRET,
     .offset = offsetof(struct pk_written_http, webhook_secret_file)},
};
static const struct pk_config_section http_section =
    SECTION("http", http_keys, struct pk_written_http);

static const struct pk_config_key file_keys[] = {
    {.field = {"repository", .flags = PK_FIELD_REQUIRED,
               .document = "The Git repository that says what is wanted."},
     .shape = PK_CONFIG_SECTION,
     .offset = offsetof(struct pk_written_config, repository),
     .section = &repository_section},
    {.field = {"database", PK_KIND_TEXT, .min = 1, .max = TEXT_BYTES,
               .default_value = "\"/var/lib/pairkeeper/pairkeeper.db\"",
               .document = "The SQLite file that pairkeeper keeps its tables in."},
     .shape = PK_CONFIG_PATH,
     .offset = offsetof(struct pk_written_config, database)},
    {.field = {"writes", PK_KIND_BOOLEAN, .default_value = "true",
               .document = "false: observe and compare, never write, whatever Git says."},
     .offset = offsetof(struct pk_written_config, writes)},
    {.field = {"allow", .document = "The most that Git may ask for."},
     .shape = PK_CONFIG_SECTION,
     .offset = offsetof(struct pk_written_config, allow),
     .section = &allow_section},
    {.field = {"servers", .flags = PK_FIELD_REQUIRED,
               .document = "The DHCP servers by the names that Git uses for them."},
     .shape = PK_CONFIG_NAMED,
     .offset = offsetof(struct pk_written_config, servers),
     .section = &server_section},
    {.field = {"credentials", .document = "Where the secrets are, by name."},
     .shape = PK_CONFIG_NAMED,
     .offset = offsetof(struct pk_written_config, credentials),
     .section = &credential_section},
    {.field = {"guards", .document = "From which size on a plan waits for an approval."},
     .shape = PK_CONFIG_SECTION,
     .offset = offsetof(struct pk_written_config, guards),
     .section = &guards_section},
    {.field = {"change-windows", .document = "When servers may be written; empty = always."},
     .shape = PK_CONFIG_ITEMS,
     .offset = offsetof(struct pk_written_config, change_windows),
     .section = &window_section,
     .missing = "this build has no change windows: write []"},
    {.field = {"http", .document = "The agent's HTTP side; off unless written."},
     .shape = PK_CONFIG_SECTION,
     .offset = offsetof(struct pk_written_config, http),
     .section = &http_section},
    {.field = {"workers", PK_KIND_NUMBER, .min = 1, .max = WORKERS_MAX, .default_value = "8",
               .document = "Servers that are read at the same time."},
     .offset = offsetof(struct pk_written_config, workers)},
};

const struct pk_config_section pk_config_file_section =
    SECTION("configuration", file_keys, struct pk_written_config);

/*
 * Finding and reading the file, then the few things that no single row can judge: drivers and
 * credentials that must exist, paths seen from the file's own folder.
 */
#include "agent/config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/config-read.h"
#include "base/text.h"
#include "desired-state/decode.h"

enum { FILES_LIMIT = 200000, READ_BYTES = 65536 };

static const uint64_t total_bytes_limit = UINT64_C(1) << 30;
const char pk_embedded_driver[] = "adm";

static const char local_file[] = "pairkeeper.yaml";
static const char system_file[] = "/etc/pairkeeper/pairkeeper.yaml";

static const char *
find_file(const char *asked, struct pk_error *err)
{
    const char *named = asked != NULL ? asked : getenv("PAIRKEEPER_CONFIG");
    if (named != NULL && *named != '\0') {
        return named;
    }
    if (access(local_file, F_OK) == 0) {
        return local_file;
    }
    if (access(system_file, F_OK) == 0) {
        return system_file;
    }
    pk_error_set(err, PK_ENOENT, "configuration",
                 "no configuration found: neither $PAIRKEEPER_CONFIG is set nor is there %s here "
                 "or %s; write one or name it with --config FILE",
                 local_file, system_file);
    return NULL;
}

static enum pk_code
open_failure(const char *file, int number, struct pk_error *err)
{
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return pk_error_set(err, PK_ENOENT, file, "no such configuration file; check --config");
    case EACCES:
    case EPERM:
        return pk_error_set(err, PK_EACCESS, file,
                            "may not be read by this user; check its permissions");
    default:
        return pk_error_set(err, PK_ESYS, file, "cannot be read: %s", strerror(number));
    }
}

/* One byte over the limit is enough for the reader to say that it is too large. */
static enum pk_code
read_file(struct pk_pool *pool, const char *file, struct pk_text *out, struct pk_error *err)
{
    int descriptor = open(file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return open_failure(file, errno, err);
    }
    char *buffer = pk_alloc(pool, READ_BYTES);
    ssize_t got = 0;
    do {
        got = read(descriptor, buffer, READ_BYTES);
        if (got > 0) {
            pk_text_add_bytes(out, buffer, (size_t)got);
        }
    } while ((got > 0 && out->count <= pk_document_default_limits.file_bytes) ||
             (got < 0 && errno == EINTR));
    int number = errno;
    close(descriptor);
    return got < 0 ? open_failure(file, number, err) : PK_OK;
}

static const char *
folder_of(struct pk_pool *pool, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL) {
        return ".";
    }
    return slash == file ? "/" : pk_strndup(pool, file, (size_t)(slash - file));
}

/* A URL with a scheme and scp's HOST:PATH stay as they are, a plain path is seen from the file. */
static const char *
repository_url(struct pk_pool *pool, const char *folder, const char *url)
{
    const char *colon = strchr(url, ':');
    const char *slash = strchr(url, '/');
    bool has_host = colon != NULL && (slash == NULL || colon < slash);
    return has_host ? url : pk_config_path(pool, folder, url);
}

static const char *
without_slashes(struct pk_pool *pool, const char *path)
{
    path += strspn(path, "/");
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] == '/') {
        length--;
    }
    return pk_strndup(pool, path, length);
}

/* Drivers of this build, "adm, kea". */
static const char *
driver_names(struct pk_pool *pool, struct pk_nearest *nearest)
{
    struct pk_text names = {.pool = pool};
    for (size_t i = 0; pk_drivers[i] != NULL; i++) {
        pk_text_addf(&names, "%s%s", i > 0 ? ", " : "", pk_drivers[i]->name);
        pk_nearest_offer(nearest, pk_drivers[i]->name);
    }
    return pk_text_end(&names);
}

static const struct pk_node *
node_at(const struct pk_node *root, const char *section, const char *name, const char *key)
{
    const struct pk_node *node = pk_node_get(root, section);
    if (name != NULL && node != NULL && node->kind == PK_NODE_MAPPING) {
        node = pk_node_get(node, name);
    }
    const struct pk_node *value =
        node != NULL && node->kind == PK_NODE_MAPPING ? pk_node_get(node, key) : NULL;
    return value != NULL ? value : root;
}

static void
check_url(const struct pk_config_reader *reader, const struct pk_driver *driver,
          const struct pk_node *root, const struct pk_written_server *server)
{
    const char *fault = driver->url_fault(server->url);
    if (fault != NULL) {
        struct pk_mark mark =
            pk_node_mark(reader->file, node_at(root, "servers", server->entry.name, "url"));
        pk_diagnose(reader->diagnostics, PK_RULE_BAD_VALUE, mark, NULL, "url of a %s server: %s",
                    driver->name, fault);
    }
}

static void
check_driver(const struct pk_config_reader *reader, const struct pk_node *root,
             const struct pk_written_server *server)
{
    if (server->driver == NULL) {
        return; /* that is said already */
    }
    const struct pk_driver *driver = pk_driver_find(server->driver);
    struct pk_mark mark =
        pk_node_mark(reader->file, node_at(root, "servers", server->entry.name, "driver"));
    if (driver == NULL) {
        struct pk_nearest nearest = {.wanted = server->driver};
        const char *names = driver_names(reader->pool, &nearest);
        pk_diagnose(reader->diagnostics, PK_RULE_BAD_VALUE, mark,
                    pk_did_you_mean(reader->pool, &nearest),
                    "this build has no driver '%s', it has: %s", server->driver, names);
    } else if ((driver->needs_url && server->url == NULL) ||
               (driver->needs_path && server->path == NULL)) {
        const char *key = driver->needs_url ? "url" : "path";
        pk_diagnose(reader->diagnostics, PK_RULE_MISSING_KEY, mark, NULL,
                    "a server with driver %s needs %s", driver->name, key);
    } else if (driver->needs_url) {
        check_url(reader, driver, root, server);
    }
}

/* What a credential needs beside what it has. */
static void
check_credential(const struct pk_config_reader *reader, const struct pk_node *root,
                 const struct pk_written_credential *credential)
{
    if ((credential->certificate_file == NULL) != (credential->key_file == NULL)) {
        const char *there = credential->key_file == NULL ? "certificate-file" : "key-file";
        pk_diagnose(
            reader->diagnostics, PK_RULE_MISSING_KEY,
            pk_node_mark(reader->file, node_at(root, "credentials", credential->entry.name, there)),
            NULL, "certificate-file and key-file belong together: write both");
    }
}

static void
check_credentials(const struct pk_config_reader *reader, const struct pk_written_config *written,
                  const char *name, const struct pk_node *node)
{
    if (name == NULL) {
        return;
    }
    const struct pk_written_credential *credentials = written->credentials.at;
    struct pk_nearest near = {.wanted = name};
    for (size_t i = 0; i < written->credentials.count; i++) {
        if (strcmp(credentials[i].entry.name, name) == 0) {
            return;
        }
        pk_nearest_offer(&near, credentials[i].entry.name);
    }
    pk_diagnose(reader->diagnostics, PK_RULE_BAD_VALUE, pk_node_mark(reader->file, node),
                near.best != NULL ? pk_did_you_mean(reader->pool, &near)
                                  : "add it under credentials",
                "there are no credentials called '%s'", name);
}

/* The credentials as a fetch wants them; NULL when there are none of that name. */
static const struct pk_repository_credential *
repository_credential(struct pk_pool *pool, const struct pk_written_config *written,
                      const char *url)
{
    const struct pk_written_credential *from = written->credentials.at;
    const char *name = written->repository.credentials;
    for (size_t i = 0; name != NULL && i < written->credentials.count; i++) {
        if (strcmp(from[i].entry.name, name) != 0) {
            continue;
        }
        struct pk_repository_credential *credential = pk_new(pool, struct pk_repository_credential);
        *credential = (struct pk_repository_credential){.url = url,
                                                        .username = from[i].username,
                                                        .password_file = from[i].password_file,
                                                        .ssh_key_file = from[i].ssh_key_file,
                                                        .host_keys = from[i].host_keys.at,
                                                        .host_key_count = from[i].host_keys.count};
        return credential;
    }
    return NULL;
}

/* What fetching would refuse before it asks anybody is said when the file is read. */
static void
check_repository(const struct pk_config_reader *reader, const struct pk_node *root,
                 const struct pk_written_config *written)
{
    const struct pk_written_repository *from = &written->repository;
    const struct pk_repository_config config = {
        .url = from->url,
        .ca = from->ca,
        .credential = repository_credential(reader->pool, written, from->url),
    };
    if (from->url == NULL || (from->credentials != NULL && config.credential == NULL)) {
        return; /* that is said already */
    }
    struct pk_error err;
    if (pk_repository_check(&config, &err) != PK_OK) {
        pk_diagnose(reader->diagnostics, PK_RULE_BAD_VALUE,
                    pk_node_mark(reader->file, node_at(root, "repository", NULL, "url")), NULL,
                    "%s: %s", err.where, err.message);
    }
}

static void
check_references(const struct pk_config_reader *reader, const struct pk_node *root,
                 const struct pk_written_config *written)
{
    const struct pk_written_server *servers = written->servers.at;
    for (size_t i = 0; i < written->servers.count; i++) {
        check_driver(reader, root, &servers[i]);
        check_credentials(reader, written, servers[i].credentials,
                          node_at(root, "servers", servers[i].entry.name, "credentials"));
    }
    const struct pk_written_credential *credentials = written->credentials.at;
    for (size_t i = 0; i < written->credentials.count; i++) {
        check_credential(reader, root, &credentials[i]);
    }
    check_credentials(reader, written, written->repository.credentials,
                      node_at(root, "repository", NULL, "credentials"));
    check_repository(reader, root, written);
}

static int
compare_entries(const void *a, const void *b)
{
    const struct pk_config_entry *first = a, *second = b;
    return strcmp(first->name, second->name);
}

static void
sort_entries(struct pk_config_named *named, size_t bytes)
{
    if (named->count > 1) {
        qsort(named->at, named->count, bytes, compare_entries);
    }
}

static const struct pk_written_credential *
find_credential(const struct pk_written_config *written, const char *name)
{
    static const struct pk_written_credential none = {.username = NULL};
    const struct pk_written_credential *credentials = written->credentials.at;
    for (size_t i = 0; name != NULL && i < written->credentials.count; i++) {
        if (strcmp(credentials[i].entry.name, name) == 0) {
            return &credentials[i];
        }
    }
    return &none;
}

static void
take_servers(struct pk_pool *pool, const struct pk_written_config *written, struct pk_config *out)
{
    size_t count = written->servers.count;
    struct pk_server_config *servers = pk_array(pool, struct pk_server_config, count);
    const struct pk_written_server *from = written->servers.at;
    for (size_t i = 0; i < count; i++) {
        const struct pk_written_credential *credential =
            find_credential(written, from[i].credentials);
        servers[i] = (struct pk_server_config){.name = from[i].entry.name,
                                               .driver = from[i].driver,
                                               .url = from[i].url,
                                               .path = from[i].path,
                                               .ca = from[i].ca,
                                               .username = credential->username,
                                               .password_file = credential->password_file,
                                               .certificate_file = credential->certificate_file,
                                               .key_file = credential->key_file,
                                               .timeout_ms = from[i].timeout_ms,
                                               .writes = from[i].writes};
    }
    out->servers = servers;
    out->server_count = count;
}

static void
take_credentials(struct pk_pool *pool, const struct pk_written_config *written,
                 struct pk_config *out)
{
    size_t count = written->credentials.count;
    struct pk_credential *credentials = pk_array(pool, struct pk_credential, count);
    const struct pk_written_credential *from = written->credentials.at;
    for (size_t i = 0; i < count; i++) {
        credentials[i] = (struct pk_credential){.name = from[i].entry.name,
                                                .username = from[i].username,
                                                .password_file = from[i].password_file,
                                                .ssh_key_file = from[i].ssh_key_file,
                                                .certificate_file = from[i].certificate_file,
                                                .key_file = from[i].key_file,
                                                .host_keys = from[i].host_keys.at,
                                                .host_key_count = from[i].host_keys.count};
    }
    out->credentials = credentials;
    out->credential_count = count;
}

static void
take_guards(const struct pk_written_guards *written, struct pk_guard_limits *out)
{
    *out = (struct pk_guard_limits){
        .updates_percent = written->updates.percent,
        .updates_count = written->updates.count,
        .deletes_percent = written->deletes.percent,
        .deletes_count = written->deletes.count,
        .small = written->small,
        .observation_age_ms = written->observation_age_ms,
        .adopt_holds = written->adopt == 0,
    };
}

struct pk_repository_config
pk_config_default_limits(void)
{
    return (struct pk_repository_config){
        .files_limit = FILES_LIMIT,
        .total_bytes_limit = total_bytes_limit,
        .limits = pk_document_default_limits,
    };
}

static void
take_repository(const struct pk_config_reader *reader, const struct pk_written_config *written,
                struct pk_repository_config *out)
{
    const struct pk_written_repository *from = &written->repository;
    assert(from->url != NULL && from->path != NULL); /* required; has a default */
    out->url = repository_url(reader->pool, reader->folder, from->url);
    out->credential = repository_credential(reader->pool, written, out->url);
    out->ca = from->ca;
    out->branch = from->branch;
    out->path = without_slashes(reader->pool, from->path);
    out->timeout_ms = from->timeout_ms;
    out->bare = pk_sprintf(reader->pool, "%s.git", written->database);
    out->helper = "/proc/self/exe";
}

static struct pk_config
take(const struct pk_config_reader *reader, struct pk_written_config *written)
{
    struct pk_pool *pool = reader->pool;
    const struct pk_written_repository *repository = &written->repository;
    sort_entries(&written->servers, sizeof(struct pk_written_server));
    sort_entries(&written->credentials, sizeof(struct pk_written_credential));
    struct pk_config config = {
        .file = reader->file,
        .repository = pk_config_default_limits(),
        .interval_ms = repository->interval_ms,
        .rewind_allowed = repository->rewind == 1,
        .database = written->database,
        .writes = written->writes,
        .allow_prune = (enum pk_prune_policy)written->allow.prune,
        .allow_settings = (enum pk_settings_policy)written->allow.settings,
        .repository_credentials = repository->credentials,
        .workers = written->workers,
    };
    take_repository(reader, written, &config.repository);
    take_servers(pool, written, &config);
    take_credentials(pool, written, &config);
    take_guards(&written->guards, &config.guards);
    return config;
}

enum pk_code
pk_config_load(struct pk_pool *pool, const char *file, struct pk_diagnostics *diagnostics,
               struct pk_config *out, struct pk_error *err)
{
    const char *found = find_file(file, err);
    if (found == NULL) {
        return PK_ENOENT;
    }
    struct pk_text bytes = {.pool = pool};
    enum pk_code code = read_file(pool, found, &bytes, err);
    if (code != PK_OK) {
        return code;
    }
    const char *secrets = getenv("CREDENTIALS_DIRECTORY");
    const char *name = pk_strdup(pool, found), *folder = folder_of(pool, name);
    struct pk_config_reader reader = {
        .pool = pool,
        .file = name,
        .folder = folder,
        .secrets_folder = secrets != NULL && *secrets != '\0' ? pk_strdup(pool, secrets) : folder,
        .diagnostics = diagnostics,
    };
    size_t errors_before = diagnostics->errors;
    const struct pk_node *root = pk_document_parse(pool, name, pk_text_end(&bytes), bytes.count,
                                                   &pk_document_default_limits, diagnostics);
    struct pk_written_config written = {0};
    if (root != NULL || diagnostics->errors == errors_before) {
        pk_config_read_section(&reader, &pk_config_file_section, root, &written);
    }
    if (root != NULL) {
        check_references(&reader, root, &written);
    }
    if (diagnostics->errors > errors_before) {
        pk_diagnostics_sort(diagnostics);
        return pk_error_set(err, PK_EINVAL, name,
                            "the configuration has %zu error%s; nothing "
                            "was done",
                            diagnostics->errors - errors_before,
                            pk_plural(diagnostics->errors - errors_before));
    }
    *out = take(&reader, &written);
    return PK_OK;
}

const struct pk_server_config *
pk_config_server(const struct pk_config *config, const char *name)
{
    for (size_t i = 0; i < config->server_count; i++) {
        if (strcmp(config->servers[i].name, name) == 0) {
            return &config->servers[i];
        }
    }
    return NULL;
}

struct pk_known_server *
pk_config_known_servers(struct pk_pool *pool, const struct pk_config *config)
{
    struct pk_known_server *known = pk_array(pool, struct pk_known_server, config->server_count);
    for (size_t i = 0; i < config->server_count; i++) {
        const struct pk_server_config *server = &config->servers[i];
        known[i] = (struct pk_known_server){
            .name = server->name,
            .cannot_split_ranges = pk_driver_find(server->driver)->peer_class == NULL,
        };
    }
    return known;
}

bool
pk_config_has_embedded(const struct pk_config *config)
{
    for (size_t i = 0; i < config->server_count; i++) {
        if (strcmp(config->servers[i].driver, pk_embedded_driver) == 0) {
            return true;
        }
    }
    return false;
}

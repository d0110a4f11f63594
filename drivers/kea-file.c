/*
 * The file is read anew for every question: it is small, and what is included matters as much as
 * what is written in it.  Its change sequence is the hash of what it means, so that a new comment
 * is no change.
 */
#include "drivers/kea-file.h"

#include "base/sha256.h"
#include "drivers/kea-checks.h"
#include "drivers/kea-facts-ask.h"
#include "drivers/kea-names.h"

#include <string.h>

struct pk_server {
    struct pk_pool *pool; /* holds this struct */
    const struct pk_server_config *config;
    struct pk_kea_names names;
};

static const struct pk_capabilities capabilities = {
    .batch_limit = 1,
    .create_order = PK_SERVER_2_FIRST,
    .delete_order = PK_SERVER_1_FIRST,
};

static enum pk_code
file_open(const struct pk_server_config *config, struct pk_db *db, struct pk_server **out,
          struct pk_error *err)
{
    (void)db, (void)err;
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_server *server = pk_new(pool, struct pk_server);
    *server = (struct pk_server){.pool = pool, .config = config};
    *out = server;
    return PK_OK;
}

static void
file_close(struct pk_server *server)
{
    if (server != NULL) {
        pk_pool_free(server->pool);
    }
}

static const struct pk_capabilities *
file_capabilities(const struct pk_server *server)
{
    (void)server;
    return &capabilities;
}

/* The `Dhcp4` of the file; what is wrong with it is said with its place. */
static enum pk_code
load(const struct pk_server *server, struct pk_pool *pool, struct pk_kea_value *dhcp4,
     struct pk_error *err)
{
    struct pk_kea_value file;
    enum pk_code code = pk_kea_parse_file(pool, server->config->path, &file, err);
    if (code == PK_OK) {
        const struct pk_kea_value *found = pk_kea_get(&file, "Dhcp4");
        if (found != NULL && found->kind == PK_KEA_MAP) {
            *dhcp4 = *found;
            return PK_OK;
        }
        return pk_error_set(err, PK_EINVAL, server->config->path,
                            "%s: there is no `Dhcp4` in it: name the configuration of kea-dhcp4 "
                            "in `path`",
                            server->config->path);
    }
    if (err != NULL && (code == PK_ENOENT || code == PK_EACCESS)) {
        const struct pk_error why = *err;
        return pk_error_set(err, code, why.where, "%s; correct `path` or who may read it",
                            why.message);
    }
    return code;
}

static const char *
sequence_of(struct pk_pool *pool, const struct pk_kea_value *dhcp4)
{
    PK_SCRATCH(scratch);
    const char *text = pk_kea_canonical(scratch, dhcp4);
    struct pk_sha256 hash = pk_sha256_of(text, strlen(text));
    return pk_sha256_text(pool, &hash);
}

static enum pk_code
file_sequence(struct pk_server *server, struct pk_pool *pool, const char *since, const char **out,
              struct pk_error *err)
{
    (void)since;
    PK_SCRATCH(scratch);
    struct pk_kea_value dhcp4;
    enum pk_code code = load(server, scratch, &dhcp4, err);
    if (code == PK_OK) {
        *out = sequence_of(pool, &dhcp4);
    }
    return code;
}

static enum pk_code
file_peerings(struct pk_server *server, struct pk_pool *pool, struct pk_peerings *out,
              struct pk_error *err)
{
    struct pk_kea_value dhcp4;
    enum pk_code code = load(server, pool, &dhcp4, err);
    if (code == PK_OK) {
        code = pk_kea_names_peerings(pool, server->config->path, &dhcp4, out, err);
        if (code != PK_OK) {
            pk_error_prefix(err, "%s", server->config->path);
        }
    }
    return code;
}

static void
file_name_peerings(struct pk_server *server, const struct pk_peering_name *names, size_t count,
                   const struct pk_peering_name *alone)
{
    pk_kea_names_take(server->pool, &server->names, names, count, alone);
}

static enum pk_code
file_read(struct pk_server *server, struct pk_pool *pool, struct pk_observation *out,
          struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_value dhcp4;
    enum pk_code code = load(server, scratch, &dhcp4, err);
    if (code == PK_OK) {
        code = pk_kea_names_observe(pool, &server->names, server->config->name,
                                    server->config->path, &dhcp4, out, err);
        if (code != PK_OK) {
            pk_error_prefix(err, "%s", server->config->path);
        }
    }
    if (code == PK_OK) {
        out->sequence = sequence_of(pool, &dhcp4);
    }
    return code;
}

static enum pk_code
file_verify(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
            size_t count, struct pk_rows *out, struct pk_error *err)
{
    struct pk_observation seen;
    enum pk_code code = file_read(server, pool, &seen, err);
    if (code == PK_OK) {
        *out = pk_kea_rows_only(pool, &seen.rows, subnets, count);
    }
    return code;
}

static enum pk_code
file_write(struct pk_server *server, const struct pk_change *changes, size_t count,
           struct pk_change_result *results, struct pk_error *err)
{
    (void)changes;
    memset(results, 0, count * sizeof *results);
    return pk_error_set(err, PK_EACCESS, server->config->path,
                        "a configuration file is only read; make the server itself known with "
                        "driver kea to have it written");
}

static enum pk_code
file_health(struct pk_server *server, struct pk_health *out, struct pk_error *err)
{
    (void)server, (void)err;
    *out = (struct pk_health){.state = PK_PAIR_NORMAL, .version = ""};
    return PK_OK;
}

static enum pk_code
file_examine(struct pk_server *server, struct pk_pool *pool, struct pk_findings *out,
             struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_value dhcp4;
    enum pk_code code = load(server, scratch, &dhcp4, err);
    if (code == PK_OK) {
        const struct pk_kea_facts facts =
            pk_kea_facts_of_file(scratch, server->config->name, &dhcp4);
        pk_kea_examine(pool, &facts, out);
    }
    return code;
}

static enum pk_code
file_examine_pair(struct pk_server *first, struct pk_server *second, struct pk_pool *pool,
                  struct pk_findings *out, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_value mine, theirs;
    enum pk_code code = load(first, scratch, &mine, err);
    if (code == PK_OK) {
        code = load(second, scratch, &theirs, err);
    }
    if (code == PK_OK) {
        const struct pk_kea_facts a = pk_kea_facts_of_file(scratch, first->config->name, &mine);
        const struct pk_kea_facts b = pk_kea_facts_of_file(scratch, second->config->name, &theirs);
        pk_kea_examine_pair(pool, &a, &b, out);
    }
    return code;
}

const struct pk_driver pk_driver_kea_file = {
    .name = "kea-file",
    .needs_path = true,
    .peer_class = pk_kea_peer_class,
    .open = file_open,
    .capabilities = file_capabilities,
    .sequence = file_sequence,
    .peerings = file_peerings,
    .name_peerings = file_name_peerings,
    .read = file_read,
    .write = file_write,
    .verify = file_verify,
    .health = file_health,
    .examine = file_examine,
    .examine_pair = file_examine_pair,
    .close = file_close,
};

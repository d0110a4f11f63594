/*
 * Which of the two ways a server is written is decided by the commands it has, once it has said
 * them. Either way needs the configuration that scopes rest on; what was read last serves, and is
 * read when nothing was.
 */
#include "drivers/kea-edit.h"
#include "drivers/kea-relations.h"
#include "drivers/kea-server.h"

#include <string.h>
#include <sys/stat.h>

enum { HEARTBEAT_MS = 10000 /* Kea's default */ };

static enum pk_code
site_of(struct pk_server *server, struct pk_kea_site *out, struct pk_error *err)
{
    enum pk_code code = pk_kea_learn_commands(server, err);
    if (code == PK_OK && server->around_pool == NULL) {
        struct pk_kea_fetched fetched;
        code = pk_kea_fetch(server, &fetched, err);
        if (code == PK_OK) {
            pk_kea_around_keep(server, &fetched.dhcp4);
            pk_kea_forget(&fetched);
        }
    }
    *out = (struct pk_kea_site){
        .client = server->client,
        .name = server->config->name,
        .naming = {.server = server->config->name,
                   .names = server->names.at,
                   .count = server->names.count,
                   .alone = server->names.alone},
        .dhcp4 = &server->around,
        .listing = &server->listing,
        .old_spelling = !server->has[PK_KEA_CONFIG_HASH_GET],
    };
    return code;
}

static bool
by_scope(const struct pk_server *server)
{
    return !server->capabilities.whole_configuration;
}

/* -- Covers ----------------------------------------------------------------------------------- */

/* The partner of each HA relationship, as far as we have a connection to it. */
static enum pk_code
covers_of(struct pk_server *server, struct pk_pool *pool, struct pk_kea_cover **out, size_t *count,
          struct pk_error *err)
{
    struct pk_kea_relationships in = {0};
    enum pk_code code = pk_kea_relationships_read(pool, &server->around, &in, err);
    *out = pk_array(pool, struct pk_kea_cover, in.count + 1);
    *count = in.count;
    for (size_t i = 0; code == PK_OK && i < in.count; i++) {
        const struct pk_peering *peering = &in.at[i].peering;
        const struct pk_server *partner =
            i < server->names.count ? server->names.at[i].connection : NULL;
        const char *mode = pk_kea_text(in.at[i].written, "mode");
        struct pk_kea_cover *cover = &(*out)[i];
        *cover = (struct pk_kea_cover){
            .self = peering->self,
            .partner = peering->partner,
            .self_is_first = peering->self_is_first,
            .shares = mode != NULL && strcmp(mode, "load-balancing") == 0,
            .heartbeat_ms = HEARTBEAT_MS,
            .helper = partner != NULL ? partner->client : NULL,
        };
        (void)pk_kea_integer(in.at[i].written, "heartbeat-delay", &cover->heartbeat_ms);
    }
    return code;
}

/* The server and who covers it. */
static enum pk_code
pair_site_of(struct pk_server *server, struct pk_pool *pool, struct pk_kea_site *site,
             struct pk_kea_cover **covers, size_t *cover_count, struct pk_error *err)
{
    enum pk_code code = site_of(server, site, err);
    return code == PK_OK ? covers_of(server, pool, covers, cover_count, err) : code;
}

/* -- Writing and reading back ----------------------------------------------------------------- */

enum pk_code
pk_kea_write(struct pk_server *server, const struct pk_change *changes, size_t count,
             struct pk_change_result *results, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_site site;
    struct pk_kea_cover *covers;
    size_t cover_count;
    memset(results, 0, count * sizeof *results);
    bool settings = count == 1 && changes[0].kind == PK_PUT_RELATION;
    enum pk_code code = site_of(server, &site, err);
    if (code == PK_OK && by_scope(server) && !settings) {
        return pk_kea_write_scopes(&site, changes, count, results, err);
    }
    if (code == PK_OK) {
        code = covers_of(server, scratch, &covers, &cover_count, err);
    }
    if (code == PK_OK && settings) {
        return pk_kea_replace_settings(&site, covers, cover_count, changes, results, err);
    }
    return code == PK_OK
               ? pk_kea_replace_scopes(&site, covers, cover_count, changes, count, results, err)
               : code;
}

static enum pk_code
verify_scopes(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
              size_t count, struct pk_rows *out, struct pk_error *err)
{
    struct pk_kea_site site;
    struct pk_kea_found *found = pk_array(pool, struct pk_kea_found, count + 1);
    struct pk_row *rows = pk_array(pool, struct pk_row, count + 1);
    enum pk_code code = site_of(server, &site, err);
    if (code == PK_OK) {
        code = pk_kea_find_scopes(&site, pool, subnets, count, found, err);
    }
    *out = (struct pk_rows){.at = rows};
    for (size_t i = 0; code == PK_OK && i < count; i++) {
        if (found[i].is_there) {
            rows[out->count++] = found[i].row;
        }
    }
    return code;
}

static enum pk_code
verify_whole(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
             size_t count, struct pk_rows *out, struct pk_error *err)
{
    struct pk_kea_fetched fetched;
    struct pk_observation seen = {.sequence = ""};
    enum pk_code code = pk_kea_fetch(server, &fetched, err);
    if (code != PK_OK) {
        return code;
    }
    code = pk_kea_names_observe(pool, &server->names, server->config->name, server->where,
                                &fetched.dhcp4, &seen, err);
    pk_kea_around_keep(server, &fetched.dhcp4);
    pk_kea_forget(&fetched);
    if (code == PK_OK) {
        *out = pk_kea_rows_only(pool, &seen.rows, subnets, count);
    }
    return code;
}

enum pk_code
pk_kea_verify(struct pk_server *server, struct pk_pool *pool, const struct pk_prefix *subnets,
              size_t count, struct pk_rows *out, struct pk_error *err)
{
    enum pk_code code = pk_kea_learn_commands(server, err);
    if (code != PK_OK) {
        return code;
    }
    return by_scope(server) ? verify_scopes(server, pool, subnets, count, out, err)
                            : verify_whole(server, pool, subnets, count, out, err);
}

/* -- Saving ----------------------------------------------------------------------------------- */

/* config-write reports success whatever became of the bytes; a file that is here can be looked at.
 */
static enum pk_code
check_saved(const struct pk_server *server, const struct pk_kea_value *written,
            struct pk_error *err)
{
    const char *file = pk_kea_text(written, "filename");
    int64_t size = 0;
    struct stat is;
    if (file == NULL || !pk_kea_integer(written, "size", &size) || size <= 0) {
        return pk_kea_not_as_expected(server, "config-write", "no file and size", err);
    }
    bool is_here = pk_kea_access_of(server->config).is_this_host && stat(file, &is) == 0 &&
                   S_ISREG(is.st_mode);
    if (is_here && is.st_size != size) {
        return pk_error_set(err, PK_EREFUSED, server->where,
                            "%s says that it wrote %lld bytes to %s, and %lld are there: make room "
                            "on its disk; it would not start again with this file",
                            server->where, (long long)size, file, (long long)is.st_size);
    }
    return PK_OK;
}

enum pk_code
pk_kea_persist(struct pk_server *server, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_site site;
    struct pk_kea_value written;
    enum pk_code code = site_of(server, &site, err);
    if (code == PK_OK && server->loses) {
        code = pk_kea_refuse_lossy("after its next start, were it saved", err);
    }
    if (code == PK_OK) {
        code = pk_kea_ask(server->client, scratch, "config-write", NULL, &written, err);
    }
    return code == PK_OK ? check_saved(server, &written, err) : code;
}

enum pk_code
pk_kea_mend(struct pk_server *server, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_site site;
    struct pk_kea_cover *covers;
    size_t cover_count;
    enum pk_code code = pair_site_of(server, scratch, &site, &covers, &cover_count, err);
    return code == PK_OK ? pk_kea_cover_mend(server->client, covers, cover_count, err) : code;
}

/* -- Beginning anew --------------------------------------------------------------------------- */

enum pk_code
pk_kea_rejoin(struct pk_server *server, const char *relationship, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_site site;
    struct pk_peerings peerings;
    enum pk_code code = site_of(server, &site, err);
    if (code == PK_OK) {
        code = pk_kea_config_peerings(scratch, &server->around, &peerings, err);
    }
    for (size_t i = 0; code == PK_OK && i < peerings.count && i < server->names.count; i++) {
        const char *name = server->names.at[i].relationship;
        if (name == NULL || strcmp(name, relationship) != 0) {
            continue;
        }
        struct pk_text arguments = {.pool = scratch};
        struct pk_kea_value ignored;
        pk_text_add(&arguments, "{\"server-name\":");
        pk_text_add_json(&arguments, peerings.at[i].self);
        pk_text_add(&arguments, "}");
        code =
            pk_kea_ask(server->client, scratch, "ha-reset", pk_text_end(&arguments), &ignored, err);
    }
    return code;
}

enum pk_code
pk_kea_revive(struct pk_server *server, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_kea_site site;
    struct pk_kea_cover *covers;
    size_t cover_count;
    enum pk_code code = pair_site_of(server, scratch, &site, &covers, &cover_count, err);
    return code == PK_OK ? pk_kea_replace_same(&site, covers, cover_count, err) : code;
}

/*
 * Reads, never writes to a server or the database; files only where nothing is yet.  The desired
 * state is not asked: an import is how it begins, or begins anew.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/import-pair.h"
#include "agent/import-refuse.h"
#include "agent/import-report.h"
#include "agent/pass-verb.h"

enum { FOLDER_MODE = 0777, FILE_MODE = 0666 }; /* less the umask */

/* -- Writing files ------------------------------------------------------------------------------
 */

static const char *
path_of(struct pk_pool *pool, const char *folder, const struct pk_import_file *file)
{
    return pk_sprintf(pool, "%s/%s", folder, file->name);
}

static enum pk_code
fail_to_write(const char *path, struct pk_error *err)
{
    int cause = errno;
    if (cause == EEXIST) {
        return pk_error_set(err, PK_ECONFLICT, path,
                            "is there already and import overwrites nothing; name another folder "
                            "with --out, or move it away");
    }
    return pk_error_set(err, cause == EACCES ? PK_EACCESS : PK_ESYS, path,
                        "cannot be written: %s; name another folder with --out", strerror(cause));
}

/* With the folders it is in. */
static bool
make_folder(struct pk_pool *pool, const char *folder)
{
    for (const char *end = strchr(folder, '/'); end != NULL; end = strchr(end + 1, '/')) {
        const char *above = pk_strndup(pool, folder, (size_t)(end - folder));
        if (*above != '\0' && mkdir(above, FOLDER_MODE) != 0 && errno != EEXIST) {
            return false;
        }
    }
    return mkdir(folder, FOLDER_MODE) == 0 || errno == EEXIST;
}

/* Looked at before the first is written: all or none. */
static enum pk_code
check_free(struct pk_pool *pool, const char *folder, const struct pk_import_files *files,
           struct pk_error *err)
{
    if (!make_folder(pool, folder)) {
        return fail_to_write(folder, err);
    }
    for (size_t i = 0; i < files->count; i++) {
        struct stat about;
        const char *path = path_of(pool, folder, &files->at[i]);
        if (lstat(path, &about) == 0) {
            errno = EEXIST;
            return fail_to_write(path, err);
        }
    }
    return PK_OK;
}

static enum pk_code
write_file(const char *path, const struct pk_import_file *file, struct pk_error *err)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    FILE *out = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (out == NULL) {
        return fail_to_write(path, err);
    }
    bool whole = fwrite(file->text, 1, file->size, out) == file->size;
    whole = fclose(out) == 0 && whole;
    return whole ? PK_OK : fail_to_write(path, err);
}

static enum pk_code
write_files(struct pk_pool *pool, const char *folder, const struct pk_import_files *files,
            struct pk_error *err)
{
    enum pk_code code = check_free(pool, folder, files, err);
    for (size_t i = 0; code == PK_OK && i < files->count; i++) {
        code = write_file(path_of(pool, folder, &files->at[i]), &files->at[i], err);
    }
    return code;
}

/* -- The verb -----------------------------------------------------------------------------------
 */

/* The configured servers, and which of the pair demand what; unpaired: no server is judged. */
static struct pk_snapshot_context
what_rules_know(struct pk_context *context, const struct pk_import_pair *pair)
{
    const struct pk_config *config = context->config;
    struct pk_snapshot_context known = {.limits = config->repository.limits};
    if (pair->partner.server == NULL) {
        return known;
    }
    struct pk_known_server *servers = pk_config_known_servers(context->pool, config);
    for (size_t i = 0; i < config->server_count; i++) {
        const struct pk_fleet_server *opened = pk_fleet_find(&pair->fleet, servers[i].name);
        servers[i].demands_valid_scope =
            opened != NULL && opened->driver->capabilities(opened->connection)->demands_valid_scope;
    }
    known.servers = servers;
    known.server_count = config->server_count;
    return known;
}

static void
print(struct pk_context *context, const struct pk_import *import,
      const struct pk_import_files *files, const char *folder)
{
    if (context->format == PK_FORMAT_JSON) {
        pk_context_print_json(context, pk_import_json(context->pool, import, files, folder));
        return;
    }
    if (folder == NULL) {
        fputs(pk_import_as_one(context->pool, import, files), context->out);
    }
    pk_import_print(context->pool, import, files, folder,
                    folder == NULL ? context->err : context->out);
}

static enum pk_exit
import_pair(struct pk_context *context, const struct pk_import_pair *pair, const char *folder)
{
    struct pk_error err = {0};
    struct pk_import import =
        pk_import_merge(context->pool, &pair->source,
                        pair->partner.server != NULL ? &pair->partner : NULL, pair->name);
    struct pk_import_files files;
    struct pk_snapshot_context known = what_rules_know(context, pair);
    enum pk_code code = pk_import_settle(context->pool, &import, &known, &files, &err);
    if (code == PK_OK && folder != NULL) {
        code = write_files(context->pool, folder, &files, &err);
    }
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    print(context, &import, &files, folder);
    return PK_EXIT_IN_STEP;
}

enum pk_exit
pk_verb_import(struct pk_context *context, const struct pk_arguments *arguments)
{
    const struct pk_import_request request = {
        .server = pk_argument(arguments, "server"),
        .partner = pk_argument(arguments, "partner"),
        .relationship = pk_argument(arguments, "relationship"),
    };
    if (request.server == NULL) {
        return pk_verb_usage(context, arguments, "say which server with --server NAME");
    }
    if (request.partner != NULL && strcmp(request.partner, request.server) == 0) {
        return pk_verb_usage(context, arguments, "a server is no partner of itself: '%s'",
                             request.server);
    }
    struct pk_error err = {0};
    bool bases_unknown = false;
    PK_CLEANUP(pk_import_pair_close) struct pk_import_pair pair = {.name = NULL};
    if (pk_pass_verb_bases(context, &bases_unknown, &err) != PK_OK ||
        pk_import_pair_open(context->pool, context->config, context->db, &request, &pair, &err) !=
            PK_OK) {
        return pk_context_fail(context, PK_EXIT_CANNOT_RUN, &err);
    }
    return import_pair(context, &pair, pk_argument(arguments, "out"));
}

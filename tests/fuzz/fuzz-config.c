/*
 * The agent's own configuration, read from a file in memory as pk_config_load() reads any file.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/config.h"
#include "reading-properties.h"

static bool
has_credential(const struct pk_config *config, const char *name)
{
    for (size_t i = 0; i < config->credential_count; i++) {
        if (strcmp(config->credentials[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *
server_defect(const struct pk_config *config, size_t index)
{
    const struct pk_server_config *server = &config->servers[index];
    if (index > 0 && strcmp(server[-1].name, server->name) >= 0) {
        return "servers are not sorted";
    }
    if (pk_driver_find(server->driver) == NULL) {
        return "a server of an unknown kind";
    }
    return (server->certificate_file == NULL) == (server->key_file == NULL)
               ? NULL
               : "a server with half a client certificate";
}

static const char *
config_defect(const struct pk_config *config)
{
    const char *defect = config->database == NULL || config->repository.url == NULL ||
                                 config->repository.path == NULL ||
                                 config->repository.branch == NULL
                             ? "something required is missing"
                             : NULL;
    for (size_t i = 0; i < config->server_count && defect == NULL; i++) {
        defect = server_defect(config, i);
    }
    if (defect == NULL && config->repository_credentials != NULL &&
        !has_credential(config, config->repository_credentials)) {
        defect = "the repository has credentials that are not there";
    }
    return defect;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    PK_SCRATCH(pool);
    int descriptor = memfd_create("pairkeeper.yaml", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, bytes, size) != (ssize_t)size) {
        perror("memfd");
        abort();
    }
    const char *path = pk_sprintf(pool, "/proc/self/fd/%d", descriptor);
    const struct pk_source_file file = {.path = path, .bytes = (const char *)bytes, .size = size};
    struct pk_diagnostics diagnostics = {.pool = pool};
    struct pk_config config;
    struct pk_error err = {0};
    enum pk_code code = pk_config_load(pool, path, &diagnostics, &config, &err);
    close(descriptor);
    if (code != (diagnostics.errors == 0 ? PK_OK : PK_EINVAL)) {
        insist_on_none("the code and the errors do not agree");
    }
    insist_on_none(diagnostics_defect(pool, &diagnostics, &file, 1));
    insist_on_none(code == PK_OK ? config_defect(&config) : NULL);
    return 0;
}

/*
 * Only what follows from plain data is here; asking a server is drivers/kea-examine.c, so checks
 * and their tests need no network.
 */
#include "drivers/kea-facts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443, PORT_MAX = 65535, LOOPBACK_FIRST_PART = 127 };

struct pk_kea_version
pk_kea_version_parse(const char *text)
{
    struct pk_kea_version version = {0};
    if (text == NULL ||
        sscanf(text, "%u.%u.%u", &version.major, &version.minor, &version.patch) != 3) {
        return (struct pk_kea_version){0};
    }
    return version;
}

const char *
pk_kea_version_text(struct pk_pool *pool, struct pk_kea_version version)
{
    return pk_sprintf(pool, "%u.%u.%u", version.major, version.minor, version.patch);
}

bool
pk_kea_version_known(struct pk_kea_version version)
{
    return version.major != 0 || version.minor != 0 || version.patch != 0;
}

static int
compare_numbers(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

int
pk_kea_version_compare(struct pk_kea_version a, struct pk_kea_version b)
{
    int order = compare_numbers(a.major, b.major);
    order = order != 0 ? order : compare_numbers(a.minor, b.minor);
    return order != 0 ? order : compare_numbers(a.patch, b.patch);
}

const char *
pk_kea_url_host(struct pk_pool *pool, const char *url, int64_t *port)
{
    const char *scheme_end = strstr(url, "://");
    const char *host = scheme_end != NULL ? scheme_end + strlen("://") : url;
    size_t authority = strcspn(host, "/?#");
    bool bracketed = host[0] == '[';
    host += bracketed;
    authority -= bracketed;
    size_t bytes = strcspn(host, bracketed ? "]" : ":/?#");
    bytes = bytes < authority ? bytes : authority;
    const char *after = host + bytes + bracketed;
    *port = 0;
    if (bytes < authority && *after == ':') {
        after++;
        pk_parse_number(pk_strndup(pool, after, strcspn(after, "/?#")), 1, PORT_MAX, port);
    }
    return pk_strndup(pool, host, bytes);
}

bool
pk_kea_is_loopback(const char *host)
{
    uint32_t address;
    if (pk_parse_ipv4(host, &address)) {
        return address >> 24 == LOOPBACK_FIRST_PART;
    }
    return strcmp(host, "::1") == 0 || strcasecmp(host, "localhost") == 0;
}

struct pk_kea_access
pk_kea_access_of(const struct pk_server_config *config)
{
    PK_SCRATCH(scratch);
    if (config->url == NULL) {
        return (struct pk_kea_access){0};
    }
    struct pk_kea_access access = {.is_network = true};
    const char *host = pk_kea_url_host(scratch, config->url, &access.port);
    access.is_https = strncasecmp(config->url, "https://", strlen("https://")) == 0;
    access.is_this_host = pk_kea_is_loopback(host);
    access.has_credentials = config->password_file != NULL;
    if (access.port == 0) {
        access.port = access.is_https ? HTTPS_PORT : HTTP_PORT;
    }
    return access;
}

/* `…/libdhcp_ha.so` is the hook `ha`. */
static bool
is_hook(const char *path, const char *name)
{
    static const char prefix[] = "libdhcp_";
    const char *slash = strrchr(path, '/');
    const char *file = slash != NULL ? slash + 1 : path;
    size_t length = strlen(name);
    if (strncmp(file, prefix, sizeof prefix - 1) != 0) {
        return false;
    }
    file += sizeof prefix - 1;
    return strncmp(file, name, length) == 0 && (file[length] == '.' || file[length] == '\0');
}

static const struct pk_kea_value *
find_hook(const struct pk_kea_value *dhcp4, const char *name)
{
    struct pk_kea_items hooks = pk_kea_list(dhcp4, "hooks-libraries");
    for (size_t i = 0; i < hooks.count; i++) {
        const char *path = pk_kea_text(&hooks.at[i], "library");
        if (path != NULL && is_hook(path, name)) {
            return &hooks.at[i];
        }
    }
    return NULL;
}

const char *
pk_kea_hook(const struct pk_kea_value *dhcp4, const char *name)
{
    const struct pk_kea_value *hook = find_hook(dhcp4, name);
    return hook != NULL ? pk_kea_text(hook, "library") : NULL;
}

void
pk_kea_facts_complete(struct pk_pool *pool, struct pk_kea_facts *facts)
{
    const struct pk_kea_value *ha = find_hook(facts->dhcp4, "ha");
    facts->subnets = pk_kea_subnets_of(pool, facts->dhcp4);
    facts->relationships = pk_kea_list(pk_kea_get(ha, "parameters"), "high-availability");
}

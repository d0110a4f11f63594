/*
 * Where a repository may be: a grammar much narrower than that of URLs, because what it lets
 * through becomes an argument of a remote shell (ssh), a header (http) or a folder name.  A URL may
 * hold a password by mistake: so no message repeats one that has an @.
 */
#include "desired-state/fetch.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/ipv4.h"
#include "base/number.h"

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

enum { HOST_MAX = 253, PORT_MAX = 65535, LOOPBACK_NETWORK = 127, LOOPBACK_SHIFT = 24 };

static const char where[] = "repository.url";
static const char separator[] = "://";
static const char file_scheme[] = "file";

/* One row per transport over the network. */
static const struct {
    const char *scheme, *port;
} networks[] = {
    [PK_FETCH_HTTP] = {"http", "80"},
    [PK_FETCH_HTTPS] = {"https", "443"},
    [PK_FETCH_SSH] = {"ssh", "22"},
};

static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));
    return at == NULL ? -1 : (int)(at - digits);
}

/* Path part of a URL with its %XX decoded; NULL when one is broken or a NUL. */
static const char *
decode_path(struct pk_pool *pool, const char *encoded)
{
    char *path = pk_strdup(pool, encoded), *end = path;
    for (const char *at = encoded; *at != '\0'; at++) {
        if (*at != '%') {
            *end++ = *at;
            continue;
        }
        int high = hex_digit(at[1]), low = high < 0 ? -1 : hex_digit(at[2]);
        if (low < 0 || high + low == 0) {
            return NULL;
        }
        *end++ = (char)(high << 4 | low);
        at += 2;
    }
    *end = '\0';
    return path;
}

static enum pk_code
take_file(struct pk_pool *pool, const char *rest, struct pk_fetch_source *out, struct pk_error *err)
{
    static const char this_host[] = "localhost";
    if (strncasecmp(rest, this_host, sizeof this_host - 1) == 0) {
        rest += sizeof this_host - 1;
    }
    const char *path = rest[0] == '/' ? decode_path(pool, rest) : NULL;
    if (path == NULL) {
        return pk_error_set(err, PK_EINVAL, where,
                            "the file URL names no absolute path; write it as "
                            "file:///srv/dhcp.git");
    }
    *out = (struct pk_fetch_source){PK_FETCH_LOCAL, path, "", ""};
    return PK_OK;
}

static enum pk_code
refuse_user(const char *scheme, struct pk_error *err)
{
    bool is_ssh = strcmp(scheme, networks[PK_FETCH_SSH].scheme) == 0;
    return pk_error_set(err, PK_EINVAL, where,
                        "a URL holds no user and no password here; write %s://HOST/PATH, and %s "
                        "under credentials",
                        scheme,
                        is_ssh ? "a user name other than git as username"
                               : "them as username and password-file");
}

/* [USER@]HOST:PATH, as scp has it. */
static enum pk_code
refuse_scp(const char *url, struct pk_error *err)
{
    const char *colon = strchr(url, ':'), *at = strchr(url, '@');
    const char *path = colon + 1 + strspn(colon + 1, "/");
    const char *host = at != NULL && at < colon ? at + 1 : url;
    if (strchr(host, '@') != NULL) {
        return refuse_user(networks[PK_FETCH_SSH].scheme, err);
    }
    return pk_error_set(err, PK_EINVAL, where,
                        "HOST:PATH is not read, its path depends on the server; write "
                        "ssh://%.*s/%s",
                        (int)(colon - host), host, path);
}

static bool
is_host(const char *host, bool is_ipv6)
{
    const char *allowed = is_ipv6 ? "0123456789abcdefABCDEF:." : LETTERS_AND_DIGITS ".-";
    size_t length = strlen(host);
    return length > 0 && length <= HOST_MAX && host[0] != '-' && host[0] != '.' &&
           strspn(host, allowed) == length;
}

/* Absolute, of harmless characters, without ".." and empty parts. */
static bool
is_path(const char *path)
{
    size_t length = strlen(path);
    return length > 1 && path[0] == '/' && path[1] != '-' &&
           strspn(path, LETTERS_AND_DIGITS "._/~+-") == length && strstr(path, "/../") == NULL &&
           strstr(path, "//") == NULL && (length < 3 || strcmp(path + length - 3, "/..") != 0);
}

/* HOST[:PORT] or [IPV6][:PORT] up to the path; false when it is none. */
static bool
take_authority(struct pk_pool *pool, const char *rest, struct pk_fetch_source *out)
{
    bool is_ipv6 = rest[0] == '[';
    const char *begin = is_ipv6 ? rest + 1 : rest;
    size_t length = strcspn(begin, is_ipv6 ? "]" : ":/");
    char *host = pk_strndup(pool, begin, length);
    const char *end = begin + length + (is_ipv6 && begin[length] == ']');
    for (char *c = host; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    out->host = host;
    if (*end == ':') {
        int64_t port = 0;
        size_t digits = strcspn(end + 1, "/");
        out->port = pk_strndup(pool, end + 1, digits);
        if (!pk_parse_number(out->port, 1, PORT_MAX, &port)) {
            return false;
        }
        end += 1 + digits;
    }
    out->address = end; /* the path, for the caller to complete */
    return is_host(host, is_ipv6) && is_path(end);
}

static bool
is_loopback(const char *host)
{
    uint32_t address = 0;
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (pk_parse_ipv4(host, &address) && address >> LOOPBACK_SHIFT == LOOPBACK_NETWORK);
}

static enum pk_code
take_network(struct pk_pool *pool, enum pk_fetch_transport transport, const char *rest,
             struct pk_fetch_source *out, struct pk_error *err)
{
    const char *scheme = networks[transport].scheme;
    struct pk_fetch_source source = {transport, "", "", networks[transport].port};
    if (strchr(rest, '@') != NULL) {
        return refuse_user(scheme, err);
    }
    if (!take_authority(pool, rest, &source)) {
        return pk_error_set(err, PK_EINVAL, where,
                            "this is no %s URL of a repository; write %s://HOST[:PORT]/PATH with "
                            "letters, digits and . _ / ~ + - only",
                            scheme, scheme);
    }
    if (transport == PK_FETCH_HTTP && !is_loopback(source.host)) {
        return pk_error_set(err, PK_EINVAL, where,
                            "http can be read and changed on its way; write https://, http:// is "
                            "only for this machine (localhost, 127.0.0.1, [::1])");
    }
    bool is_ipv6 = strchr(source.host, ':') != NULL;
    bool is_default = strcmp(source.port, networks[transport].port) == 0;
    source.address = pk_sprintf(pool, "%s://%s%s%s%s%s%s", scheme, is_ipv6 ? "[" : "", source.host,
                                is_ipv6 ? "]" : "", is_default ? "" : ":",
                                is_default ? "" : source.port, source.address);
    *out = source;
    return PK_OK;
}

static bool
is_scheme(const char *url, size_t length, const char *scheme)
{
    return length == strlen(scheme) && strncasecmp(url, scheme, length) == 0;
}

enum pk_code
pk_fetch_source_parse(struct pk_pool *pool, const char *url, struct pk_fetch_source *out,
                      struct pk_error *err)
{
    if (url == NULL || url[0] == '\0') {
        return pk_error_set(err, PK_EINVAL, where,
                            "the repository has no URL; write the path of one");
    }
    size_t length = strcspn(url, ":/");
    const char *rest = url + length;
    if (strncmp(rest, separator, sizeof separator - 1) == 0) {
        rest += sizeof separator - 1;
        if (is_scheme(url, length, file_scheme)) {
            return take_file(pool, rest, out, err);
        }
        for (size_t i = PK_FETCH_HTTP; i < sizeof networks / sizeof networks[0]; i++) {
            if (is_scheme(url, length, networks[i].scheme)) {
                return take_network(pool, (enum pk_fetch_transport)i, rest, out, err);
            }
        }
        return pk_error_set(err, PK_EINVAL, where,
                            "there is no such transport; write https://, ssh://, file:// or a "
                            "path");
    }
    if (rest[0] == ':') { /* a folder with a colon is written ./like:this */
        return refuse_scp(url, err);
    }
    *out = (struct pk_fetch_source){PK_FETCH_LOCAL, pk_strdup(pool, url), "", ""};
    return PK_OK;
}

bool
pk_fetch_same_origin(const struct pk_fetch_source *a, const struct pk_fetch_source *b)
{
    return a->transport == b->transport && strcmp(a->host, b->host) == 0 &&
           strcmp(a->port, b->port) == 0;
}

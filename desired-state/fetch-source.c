/*
 * Where a repository may be.  Only folders for now; other transports are refused by name, so that
 * nobody waits for a fetch that cannot happen.  A URL may hold a password: it is not repeated.
 */
#include "desired-state/fetch.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char where[] = "repository.url";

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

static const char *
file_url_path(struct pk_pool *pool, const char *rest, struct pk_error *err)
{
    static const char this_host[] = "localhost";
    if (strncasecmp(rest, this_host, sizeof this_host - 1) == 0) {
        rest += sizeof this_host - 1;
    }
    const char *path = rest[0] == '/' ? decode_path(pool, rest) : NULL;
    if (path == NULL) {
        pk_error_set(err, PK_EINVAL, where,
                     "the file URL names no absolute path; write it as file:///srv/dhcp.git");
    }
    return path;
}

static const char *
refused(const char *transport, size_t length, struct pk_error *err)
{
    pk_error_set(err, PK_EINVAL, where,
                 "this build fetches only from local paths, not over %.*s; write the path of a "
                 "repository on this machine, or keep a mirror of yours there",
                 (int)length, transport);
    return NULL;
}

const char *
pk_fetch_source(struct pk_pool *pool, const char *url, struct pk_error *err)
{
    static const char separator[] = "://", file[] = "file", ssh[] = "ssh";
    if (url == NULL || url[0] == '\0') {
        pk_error_set(err, PK_EINVAL, where, "the repository has no URL; write the path of one");
        return NULL;
    }
    size_t scheme_length = strcspn(url, ":/");
    const char *rest = url + scheme_length;
    if (strncmp(rest, separator, sizeof separator - 1) == 0) {
        bool is_file =
            scheme_length == sizeof file - 1 && strncasecmp(url, file, scheme_length) == 0;
        return is_file ? file_url_path(pool, rest + sizeof separator - 1, err)
                       : refused(url, scheme_length, err);
    }
    if (rest[0] == ':') { /* user@host:path; a folder with a colon is written ./like:this */
        return refused(ssh, sizeof ssh - 1, err);
    }
    return pk_strdup(pool, url);
}

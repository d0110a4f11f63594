/*
 * Messages are cut at the size of the struct, never allocated: the one place where a failure is
 * described must work when memory is what failed.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum pk_code
pk_error_set(struct pk_error *err, enum pk_code code, const char *where, const char *format, ...)
{
    if (err != NULL) {
        err->code = code;
        snprintf(err->where, sizeof err->where, "%s", where != NULL ? where : "");
        va_list args;
        va_start(args, format);
        vsnprintf(err->message, sizeof err->message, format, args);
        va_end(args);
    }
    return code;
}

void
pk_error_prefix(struct pk_error *err, const char *format, ...)
{
    if (err == NULL) {
        return;
    }
    char prefix[sizeof err->message];
    va_list args;
    va_start(args, format);
    vsnprintf(prefix, sizeof prefix, format, args);
    va_end(args);

    char whole[2 * sizeof err->message + sizeof ": "];
    snprintf(whole, sizeof whole, "%s: %s", prefix, err->message);
    snprintf(err->message, sizeof err->message, "%.*s", (int)sizeof err->message - 1, whole);
}

const char *
pk_code_name(enum pk_code code)
{
    switch (code) {
    case PK_OK:
        return "ok";
    case PK_EINVAL:
        return "invalid";
    case PK_ENOENT:
        return "not-found";
    case PK_ECONFLICT:
        return "conflict";
    case PK_EAGAIN:
        return "temporary";
    case PK_EACCESS:
        return "access";
    case PK_ESYS:
        return "system";
    case PK_ELOCKED:
        return "locked";
    case PK_EREFUSED:
        return "refused";
    case PK_EDAMAGED:
        return "damaged";
    }
    return "unknown";
}

/* One write(2) per line, so lines of several processes never mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const char *
level_name(enum pk_log_level level)
{
    switch (level) {
    case PK_LOG_ERROR:
        return "error";
    case PK_LOG_WARNING:
        return "warning";
    case PK_LOG_INFO:
        return "info";
    case PK_LOG_DEBUG:
        return "debug";
    }
    return "info";
}

static bool
needs_quotes(const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || *at == '"' || *at == '=' || *at == '\\') {
            return true;
        }
    }
    return *value == '\0';
}

void
pk_log(enum pk_log_level level, const char *event, ...)
{
    PK_SCRATCH(pool);
    struct pk_text line = {.pool = pool};
    if (getenv("JOURNAL_STREAM") != NULL) {
        pk_text_addf(&line, "<%d>", (int)level);
    }
    pk_text_addf(&line, "%s %s", level_name(level), event);
    va_list args;
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *)) != NULL;) {
        const char *value = va_arg(args, const char *);
        if (value == NULL) {
            continue;
        }
        pk_text_addf(&line, " %s=", key);
        if (needs_quotes(value)) {
            pk_text_add_json(&line, value);
        } else {
            pk_text_add(&line, value);
        }
    }
    va_end(args);
    pk_text_add(&line, "\n");
    ssize_t ignored = write(STDERR_FILENO, line.at, line.count);
    (void)ignored;
}

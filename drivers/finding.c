/* Severity and advice belong to the row, so that two findings of a check never contradict. */
#include "drivers/finding.h"

#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"

const char *
pk_finding_severity_name(enum pk_severity_of_finding severity)
{
    static const char *const names[] = {[PK_FINDING_NOTE] = "note",
                                        [PK_FINDING_WARNING] = "warning",
                                        [PK_FINDING_PROBLEM] = "problem"};
    return names[severity];
}

/* Texts of servers are bytes; what is no UTF-8 would spoil a whole JSON document. */
static void
make_readable(char *text)
{
    uint32_t point;
    while (*text != '\0') {
        size_t bytes = pk_utf8_decode(text, strlen(text), &point);
        if (bytes == 0) {
            *text = '?';
        }
        text += bytes != 0 ? bytes : 1;
    }
}

void
pk_finding_add(struct pk_pool *pool, struct pk_findings *out, const struct pk_check *check,
               const char *server, const char *subnet, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *message = pk_vsprintf(pool, format, args);
    va_end(args);
    make_readable(message);
    *pk_push(pool, out) = (struct pk_finding){
        .severity = check->severity,
        .code = check->code,
        .server = server,
        .subnet = subnet,
        .message = message,
        .advice = check->advice,
    };
}

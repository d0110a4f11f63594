/*
 * Everything that libyaml would read differently from what an editor shows is refused here: other
 * encodings, invisible line breaks, and directives, whose handling is quadratic in their number.
 * After this check a line is what ends with LF, CR or CR LF, for us and for libyaml alike.
 */
#include "desired-state/bytes.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum {
    DELETE = 0x7f,
    C1_CONTROLS_END = 0xa0,
    BYTE_ORDER_MARK = 0xfeff,
    LINE_SEPARATOR = 0x2028,
    PARAGRAPH_SEPARATOR = 0x2029,
    NONCHARACTERS_FIRST = 0xfffe,
    PLANE_0_LAST = 0xffff,
};

struct scan {
    const char *file;
    struct pk_diagnostics *diagnostics;
    const unsigned char *at, *end;
    unsigned line, column;
};

bool
pk_character_acceptable(uint32_t point)
{
    bool control = (point < ' ' && point != '\t' && point != '\n' && point != '\r') ||
                   (point >= DELETE && point < C1_CONTROLS_END);
    bool invisible =
        point == BYTE_ORDER_MARK || point == LINE_SEPARATOR || point == PARAGRAPH_SEPARATOR;
    return !control && !invisible && (point < NONCHARACTERS_FIRST || point > PLANE_0_LAST);
}

static struct pk_mark
mark(const struct scan *scan)
{
    return (struct pk_mark){.file = scan->file, .line = scan->line, .column = scan->column};
}

/* UTF-16 and UTF-32 have zero bytes beside every ASCII letter or begin with their mark. */
static bool
check_encoding(const struct scan *scan)
{
    static const char save[] = "save the file as UTF-8 without a byte order mark";
    size_t size = (size_t)(scan->end - scan->at);
    const unsigned char *at = scan->at;
    bool wide_mark =
        size >= 2 && ((at[0] == 0xff && at[1] == 0xfe) || (at[0] == 0xfe && at[1] == 0xff));
    bool wide = wide_mark || (size >= 2 && (at[0] == 0) != (at[1] == 0));
    if (wide) {
        pk_diagnose(scan->diagnostics, PK_RULE_NOT_UTF8, mark(scan), save,
                    "the file is UTF-16 or UTF-32, not UTF-8");
        return false;
    }
    if (size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        pk_diagnose(scan->diagnostics, PK_RULE_NOT_UTF8, mark(scan), save,
                    "the file begins with a byte order mark");
        return false;
    }
    return true;
}

static bool
check_character(const struct scan *scan, uint32_t point, size_t length)
{
    if (length == 0) {
        pk_diagnose(scan->diagnostics, PK_RULE_NOT_UTF8, mark(scan), "save the file as UTF-8",
                    "byte 0x%02x is not UTF-8", *scan->at);
        return false;
    }
    if (!pk_character_acceptable(point)) {
        pk_diagnose(scan->diagnostics, PK_RULE_NOT_UTF8, mark(scan), "remove it",
                    "character U+%04X is not allowed", point);
        return false;
    }
    if (point == '%' && scan->column == 1) {
        pk_diagnose(scan->diagnostics, PK_RULE_DIRECTIVE, mark(scan),
                    "remove the line, or indent it if it is part of a text",
                    "a line begins with '%%'");
        return false;
    }
    return true;
}

/* Most bytes of most files: printable ASCII within a line. */
static void
skip_plain(struct scan *scan)
{
    const unsigned char *at = scan->at;
    if (scan->column == 1 && at < scan->end && *at == '%') {
        return;
    }
    while (at < scan->end && *at >= ' ' && *at < DELETE) {
        at++;
    }
    scan->column += (unsigned)(at - scan->at);
    scan->at = at;
}

bool
pk_bytes_acceptable(const char *file, const char *bytes, size_t size,
                    struct pk_diagnostics *diagnostics)
{
    const unsigned char *start = (const unsigned char *)bytes;
    struct scan scan = {.file = file,
                        .diagnostics = diagnostics,
                        .at = start,
                        .end = start + size,
                        .line = 1,
                        .column = 1};
    if (!check_encoding(&scan)) {
        return false;
    }
    while (scan.at < scan.end) {
        skip_plain(&scan);
        if (scan.at == scan.end) {
            break;
        }
        uint32_t point = 0;
        size_t length = pk_utf8_decode((const char *)scan.at, (size_t)(scan.end - scan.at), &point);
        if (!check_character(&scan, point, length)) {
            return false;
        }
        bool cr_of_crlf = point == '\r' && scan.at + 1 < scan.end && scan.at[1] == '\n';
        bool line_end = (point == '\n' || point == '\r') && !cr_of_crlf;
        scan.line += line_end;
        scan.column = line_end ? 1 : scan.column + 1;
        scan.at += length;
    }
    return true;
}

/*
 * Widths are counted in code points: the texts here are names of networks and addresses, and a
 * table of wide characters would cost more than a column that is now and then off by one.
 */
#include "agent/screen.h"

#include <string.h>

#include "base/text.h"

enum {
    NARROWEST = 20, /* below this nothing can be laid out: lines are longer than the terminal */
    DELETE = 0x7f,
    C1_LEAD = 0xc2,
    C1_END = 0xa0,
    CONTINUATION_MASK = 0xc0,
    CONTINUATION = 0x80,
};

static const char *const style_codes[PK_STYLE_COUNT] = {
    [PK_STYLE_PLAIN] = "",        [PK_STYLE_STRONG] = "\033[1m",  [PK_STYLE_FAINT] = "\033[2m",
    [PK_STYLE_GOOD] = "\033[32m", [PK_STYLE_CHANGE] = "\033[33m", [PK_STYLE_BAD] = "\033[31m",
};
static const char style_end[] = "\033[0m";

static const struct {
    const char *utf8, *ascii;
} glyphs[PK_GLYPH_COUNT] = {
    [PK_GLYPH_ARROW] = {"→", "->"},    [PK_GLYPH_PAIR] = {"⇄", "~"},
    [PK_GLYPH_ELLIPSIS] = {"…", ".."}, [PK_GLYPH_DOT] = {"·", "|"},
    [PK_GLYPH_BLOCK] = {"█", "#"},     [PK_GLYPH_PROBLEM] = {"✗", "x"},
    [PK_GLYPH_WARNING] = {"!", "!"},   [PK_GLYPH_NOTE] = {"·", "-"},
};

struct pk_screen
pk_screen_of(const struct pk_context *context)
{
    size_t columns = context->columns > NARROWEST ? context->columns : NARROWEST;
    return (struct pk_screen){.out = context->out,
                              .pool = context->pool,
                              .columns = columns,
                              .color = context->color,
                              .ascii = context->ascii};
}

const char *
pk_screen_glyph(const struct pk_screen *screen, enum pk_glyph glyph)
{
    return screen->ascii ? glyphs[glyph].ascii : glyphs[glyph].utf8;
}

static bool
begins_character(char byte)
{
    return ((unsigned char)byte & CONTINUATION_MASK) != CONTINUATION;
}

size_t
pk_screen_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++) {
        width += begins_character(*text);
    }
    return width;
}

/* Bytes of the first @p width characters. */
static size_t
bytes_of(const char *text, size_t width)
{
    size_t bytes = 0;
    while (text[bytes] != '\0' && (width > 0 || !begins_character(text[bytes]))) {
        width -= begins_character(text[bytes]);
        bytes++;
    }
    return bytes;
}

const char *
pk_screen_cut(const struct pk_screen *screen, const char *text, size_t width)
{
    const char *ellipsis = pk_screen_glyph(screen, PK_GLYPH_ELLIPSIS);
    size_t ellipsis_width = pk_screen_width(ellipsis);
    if (pk_screen_width(text) <= width || width <= ellipsis_width) {
        return text;
    }
    int bytes = (int)bytes_of(text, width - ellipsis_width);
    return pk_sprintf(screen->pool, "%.*s%s", bytes, text, ellipsis);
}

static bool
is_control(const unsigned char *at)
{
    return at[0] < ' ' || at[0] == DELETE || (at[0] == C1_LEAD && at[1] < C1_END);
}

static void
put_bytes(const struct pk_screen *screen, enum pk_style style, const char *text, size_t bytes)
{
    bool styled = screen->color && style != PK_STYLE_PLAIN && bytes > 0;
    fputs(styled ? style_codes[style] : "", screen->out);
    for (const char *at = text; at < text + bytes; at++) {
        bool control = is_control((const unsigned char *)at);
        at += control && (unsigned char)*at == C1_LEAD;
        fputc(control ? '?' : *at, screen->out);
    }
    fputs(styled ? style_end : "", screen->out);
}

void
pk_screen_put(const struct pk_screen *screen, enum pk_style style, const char *text)
{
    put_bytes(screen, style, text, strlen(text));
}

void
pk_screen_space(const struct pk_screen *screen, size_t count)
{
    fprintf(screen->out, "%*s", (int)count, "");
}

void
pk_screen_put_padded(const struct pk_screen *screen, enum pk_style style, const char *text,
                     size_t width)
{
    size_t used = pk_screen_width(text);
    pk_screen_put(screen, style, text);
    pk_screen_space(screen, used < width ? width - used : 0);
}

void
pk_screen_line(const struct pk_screen *screen)
{
    fputc('\n', screen->out);
}

/* Bytes of @p text that stand on a line of @p room characters. */
static size_t
line_bytes(const char *text, size_t room)
{
    size_t most = bytes_of(text, room);
    if (text[most] == '\0' || text[most] == ' ') {
        return most;
    }
    for (size_t at = most; at > 0; at--) {
        if (text[at - 1] == ' ') {
            return at - 1;
        }
    }
    return most;
}

static size_t
without_trailing_spaces(const char *text, size_t bytes)
{
    while (bytes > 0 && text[bytes - 1] == ' ') {
        bytes--;
    }
    return bytes;
}

void
pk_screen_wrap(const struct pk_screen *screen, enum pk_style style, size_t at, size_t hang,
               const char *text)
{
    size_t room = screen->columns > at ? screen->columns - at : 1;
    for (;;) {
        size_t bytes = line_bytes(text, room);
        put_bytes(screen, style, text, without_trailing_spaces(text, bytes));
        pk_screen_line(screen);
        text += bytes;
        text += strspn(text, " ");
        if (*text == '\0') {
            return;
        }
        pk_screen_space(screen, hang);
        room = screen->columns > hang ? screen->columns - hang : 1;
    }
}

/**
 * @file
 * Writing to a terminal or a file: width, colour, and glyphs that the reader's locale has.
 *
 * Widths count characters, not bytes.  Whatever could steer a terminal is shown as `?`, so texts
 * from servers and from Git may be put as they are.
 */
#ifndef PK_AGENT_SCREEN_H
#define PK_AGENT_SCREEN_H

#include "agent/context.h"

enum pk_style {
    PK_STYLE_PLAIN,
    PK_STYLE_STRONG, /**< headings                        */
    PK_STYLE_FAINT,  /**< causes, remarks                 */
    PK_STYLE_GOOD,   /**< created, done                   */
    PK_STYLE_CHANGE, /**< changed, held                   */
    PK_STYLE_BAD,    /**< deleted, failed, unreadable     */
    PK_STYLE_COUNT
};

enum pk_glyph {
    PK_GLYPH_ARROW,    /**< from → to            */
    PK_GLYPH_PAIR,     /**< dhcp-a ⇄ dhcp-b      */
    PK_GLYPH_ELLIPSIS, /**< of a name that was cut */
    PK_GLYPH_DOT,      /**< between two thoughts */
    PK_GLYPH_BLOCK,    /**< of a progress bar    */
    PK_GLYPH_PROBLEM,  /**< before a finding     */
    PK_GLYPH_WARNING,
    PK_GLYPH_NOTE,
    PK_GLYPH_COUNT
};

struct pk_screen {
    FILE *out;
    struct pk_pool *pool; /**< of what is cut or formatted on the way */
    size_t columns;
    bool color, ascii;
};

/** A screen on the context's out. */
struct pk_screen pk_screen_of(const struct pk_context *context);

const char *pk_screen_glyph(const struct pk_screen *screen, enum pk_glyph glyph);

/** Characters of UTF-8 text. */
size_t pk_screen_width(const char *text);

/** @p text when it fits into @p width, else its beginning and an ellipsis. */
const char *pk_screen_cut(const struct pk_screen *screen, const char *text, size_t width);

void pk_screen_put(const struct pk_screen *screen, enum pk_style style, const char *text);

/** Puts @p text and spaces up to @p width. */
void pk_screen_put_padded(const struct pk_screen *screen, enum pk_style style, const char *text,
                          size_t width);

void pk_screen_space(const struct pk_screen *screen, size_t count);
void pk_screen_line(const struct pk_screen *screen); /**< ends the line */

/**
 * Puts text broken at spaces to the screen's width and ends the line; a word longer than a line is
 * broken where the line ends.
 * @param at    column the cursor is in
 * @param hang  column at which further lines begin
 */
void pk_screen_wrap(const struct pk_screen *screen, enum pk_style style, size_t at, size_t hang,
                    const char *text);

#endif

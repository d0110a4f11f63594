/* What is long is judged by the number of scopes, not by a clock: the same work looks the same. */
#include "agent/progress.h"

#include <stdio.h>

enum { LONG_WORK_SCOPES = 20, BAR_WIDTH = 20 };

static const char wipe[] = "\r\033[K";

struct pk_progress_bar
pk_progress_bar_on(const struct pk_context *context)
{
    struct pk_screen screen = pk_screen_of(context);
    screen.out = context->err;
    return (struct pk_progress_bar){.screen = screen, .is_shown = context->err_is_terminal};
}

void
pk_progress_bar_draw(void *bar_of_context, const char *relationship, const char *operation,
                     size_t done, size_t total)
{
    struct pk_progress_bar *bar = bar_of_context;
    if (!bar->is_shown || total < LONG_WORK_SCOPES) {
        return;
    }
    PK_SCRATCH(pool);
    struct pk_screen screen = bar->screen;
    screen.pool = pool;
    size_t filled = done >= total ? BAR_WIDTH : done * BAR_WIDTH / total;
    fputs(wipe, screen.out);
    for (size_t i = 0; i < BAR_WIDTH; i++) {
        pk_screen_put(&screen, PK_STYLE_GOOD,
                      i < filled ? pk_screen_glyph(&screen, PK_GLYPH_BLOCK) : " ");
    }
    const char *text = pk_sprintf(pool, " %zu/%zu  %s, %s", done, total, relationship, operation);
    size_t room = screen.columns - BAR_WIDTH > 1 ? screen.columns - BAR_WIDTH - 1 : 1;
    pk_screen_put(&screen, PK_STYLE_PLAIN, pk_screen_cut(&screen, text, room));
    fflush(screen.out);
    bar->is_drawn = true;
}

void
pk_progress_bar_end(struct pk_progress_bar *bar)
{
    if (bar->is_drawn) {
        fputs(wipe, bar->screen.out);
        fflush(bar->screen.out);
        bar->is_drawn = false;
    }
}

/**
 * @file
 * A bar on stderr while many scopes are written: on a terminal only, and only for long work.
 */
#ifndef PK_AGENT_PROGRESS_H
#define PK_AGENT_PROGRESS_H

#include "agent/screen.h"

struct pk_progress_bar {
    struct pk_screen screen; /**< on err */
    bool is_shown;           /**< err is a terminal           */
    bool is_drawn;           /**< a line is there to be wiped */
};

struct pk_progress_bar pk_progress_bar_on(const struct pk_context *context);

/** A pk_progress; @p bar is a struct pk_progress_bar. */
void pk_progress_bar_draw(void *bar, const char *relationship, const char *operation, size_t done,
                          size_t total);

/** Wipes the bar, so that the result starts on a clean line. */
void pk_progress_bar_end(struct pk_progress_bar *bar);

#endif

/* CLOCK_BOOTTIME rather than CLOCK_MONOTONIC: an observation is also older after a suspend. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t
read_ms(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct pk_wall
pk_wall_now(void)
{
    return (struct pk_wall){read_ms(CLOCK_REALTIME)};
}

struct pk_mono
pk_mono_now(void)
{
    return (struct pk_mono){read_ms(CLOCK_BOOTTIME)};
}

const char *
pk_wall_text(struct pk_pool *pool, struct pk_wall time)
{
    int64_t ms = time.ms % 1000;
    time_t seconds = (time_t)(time.ms / 1000) - (ms < 0 ? 1 : 0);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    return pk_sprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                      parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                      (int)(ms < 0 ? ms + 1000 : ms));
}

/* strptime forgives blanks, short numbers, 31 February: only what reads back the same is right. */
bool
pk_wall_parse(const char *text, struct pk_wall *time)
{
    struct tm parts = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == NULL) {
        return false;
    }
    int ms = 0;
    bool with_ms = *rest == '.' && sscanf(rest, ".%3d", &ms) == 1;
    struct pk_wall value = {(int64_t)timegm(&parts) * 1000 + ms};

    PK_SCRATCH(scratch);
    const char *canonical = pk_wall_text(scratch, value);
    size_t seconds_bytes = strlen(canonical) - strlen(".000Z");
    bool same = with_ms ? strcmp(canonical, text) == 0
                        : strncmp(canonical, text, seconds_bytes) == 0 &&
                              strcmp(text + seconds_bytes, "Z") == 0;
    if (same) {
        *time = value;
    }
    return same;
}

/* Two forms, told apart by trying: no RFC 3339 time is a duration. */
#include "agent/when.h"

#include "base/number.h"

enum { MS_PER_S = 1000 };

static bool
read_time(const char *text, struct pk_wall now, int64_t direction, struct pk_wall *out)
{
    uint32_t seconds = 0;
    if (pk_wall_parse(text, out)) {
        return true;
    }
    if (!pk_parse_duration(text, &seconds) || seconds == PK_DURATION_UNLIMITED) {
        return false;
    }
    out->ms = now.ms + direction * (int64_t)seconds * MS_PER_S;
    return true;
}

bool
pk_when_past(const char *text, struct pk_wall now, struct pk_wall *out)
{
    return read_time(text, now, -1, out);
}

bool
pk_when_future(const char *text, struct pk_wall now, struct pk_wall *out)
{
    return read_time(text, now, 1, out);
}

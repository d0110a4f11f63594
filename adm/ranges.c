/*
 * Two people may write the same addresses as one range, as several or as a range with holes.  Here
 * all of them become the same text, so `ranges` is compared like any other value.
 */
#include "adm/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

struct range_list {
    struct pk_pool *pool;
    PK_VECTOR(struct pk_pool_range) list;
};

/* "" and "{}" both say: no settings of its own. */
static const char *
settings_of(const struct pk_pool_range *range)
{
    return strcmp(range->settings, "{}") == 0 ? "" : range->settings;
}

static int
compare_ranges(const void *a, const void *b)
{
    uint32_t first = ((const struct pk_range *)a)->first;
    uint32_t other = ((const struct pk_range *)b)->first;
    return first < other ? -1 : first > other;
}

static int
compare_pool_ranges(const void *a, const void *b)
{
    return compare_ranges(&((const struct pk_pool_range *)a)->range,
                          &((const struct pk_pool_range *)b)->range);
}

/* Appends, or lengthens the last range when this one touches it and has the same settings. */
static void
append(struct range_list *out, struct pk_range range, const char *settings)
{
    struct pk_pool_range *last = out->list.count > 0 ? &out->list.at[out->list.count - 1] : NULL;
    if (last != NULL && strcmp(last->settings, settings) == 0 &&
        (uint64_t)last->range.last + 1 >= range.first) {
        last->range.last = range.last > last->range.last ? range.last : last->range.last;
        return;
    }
    *pk_push(out->pool, &out->list) = (struct pk_pool_range){range, settings};
}

/* Appends what the exclusions, sorted by their first address, leave of a range. */
static void
append_rest(struct range_list *out, const struct pk_pool_range *from,
            const struct pk_range *exclusions, size_t exclusion_count)
{
    struct pk_range rest = from->range;
    for (size_t i = 0; i < exclusion_count && exclusions[i].first <= rest.last; i++) {
        if (exclusions[i].last < rest.first) {
            continue;
        }
        if (exclusions[i].first > rest.first) {
            append(out, (struct pk_range){rest.first, exclusions[i].first - 1}, settings_of(from));
        }
        if (exclusions[i].last >= rest.last) {
            return;
        }
        rest.first = exclusions[i].last + 1;
    }
    append(out, rest, settings_of(from));
}

static const char *
write_ranges(struct pk_pool *pool, const struct pk_pool_range *at, size_t count)
{
    struct pk_text out = {.pool = pool};
    pk_text_add(&out, "[");
    for (size_t i = 0; i < count; i++) {
        char range[PK_RANGE_TEXT_BYTES];
        pk_format_range(range, at[i].range);
        pk_text_add(&out, i > 0 ? "," : "");
        if (*at[i].settings == '\0') {
            pk_text_add_json(&out, range);
        } else {
            pk_text_addf(&out, "{\"kea\":%s,\"range\":\"%s\"}", at[i].settings, range);
        }
    }
    pk_text_add(&out, "]");
    return pk_text_end(&out);
}

const char *
pk_ranges_canonical(struct pk_pool *pool, const struct pk_pool_range *at, size_t count,
                    const struct pk_range *exclusions, size_t exclusion_count)
{
    PK_SCRATCH(scratch);
    struct pk_pool_range *sorted = pk_array(scratch, struct pk_pool_range, count);
    struct pk_range *holes = pk_array(scratch, struct pk_range, exclusion_count);
    if (count > 0) {
        memcpy(sorted, at, count * sizeof at[0]);
        qsort(sorted, count, sizeof sorted[0], compare_pool_ranges);
    }
    if (exclusion_count > 0) {
        memcpy(holes, exclusions, exclusion_count * sizeof exclusions[0]);
        qsort(holes, exclusion_count, sizeof holes[0], compare_ranges);
    }
    struct range_list rest = {.pool = scratch};
    for (size_t i = 0; i < count; i++) {
        append_rest(&rest, &sorted[i], holes, exclusion_count);
    }
    return write_ranges(pool, rest.list.at, rest.list.count);
}

/* One element: "FIRST-LAST" or {"kea": {…}, "range": "FIRST-LAST"}. */
static bool
read_range(struct pk_pool *pool, const json_t *item, struct pk_pool_range *out)
{
    const json_t *kea = json_object_get(item, "kea");
    const char *text =
        json_string_value(json_is_object(item) ? json_object_get(item, "range") : item);
    if (text == NULL || !pk_parse_range(text, &out->range) || out->range.first > out->range.last ||
        (json_is_object(item) && !json_is_object(kea))) {
        return false;
    }
    out->settings = kea != NULL ? pk_json_text(pool, kea) : "";
    return true;
}

bool
pk_ranges_parse(struct pk_pool *pool, const char *value, struct pk_pool_ranges *out)
{
    json_auto_t *json = pk_json_parse(value, NULL);
    if (!json_is_array(json)) {
        return false;
    }
    size_t count = json_array_size(json);
    struct pk_pool_range *at = pk_array(pool, struct pk_pool_range, count);
    for (size_t i = 0; i < count; i++) {
        if (!read_range(pool, json_array_get(json, i), &at[i]) ||
            (i > 0 && at[i].range.first <= at[i - 1].range.last)) {
            return false;
        }
    }
    PK_SCRATCH(scratch);
    if (strcmp(pk_ranges_canonical(scratch, at, count, NULL, 0), value) != 0) {
        return false;
    }
    *out = (struct pk_pool_ranges){.at = at, .count = count};
    return true;
}

uint64_t
pk_ranges_size(const struct pk_pool_ranges *ranges)
{
    uint64_t size = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        const struct pk_range *range = &ranges->at[i].range;
        size += (uint64_t)range->last - range->first + 1;
    }
    return size;
}

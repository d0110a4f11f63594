/*
 * What has changed since it was planned is left out, the rest goes as one configuration: taken
 * whole or refused whole.  Who finds the scope that is to blame halves the batch.
 */
#include <string.h>

#include "drivers/kea-edit.h"
#include "drivers/kea-whole.h"

struct replacing {
    struct pk_kea_whole whole;
    const struct pk_change *changes;
    size_t count;
    struct pk_change_result *results;
};

/* What is still as it was when it was planned. */
static struct pk_kea_edit *
edits_of(struct replacing *replacing, size_t *count)
{
    struct pk_kea_edit *edits =
        pk_array(replacing->whole.pool, struct pk_kea_edit, replacing->count + 1);
    *count = 0;
    for (size_t i = 0; i < replacing->count; i++) {
        const struct pk_change *change = &replacing->changes[i];
        const struct pk_row *row = pk_rows_find(&replacing->whole.seen.rows, change->subnet);
        struct pk_sha256 now = {{0}};
        now = row != NULL ? row->hash : now;
        if (change->kind == PK_PUT_RELATION || !pk_sha256_equal(&now, &change->expected)) {
            replacing->results[i].outcome = PK_OUTCOME_STALE;
            continue;
        }
        edits[(*count)++] = (struct pk_kea_edit){
            .subnet = change->subnet,
            .wanted = change->kind == PK_PUT_SCOPE ? change->wanted : NULL,
        };
    }
    return edits;
}

static void
settle(struct replacing *replacing, enum pk_outcome outcome)
{
    for (size_t i = 0; i < replacing->count; i++) {
        if (replacing->results[i].outcome == PK_OUTCOME_NOT_RUN) {
            replacing->results[i].outcome = outcome;
        }
    }
}

enum pk_code
pk_kea_replace_scopes(const struct pk_kea_site *site, struct pk_kea_cover *covers,
                      size_t cover_count, const struct pk_change *changes, size_t count,
                      struct pk_change_result *results, struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct replacing replacing = {
        .whole = {.site = site, .pool = pool},
        .changes = changes,
        .count = count,
        .results = results,
    };
    struct pk_kea_value wanted;
    size_t edit_count;
    memset(results, 0, count * sizeof *results);
    enum pk_code code = pk_kea_whole_read(&replacing.whole, err);
    if (code != PK_OK) {
        return code;
    }
    const struct pk_kea_edit *edits = edits_of(&replacing, &edit_count);
    if (edit_count == 0) {
        return PK_OK;
    }
    code = pk_kea_edit(pool, &replacing.whole.had, edits, edit_count, &site->naming,
                       site->old_spelling, &wanted, err);
    if (code == PK_OK) {
        code = pk_kea_whole_replace(&replacing.whole, covers, cover_count, &wanted, err);
    }
    if (code == PK_OK) {
        settle(&replacing, PK_OUTCOME_WRITTEN);
    } else if (code != PK_EREFUSED) {
        settle(&replacing, PK_OUTCOME_UNKNOWN);
    } else {
        memset(results, 0, count * sizeof *results); /* as one: nothing was written */
    }
    return code;
}

enum pk_code
pk_kea_replace_same(const struct pk_kea_site *site, struct pk_kea_cover *covers, size_t cover_count,
                    struct pk_error *err)
{
    PK_SCRATCH(pool);
    struct pk_kea_whole whole = {.site = site, .pool = pool};
    struct pk_kea_value same;
    enum pk_code code = pk_kea_whole_read(&whole, err);
    if (code == PK_OK) {
        code =
            pk_kea_edit(pool, &whole.had, NULL, 0, &site->naming, site->old_spelling, &same, err);
    }
    return code == PK_OK ? pk_kea_whole_replace(&whole, covers, cover_count, &same, err) : code;
}

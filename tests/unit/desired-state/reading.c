/* Every test of this room compares whole messages, because users read them. */
#include "reading.h"

#include <string.h>

#include "base/text.h"

const char *
diagnostics_text(struct pk_pool *pool, struct pk_diagnostics *diagnostics)
{
    struct pk_text out = {.pool = pool};
    pk_diagnostics_sort(diagnostics);
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        pk_text_add(&out, pk_diagnostic_text(pool, &diagnostics->list.at[i]));
        pk_text_add(&out, "\n");
    }
    return pk_text_end(&out);
}

enum pk_code
build_text(struct pk_pool *pool, const char *yaml, struct pk_diagnostics *diagnostics,
           struct pk_snapshot *snapshot)
{
    struct pk_source_file file = {.path = "a.yaml", .bytes = yaml, .size = strlen(yaml)};
    struct pk_snapshot_context context = {.limits = pk_document_default_limits};
    return pk_snapshot_build(pool, &file, 1, &context, diagnostics, snapshot);
}

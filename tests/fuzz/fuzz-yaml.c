/* The strict YAML reader, which meets the bytes first. */
#include "fuzz.h"

#include "reading-properties.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    PK_SCRATCH(pool);
    const struct pk_source_file file = {
        .path = "a.yaml", .bytes = (const char *)bytes, .size = size};
    insist_on_none(document_defect(pool, &file));
    return 0;
}

/* The field decoder, the rules and the merge over files; the input holds up to four files. */
#include "fuzz.h"

#include <string.h>

#include "reading-properties.h"

enum { FILES_MAX = 4, FILE_SEPARATOR = 0x1c };

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const names[FILES_MAX] = {"a.yaml", "b.yaml", "c.yaml", "d.yaml"};
    PK_SCRATCH(pool);
    struct pk_source_file files[FILES_MAX];
    size_t count = 0;
    const char *at = (const char *)bytes, *end = at + size;
    while (count < FILES_MAX) {
        const char *separator = at < end && count + 1 < FILES_MAX
                                    ? memchr(at, FILE_SEPARATOR, (size_t)(end - at))
                                    : NULL;
        const char *stop = separator != NULL ? separator : end;
        files[count] =
            (struct pk_source_file){.path = names[count], .bytes = at, .size = (size_t)(stop - at)};
        count++;
        if (separator == NULL) {
            break;
        }
        at = separator + 1;
    }
    insist_on_none(files_defect(pool, files, count));
    return 0;
}

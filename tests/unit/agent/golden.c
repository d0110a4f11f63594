/* Expected output kept as files, so that a change of it is read as a diff of what people see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pass-results.h"

static void
write_golden(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static char *
read_golden(struct pk_pool *pool, const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s is missing: run with PAIRKEEPER_GOLDEN=write and read what it wrote", path);
    }
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t bytes = (size_t)ftell(file);
    rewind(file);
    char *text = pk_alloc(pool, bytes + 1);
    assert_int_equal(fread(text, 1, bytes, file), bytes);
    fclose(file);
    return text;
}

void
assert_golden(const char *name, const char *text)
{
    PK_SCRATCH(pool);
    const char *path = pk_sprintf(pool, "%s/%s", GOLDEN_FOLDER, name);
    const char *mode = getenv("PAIRKEEPER_GOLDEN");
    if (mode != NULL && strcmp(mode, "write") == 0) {
        write_golden(path, text);
        return;
    }
    const char *expected = read_golden(pool, path);
    if (strcmp(expected, text) != 0) {
        fail_msg("%s differs; this is what came out:\n%s", path, text);
    }
}

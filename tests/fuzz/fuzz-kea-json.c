/*
 * The JSON reader of the Kea driver: as it reads the wire, held against jansson, and as it reads
 * files, which take whatever the wire takes.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/pool.h"
#include "drivers/kea-json.h"
#include "tests/support/kea-json-properties.h"

static char path[] = "/tmp/pairkeeper-fuzz-XXXXXX";

static void
remove_file(void)
{
    unlink(path);
}

static void
write_file(const uint8_t *bytes, size_t size)
{
    static int file = -1;
    if (file < 0) {
        file = mkstemp(path);
        atexit(remove_file);
    }
    if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes, size, 0) != (ssize_t)size) {
        perror(path);
        abort();
    }
}

static const char *
file_defect(const uint8_t *bytes, size_t size)
{
    PK_SCRATCH(pool);
    struct pk_kea_value file, wire;
    struct pk_error err = {0};
    write_file(bytes, size);
    enum pk_code code = pk_kea_parse_file(pool, path, &file, &err);
    if (code != PK_OK && err.message[0] == '\0') {
        return "a file is refused without a reason";
    }
    if (pk_kea_parse(pool, "wire", (const char *)bytes, size, &wire, NULL) != PK_OK) {
        return NULL;
    }
    return code == PK_OK &&
                   strcmp(pk_kea_canonical(pool, &file), pk_kea_canonical(pool, &wire)) == 0
               ? NULL
               : "a file reads otherwise than the wire";
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    insist_on_none(pk_kea_json_defect((const char *)bytes, size));
    insist_on_none(file_defect(bytes, size));
    return 0;
}

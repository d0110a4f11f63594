/*
 * Feeds a target every file of the folders it is given, without libFuzzer: so each compiler and
 * sanitizer replays what fuzzing once found worth keeping.  No file at all is a failure, or a
 * corpus that was moved would pass as one without defects.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { OPEN_FOLDERS = 16 };

/* An exact copy on the heap: the sanitizer sees the first byte read beyond it. */
static int
replay(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)where;
    if (kind != FTW_F) {
        return 0;
    }
    size_t size = (size_t)about->st_size;
    uint8_t *bytes = malloc(size != 0 ? size : 1);
    FILE *file = fopen(path, "re");
    if (file == NULL || bytes == NULL || fread(bytes, 1, size, file) != size) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    printf("%s\n", path); /* the last one printed is the one that failed */
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    return 0;
}

static int
is_file(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)path, (void)about, (void)where;
    return kind == FTW_F;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (nftw(argv[i], is_file, OPEN_FOLDERS, FTW_PHYS) != 1) {
            fprintf(stderr, "%s: no file to replay\n", argv[i]);
            return EXIT_FAILURE;
        }
        nftw(argv[i], replay, OPEN_FOLDERS, FTW_PHYS);
    }
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}

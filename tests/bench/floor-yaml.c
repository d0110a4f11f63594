/*
 * The least a reader on libyaml can cost: its event loop over the same bytes and nothing done with
 * the events.  Files are read into memory before the clock starts.  Prints CPU nanoseconds.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yaml.h>

enum { OPEN_FOLDERS = 16, NS_PER_S = 1000000000 };

static struct {
    char *bytes;
    size_t size;
} * files;
static size_t file_count;

static int
load(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)where;
    const char *suffix = strrchr(path, '.');
    if (kind != FTW_F || suffix == NULL || strcmp(suffix, ".yaml") != 0) {
        return 0;
    }
    size_t size = (size_t)about->st_size;
    files = realloc(files, (file_count + 1) * sizeof *files);
    FILE *file = fopen(path, "rb");
    if (files == NULL || file == NULL || (files[file_count].bytes = malloc(size + 1)) == NULL ||
        fread(files[file_count].bytes, 1, size, file) != size) {
        return -1;
    }
    files[file_count++].size = size;
    return fclose(file);
}

static int
count_events(const char *bytes, size_t size, size_t *events)
{
    yaml_parser_t parser;
    int type = YAML_NO_EVENT;
    if (yaml_parser_initialize(&parser) == 0) {
        return -1;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
    while (type != YAML_STREAM_END_EVENT) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event) == 0) {
            return -1;
        }
        type = (int)event.type;
        yaml_event_delete(&event);
        ++*events;
    }
    yaml_parser_delete(&parser);
    return 0;
}

static int64_t
cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int
main(int argc, char **argv)
{
    if (argc != 2 || nftw(argv[1], load, OPEN_FOLDERS, FTW_PHYS) != 0) {
        fprintf(stderr, "usage: floor-yaml FOLDER\n");
        return 64;
    }
    size_t events = 0;
    int64_t start = cpu_ns();
    for (size_t i = 0; i < file_count; i++) {
        if (count_events(files[i].bytes, files[i].size, &events) != 0) {
            fprintf(stderr, "floor-yaml: a file is no YAML\n");
            return 1;
        }
    }
    printf("%lld\n", (long long)(cpu_ns() - start));
    return events == 0;
}

/*
 * Names decide before anything is opened, sizes decide before anything is read.  What stops the
 * reading is a diagnostic: a revision that is only partly read must not look complete.
 */
#include "desired-state/source-files.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

enum {
    FOLDER_DEPTH_LIMIT = 32,
    DELETE = 0x7f,
    C1_CONTROLS_END = 0xa0,
    ENTRIES_PER_FILE = 10, /* entries of other names that may surround each file of ours */
};

static bool
is_ours(const char *name)
{
    static const char *const endings[] = {".yaml", ".yml"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(name + length - ending, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Bytes of the character at @p at when it can be shown as it is; else 0. */
static size_t
showable(const char *at)
{
    uint32_t point = 0;
    size_t length = pk_utf8_decode(at, SIZE_MAX, &point);
    bool control = point < ' ' || (point >= DELETE && point < C1_CONTROLS_END);
    return control || point == '\\' ? 0 : length;
}

const char *
pk_source_path(struct pk_pool *pool, const char *folder, const char *name)
{
    struct pk_text path = {.pool = pool};
    if (folder[0] != '\0') {
        pk_text_addf(&path, "%s/", folder);
    }
    for (const char *at = name; *at != '\0';) {
        size_t length = showable(at);
        if (length == 0) {
            pk_text_addf(&path, "\\x%02x", (unsigned char)*at++);
        } else {
            pk_text_add_bytes(&path, at, length);
            at += length;
        }
    }
    return pk_text_end(&path);
}

static struct pk_mark
mark_of(struct pk_diagnostics *diagnostics, const char *path)
{
    return (struct pk_mark){.file = pk_strdup(diagnostics->pool, path)};
}

void
pk_source_not_a_file(struct pk_diagnostics *diagnostics, const char *path, enum pk_entry_kind kind)
{
    static const char *const what[] = {
        [PK_ENTRY_FOLDER] = "a folder",
        [PK_ENTRY_FILE] = "a file",
        [PK_ENTRY_LINK] = "a symbolic link",
        [PK_ENTRY_SUBMODULE] = "a submodule",
        [PK_ENTRY_OTHER] = "neither a file nor a folder",
    };
    pk_diagnose(diagnostics, PK_RULE_NOT_A_FILE, mark_of(diagnostics, path),
                "put the content itself there, or choose another name",
                "this is %s, which is not "
                "followed",
                what[kind]);
}

enum pk_entry_use
pk_source_entry(struct pk_source_files *files, const char *path, const char *name,
                enum pk_entry_kind kind, unsigned depth)
{
    if (++files->entries / ENTRIES_PER_FILE > files->limits->files_limit) {
        pk_diagnose(files->diagnostics, PK_RULE_TOO_MANY_FILES, mark_of(files->diagnostics, path),
                    "set repository.path to a folder of its own",
                    "more than %zu files and folders of any name",
                    files->limits->files_limit * ENTRIES_PER_FILE);
        return PK_ENTRY_STOP;
    }
    if (name[0] == '.') {
        return PK_ENTRY_SKIP;
    }
    if (kind == PK_ENTRY_FOLDER) {
        if (depth < FOLDER_DEPTH_LIMIT) {
            return PK_ENTRY_DESCEND;
        }
        pk_diagnose(files->diagnostics, PK_RULE_TOO_DEEP, mark_of(files->diagnostics, path),
                    "use fewer levels of folders", "folders are nested more than %d deep",
                    FOLDER_DEPTH_LIMIT);
        return PK_ENTRY_SKIP;
    }
    if (!is_ours(name)) {
        return PK_ENTRY_SKIP;
    }
    if (kind != PK_ENTRY_FILE) {
        pk_source_not_a_file(files->diagnostics, path, kind);
        return PK_ENTRY_SKIP;
    }
    return PK_ENTRY_READ;
}

enum pk_entry_use
pk_source_admit(struct pk_source_files *files, const char *path, uint64_t size)
{
    const struct pk_repository_config *limits = files->limits;
    if (size > limits->limits.file_bytes) {
        pk_diagnose(files->diagnostics, PK_RULE_TOO_LARGE, mark_of(files->diagnostics, path),
                    "split the file, all files are read together",
                    "the file has %llu bytes, the limit is %zu", (unsigned long long)size,
                    limits->limits.file_bytes);
        return PK_ENTRY_SKIP;
    }
    if (files->list.count >= limits->files_limit) {
        pk_diagnose(files->diagnostics, PK_RULE_TOO_MANY_FILES, mark_of(files->diagnostics, path),
                    "put more into one file", "more than %zu YAML files", limits->files_limit);
        return PK_ENTRY_STOP;
    }
    if (size > limits->total_bytes_limit - files->bytes) {
        pk_diagnose(files->diagnostics, PK_RULE_TOO_LARGE, mark_of(files->diagnostics, path),
                    "divide the desired state among several agents",
                    "the YAML files have more than %llu bytes in all",
                    (unsigned long long)limits->total_bytes_limit);
        return PK_ENTRY_STOP;
    }
    files->bytes += size;
    return PK_ENTRY_READ;
}

static int
by_path(const void *a, const void *b)
{
    const struct pk_source_file *left = a, *right = b;
    return strcmp(left->path, right->path);
}

void
pk_source_finish(struct pk_source_files *files, struct pk_source_file **list, size_t *count)
{
    if (files->list.count > 1) {
        qsort(files->list.at, files->list.count, sizeof *files->list.at, by_path);
    }
    *list = files->list.at;
    *count = files->list.count;
}

/* Every test has a folder of its own, so that they run in parallel and leave nothing behind. */
#include "desk.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 24, OPEN_FOLDERS = 16, COLUMNS = 80 };

static const char config_text[] = "repository: {url: repo}\n"
                                  "database: pairkeeper.db\n"
                                  "servers: {dhcp-a: {driver: adm}, dhcp-b: {driver: adm}}\n";

const char *
desk_path(const struct desk *desk, const char *name)
{
    return pk_sprintf(desk->pool, "%s/%s", desk->folder, name);
}

void
desk_write(const struct desk *desk, const char *name, const char *text)
{
    FILE *file = fopen(desk_path(desk, name), "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

int
desk_setup(void **state)
{
    struct pk_pool *pool = pk_pool_new(NULL);
    struct desk *desk = pk_new(pool, struct desk);
    char *folder = pk_strdup(pool, "/tmp/pairkeeper-desk-XXXXXX");
    desk->pool = pool;
    desk->folder = mkdtemp(folder);
    assert_non_null(desk->folder);
    desk_write(desk, "pairkeeper.yaml", config_text);
    *state = desk;
    return 0;
}

static int
remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about, (void)kind, (void)where;
    return remove(path);
}

int
desk_teardown(void **state)
{
    struct desk *desk = *state;
    desk_db_close(desk);
    free(desk->out);
    free(desk->err);
    nftw(desk->folder, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
    pk_pool_free(desk->pool);
    return 0;
}

static enum pk_exit
run_line(struct pk_context *context, int argc, char **argv)
{
    struct pk_command_line line;
    struct pk_diagnostics diagnostics = {.pool = context->pool};
    struct pk_error err = {0};
    enum pk_code code = pk_command_line_parse(context->pool, argc, argv, &line, &err);
    context->format = line.format;
    if (code != PK_OK) {
        return pk_context_fail(context, PK_EXIT_USAGE, &err);
    }
    if (line.arguments.verb->needs_config) {
        assert_int_equal(pk_context_config(context, &diagnostics, &err), PK_OK);
    }
    return pk_verb_dispatch(context, &line.arguments);
}

enum pk_exit
desk_run(struct desk *desk, ...)
{
    PK_SCRATCH(pool);
    char *argv[WORDS_MAX] = {pk_strdup(pool, "pairkeeper")};
    int argc = 1;
    va_list words;
    va_start(words, desk);
    const char *word;
    while ((word = va_arg(words, const char *)) != NULL) {
        assert_true(argc + 1 < WORDS_MAX);
        argv[argc++] = pk_strdup(pool, word);
    }
    va_end(words);
    desk_db_close(desk);
    free(desk->out);
    free(desk->err);
    desk->out = desk->err = NULL;
    size_t out_bytes = 0, err_bytes = 0;
    struct pk_context context = {
        .pool = pool,
        .config_file = desk_path(desk, "pairkeeper.yaml"),
        .out = open_memstream(&desk->out, &out_bytes),
        .err = open_memstream(&desk->err, &err_bytes),
        .in = desk->is_terminal ? stdin : NULL,
        .in_is_terminal = desk->is_terminal,
        .out_is_terminal = desk->is_terminal,
        .columns = desk->columns != 0 ? desk->columns : COLUMNS,
        .actor = "alice (uid 1000)",
    };
    desk->exit = run_line(&context, argc, argv);
    pk_db_close(context.db);
    fclose(context.out);
    fclose(context.err);
    return desk->exit;
}

struct pk_db *
desk_db(struct desk *desk)
{
    struct pk_error err = {0};
    if (desk->db == NULL) {
        assert_int_equal(
            pk_db_open(desk_path(desk, "pairkeeper.db"), PK_DB_WRITE, true, &desk->db, &err),
            PK_OK);
    }
    return desk->db;
}

void
desk_db_close(struct desk *desk)
{
    if (desk->db != NULL) {
        pk_db_close(desk->db);
        desk->db = NULL;
    }
}

static void
assert_holds(const char *stream, const char *printed, const char *text)
{
    if (strstr(printed, text) == NULL) {
        fail_msg("%s lacks '%s':\n%s", stream, text, printed);
    }
}

void
desk_assert_out(const struct desk *desk, const char *text)
{
    assert_holds("out", desk->out, text);
}

void
desk_assert_err(const struct desk *desk, const char *text)
{
    assert_holds("err", desk->err, text);
}

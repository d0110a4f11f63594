/*
 * Git is told to read no configuration but the repository's, so these tests mean the same on every
 * machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/text.h"
#include "git-fixture.h"

enum { TIMEOUT_MS = 60 * 1000, OUTPUT_BYTES = 64 * 1024 };

static void
isolate_git(void)
{
    static const char *const settings[][2] = {
        {"GIT_CONFIG_NOSYSTEM", "1"},
        {"GIT_CONFIG_GLOBAL", "/dev/null"},
        {"GIT_AUTHOR_NAME", "Author"},
        {"GIT_AUTHOR_EMAIL", "author@example.net"},
        {"GIT_COMMITTER_NAME", "Author"},
        {"GIT_COMMITTER_EMAIL", "author@example.net"},
        {"GIT_AUTHOR_DATE", "1700000000 +0000"},
        {"GIT_COMMITTER_DATE", "1700000000 +0000"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        assert_int_equal(setenv(settings[i][0], settings[i][1], true), 0);
    }
}

int
fixture_setup(void **state)
{
    isolate_git();
    struct pk_pool *pool = pk_pool_new(NULL);
    struct fixture *fixture = pk_new(pool, struct fixture);
    const char *parent = getenv("TMPDIR");
    char *folder = pk_sprintf(pool, "%s/pairkeeper-git-XXXXXX", parent != NULL ? parent : "/tmp");
    assert_non_null(mkdtemp(folder));
    fixture->pool = pool;
    fixture->folder = folder;
    fixture->diagnostics.pool = pool;
    fixture->config = (struct pk_repository_config){
        .url = in(fixture, "source"),
        .branch = "main",
        .path = "",
        .timeout_ms = TIMEOUT_MS,
        .bare = in(fixture, "copy.git"),
        .helper = FETCH_PROGRAM,
        .files_limit = 100,
        .total_bytes_limit = 1 << 20,
        .limits = {.file_bytes = 64 << 10, .depth = 16},
    };
    run(fixture, "git init -q -b main source");
    *state = fixture;
    return 0;
}

int
fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    run(fixture, "rm -rf '%s'", fixture->folder);
    pk_pool_free(fixture->pool);
    return 0;
}

static const char *
shell(const struct fixture *fixture, const char *format, va_list args) PK_PRINTF(2, 0);

static const char *
shell(const struct fixture *fixture, const char *format, va_list args)
{
    const char *body = pk_vsprintf(fixture->pool, format, args);
    const char *command = pk_sprintf(fixture->pool, "set -e; cd '%s'; %s", fixture->folder, body);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char *text = pk_alloc(fixture->pool, OUTPUT_BYTES);
    size_t count = fread(text, 1, OUTPUT_BYTES - 1, pipe);
    if (count > 0 && text[count - 1] == '\n') {
        text[count - 1] = '\0';
    }
    if (pclose(pipe) != 0) {
        fail_msg("this failed: %s", body);
    }
    return text;
}

void
run(const struct fixture *fixture, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    shell(fixture, format, args);
    va_end(args);
}

const char *
output(const struct fixture *fixture, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = shell(fixture, format, args);
    va_end(args);
    return text;
}

const char *
in(const struct fixture *fixture, const char *path)
{
    return pk_sprintf(fixture->pool, "%s/%s", fixture->folder, path);
}

const char *
script(const struct fixture *fixture, const char *name, const char *body)
{
    const char *path = in(fixture, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\ncd '%s'\n%s\n", fixture->folder, body);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, S_IRWXU), 0);
    return path;
}

const char *
paths(const struct fixture *fixture)
{
    struct pk_text text = {.pool = fixture->pool};
    for (size_t i = 0; i < fixture->count; i++) {
        pk_text_addf(&text, "%s%s", i == 0 ? "" : " ", fixture->files[i].path);
    }
    return pk_text_end(&text);
}

const char *
findings(struct fixture *fixture)
{
    struct pk_text text = {.pool = fixture->pool};
    pk_diagnostics_sort(&fixture->diagnostics);
    for (size_t i = 0; i < fixture->diagnostics.list.count; i++) {
        const struct pk_diagnostic *found = &fixture->diagnostics.list.at[i];
        pk_text_addf(&text, "%s%s: %s [%s]", i == 0 ? "" : "; ", found->mark.file, found->message,
                     pk_rule_row(found->rule)->code);
    }
    return pk_text_end(&text);
}

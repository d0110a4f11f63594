/* Secrets in files, and files that hold none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/secret.h"

static char folder[] = "/tmp/pk-secret-XXXXXX";
static char file[64];

static int
make_folder(void **state)
{
    (void)state;
    snprintf(file, sizeof file, "%s/secret", mkdtemp(folder));
    return 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static void
write_secret(const char *bytes, size_t count, mode_t mode)
{
    FILE *out = fopen(file, "we");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, count, out), count);
    fclose(out);
    assert_int_equal(chmod(file, mode), 0);
}

static enum pk_code
read_line(char secret[PK_SECRET_BYTES])
{
    struct pk_error err = {0};
    enum pk_code code = pk_secret_read_line(file, secret, &err);
    assert_true(code == PK_OK || (err.message[0] != '\0' && strcmp(err.where, file) == 0));
    return code;
}

static void
a_password_is_the_line_without_its_end(void **state)
{
    (void)state;
    char secret[PK_SECRET_BYTES];
    static const char *const forms[] = {"s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\n"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        write_secret(forms[i], strlen(forms[i]), 0600);
        assert_int_equal(read_line(secret), PK_OK);
        assert_string_equal(secret, "s3cret");
    }
}

static void
a_file_that_holds_no_password_is_refused(void **state)
{
    (void)state;
    char secret[PK_SECRET_BYTES];
    static char large[PK_SECRET_BYTES];
    memset(large, 'x', sizeof large);
    static const struct {
        const char *bytes;
        size_t count;
    } rows[] = {{"", 0}, {"\n", 1}, {"a\nb\n", 4}, {"a\0b", 3}, {large, sizeof large}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_secret(rows[i].bytes, rows[i].count, 0600);
        assert_int_equal(read_line(secret), PK_EINVAL);
    }
}

static void
a_file_that_everybody_may_read_is_refused(void **state)
{
    (void)state;
    char secret[PK_SECRET_BYTES];
    write_secret("s3cret\n", 7, 0644);
    assert_int_equal(read_line(secret), PK_EACCESS);
    assert_int_equal(pk_secret_check(file, NULL), PK_EACCESS);
    write_secret("s3cret\n", 7, 0640);
    assert_int_equal(pk_secret_check(file, NULL), PK_OK);
}

static void
what_is_no_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(pk_secret_check(folder, NULL), PK_EINVAL);
    assert_int_equal(pk_secret_check("/nowhere/secret", NULL), PK_ENOENT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_is_the_line_without_its_end),
        cmocka_unit_test(a_file_that_holds_no_password_is_refused),
        cmocka_unit_test(a_file_that_everybody_may_read_is_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

/*
 * Which URLs are read as what, and which secrets get on their way: what can be judged before
 * anything leaves the machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "desired-state/fetch.h"
#include "git-fixture.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char openssh_key[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                                  "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAA\n"
                                  "-----END OPENSSH PRIVATE KEY-----\n";
static const char fingerprint[] = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static void
a_url_is_read_as_transport_host_and_port(void **state)
{
    static const struct {
        const char *url;
        struct pk_fetch_source want;
    } rows[] = {
        {"network", {PK_FETCH_LOCAL, "network", "", ""}},
        {"./odd:name", {PK_FETCH_LOCAL, "./odd:name", "", ""}},
        {"FILE:///srv/a%20b", {PK_FETCH_LOCAL, "/srv/a b", "", ""}},
        {"https://git.example/net/dhcp.git",
         {PK_FETCH_HTTPS, "https://git.example/net/dhcp.git", "git.example", "443"}},
        {"HTTPS://Git.Example:443/net",
         {PK_FETCH_HTTPS, "https://git.example/net", "git.example", "443"}},
        {"https://git.example:8443/~a/b_c+d-1.git",
         {PK_FETCH_HTTPS, "https://git.example:8443/~a/b_c+d-1.git", "git.example", "8443"}},
        {"ssh://git.example/net", {PK_FETCH_SSH, "ssh://git.example/net", "git.example", "22"}},
        {"ssh://[2001:DB8::1]:2222/net",
         {PK_FETCH_SSH, "ssh://[2001:db8::1]:2222/net", "2001:db8::1", "2222"}},
        {"http://localhost:80/a", {PK_FETCH_HTTP, "http://localhost/a", "localhost", "80"}},
        {"http://127.0.0.9/a", {PK_FETCH_HTTP, "http://127.0.0.9/a", "127.0.0.9", "80"}},
        {"http://[::1]:8080/a", {PK_FETCH_HTTP, "http://[::1]:8080/a", "::1", "8080"}},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_fetch_source got, again;
        assert_int_equal(pk_fetch_source_parse(fixture->pool, rows[i].url, &got, &fixture->err),
                         PK_OK);
        assert_int_equal(got.transport, rows[i].want.transport);
        assert_string_equal(got.address, rows[i].want.address);
        assert_string_equal(got.host, rows[i].want.host);
        assert_string_equal(got.port, rows[i].want.port);
        assert_int_equal(pk_fetch_source_parse(fixture->pool, got.address, &again, &fixture->err),
                         PK_OK);
        assert_string_equal(again.address, got.address);
        assert_true(pk_fetch_same_origin(&got, &again));
    }
}

static void
other_urls_are_refused_with_what_to_write_and_without_their_secrets(void **state)
{
    static const char user[] = "a URL holds no user and no password";
    static const char form[] = "HOST[:PORT]/PATH";
    static const struct {
        const char *url, *part;
    } rows[] = {
        {"https://user:hunter2@git.example/dhcp.git", user},
        {"https://hunter2@git.example/dhcp.git", user},
        {"https://user:hunter2/3@git.example/dhcp.git", user},
        {"ssh://git@git.example/dhcp.git", "a user name other than git as username"},
        {"git@git.example:net/dhcp.git", "write ssh://git.example/net/dhcp.git"},
        {"git.example:/net/dhcp.git", "write ssh://git.example/net/dhcp.git"},
        {"user:hunter2@git.example/dhcp.git", user},
        {"http://git.example/dhcp.git", "write https://"},
        {"http://127.evil.example/dhcp.git", "write https://"},
        {"http://10.0.0.1/dhcp.git", "write https://"},
        {"git://git.example/dhcp.git", "no such transport; write https://, ssh://"},
        {"ext::hunter2", "HOST:PATH is not read"},
        {"https://git.example", form},
        {"https://git.example/", form},
        {"https:///dhcp.git", form},
        {"https://-git.example/dhcp.git", form},
        {"https://git_example/dhcp.git", form},
        {"https://git.example:/dhcp.git", form},
        {"https://git.example:0/dhcp.git", form},
        {"https://git.example:65536/dhcp.git", form},
        {"https://git.example:22x/dhcp.git", form},
        {"https://[::1/dhcp.git", form},
        {"https://[fe80::1%25eth0]/dhcp.git", form},
        {"https://git.example/a b", form},
        {"https://git.example/a?b=c", form},
        {"https://git.example/a#b", form},
        {"https://git.example/a%2fb", form},
        {"https://git.example//a", form},
        {"https://git.example/a/../b", form},
        {"https://git.example/a/..", form},
        {"https://git.example/a\r\nX: y", form},
        {"ssh://git.example/-upload", form},
        {"ssh://git.example/a'b", form},
        {"ssh://git.example/$(id)", form},
        {"ssh://-oProxyCommand=id/x", form},
        {"file://git.example/srv/dhcp.git", "file:///srv/dhcp.git"},
        {"file:///srv/%zz", "file:///srv/dhcp.git"},
        {"", "no URL"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_fetch_source source;
        fixture->config.url = rows[i].url;
        assert_int_equal(pk_fetch_source_parse(fixture->pool, rows[i].url, &source, &fixture->err),
                         PK_EINVAL);
        assert_string_equal(fixture->err.where, "repository.url");
        if (strstr(fixture->err.message, rows[i].part) == NULL) {
            fail_msg("%s: '%s' is not in '%s'", rows[i].url, rows[i].part, fixture->err.message);
        }
        if (strchr(rows[i].url, '@') != NULL) {
            assert_null(strstr(fixture->err.message, "hunter2"));
        }
        assert_int_equal(pk_repository_check(&fixture->config, NULL), PK_EINVAL);
    }
}

/* What the child would be told when @p config is fetched from; err is filled when it is refused. */
static enum pk_code
told(struct fixture *fixture, struct pk_fetch_access *access)
{
    int input = -1;
    struct pk_fetch_source source;
    enum pk_code code =
        pk_fetch_source_parse(fixture->pool, fixture->config.url, &source, &fixture->err);
    if (code == PK_OK) {
        code = pk_fetch_access_send(&fixture->config, &source, &input, &fixture->err);
    }
    if (code == PK_OK) {
        *access = (struct pk_fetch_access){0};
        code = pk_fetch_access_receive(fixture->pool, input, access, &fixture->err);
        close(input);
    }
    return code;
}

static const char *
secret_file(struct fixture *fixture, const char *content)
{
    run(fixture, "umask 077; printf '%%b' '%s' >secret; chmod 600 secret", content);
    return in(fixture, "secret");
}

static void
a_child_is_told_its_own_credential_and_no_other(void **state)
{
    struct fixture *fixture = *state;
    const char *pins[] = {fingerprint, fingerprint};
    struct pk_repository_credential credential = {
        .url = "https://git.example/dhcp.git",
        .username = "net",
        .password_file = secret_file(fixture, "hunter2\n"),
        .host_keys = pins,
        .host_key_count = COUNT_OF(pins),
    };
    fixture->config.credential = &credential;
    fixture->config.ca = "/etc/ca.pem";
    static const struct {
        const char *url;
        bool is_told, has_ca;
    } rows[] = {
        {"https://git.example/dhcp.git", true, true},
        {"https://GIT.example:443/other.git", true, true},
        {"https://git.example:8443/dhcp.git", false, true},
        {"https://git.example.evil/dhcp.git", false, true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pk_fetch_access access;
        fixture->config.url = rows[i].url;
        assert_int_equal(told(fixture, &access), PK_OK);
        assert_int_equal(access.username != NULL, rows[i].is_told);
        assert_int_equal(access.password != NULL, rows[i].is_told);
        assert_int_equal(access.ca != NULL, rows[i].has_ca);
        assert_null(access.ssh_key);
        assert_int_equal(access.host_keys.count, 0);
        if (rows[i].is_told) {
            assert_string_equal(access.username, "net");
            assert_string_equal(access.password, "hunter2");
        }
    }
    credential.url = "ssh://git.example/dhcp.git";
    credential.username = NULL;
    credential.ssh_key_file = secret_file(fixture, openssh_key);
    credential.password_file = NULL;
    fixture->config.url = credential.url;
    fixture->config.ca = NULL;
    struct pk_fetch_access access;
    assert_int_equal(told(fixture, &access), PK_OK);
    assert_string_equal(access.username, "git");
    assert_string_equal(access.ssh_key, openssh_key);
    assert_int_equal(access.host_keys.count, COUNT_OF(pins));
    assert_string_equal(access.host_keys.at[1], fingerprint);
    assert_null(access.password);
    fixture->config.url = in(fixture, "source");
    assert_int_equal(told(fixture, &access), PK_OK);
    assert_null(access.username);
}

static void
credentials_that_do_not_fit_the_transport_are_refused(void **state)
{
    static const char https[] = "https://git.example/a", ssh[] = "ssh://git.example/a";
    static const char *const good[] = {fingerprint};
    static const char *const padded[] = {"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    static const char *const md5[] = {"MD5:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"};
    static const struct {
        struct pk_repository_credential credential;
        const char *ca, *part;
    } rows[] = {
        {{.url = https, .ssh_key_file = "key"}, NULL, "add a password-file"},
        {{.url = ssh, .password_file = "password"}, NULL, "an ssh-key-file and the host-keys"},
        {{.url = ssh, .ssh_key_file = "key", .host_keys = padded, .host_key_count = 1},
         NULL,
         "is no fingerprint of a host key"},
        {{.url = ssh, .ssh_key_file = "key", .host_keys = md5, .host_key_count = 1},
         NULL,
         "is no fingerprint of a host key"},
        {{.url = ssh, .ssh_key_file = "key", .host_keys = good, .host_key_count = 1},
         "ca.pem",
         "only https has certificates"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        fixture->config.url = rows[i].credential.url;
        fixture->config.credential = &rows[i].credential;
        fixture->config.ca = rows[i].ca;
        assert_int_equal(pk_repository_check(&fixture->config, &fixture->err), PK_EINVAL);
        if (strstr(fixture->err.message, rows[i].part) == NULL) {
            fail_msg("'%s' is not in '%s'", rows[i].part, fixture->err.message);
        }
    }
}

static void
a_secret_file_that_cannot_be_one_is_refused(void **state)
{
    static const char password_url[] = "https://git.example/a", key_url[] = "ssh://git.example/a";
    static const struct {
        const char *url, *prepare, *part;
        enum pk_code code;
    } rows[] = {
        {password_url, "rm secret", "No such file", PK_ENOENT},
        {password_url, "rm secret; mkdir secret", "this is no file", PK_EINVAL},
        {password_url, "rm secret; mkfifo -m 600 secret", "this is no file", PK_EINVAL},
        {password_url, "chmod 604 secret", "every user of this machine", PK_EACCESS},
        {password_url, "chmod 602 secret", "every user of this machine", PK_EACCESS},
        {password_url, ": >secret", "1 to 16383 bytes", PK_EINVAL},
        {password_url, "head -c 16384 /dev/zero | tr '\\0' a >secret", "1 to 16383 bytes",
         PK_EINVAL},
        {password_url, "printf 'a\\0b' >secret", "something else", PK_EINVAL},
        {password_url, "echo >secret", "is one line", PK_EINVAL},
        {password_url, "printf 'a\\nb\\n' >secret", "is one line", PK_EINVAL},
        {key_url, "echo 'ssh-ed25519 AAAA me' >secret", "holds no private key", PK_EINVAL},
        {key_url, "ssh-keygen -q -t ed25519 -N abcdef -f k; cat k >secret", "has a passphrase",
         PK_EINVAL},
        {key_url, "ssh-keygen -q -t rsa -b 2048 -m PEM -N abcdef -f k; cat k >secret",
         "has a passphrase", PK_EINVAL},
    };
    struct fixture *fixture = *state;
    static const char *const pins[] = {fingerprint};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strstr(rows[i].prepare, "ssh-keygen") != NULL &&
            system("command -v ssh-keygen >/dev/null") != 0) {
            continue;
        }
        run(fixture, "rm -rf secret k k.pub");
        const char *file = secret_file(fixture, "hunter2");
        run(fixture, "%s", rows[i].prepare);
        const struct pk_repository_credential credential = {.url = rows[i].url,
                                                            .password_file = file,
                                                            .ssh_key_file = file,
                                                            .host_keys = pins,
                                                            .host_key_count = 1};
        fixture->config.url = rows[i].url;
        fixture->config.credential = &credential;
        struct pk_fetch_access access;
        assert_int_equal(told(fixture, &access), rows[i].code);
        assert_string_equal(fixture->err.where, file);
        if (strstr(fixture->err.message, rows[i].part) == NULL) {
            fail_msg("'%s' is not in '%s'", rows[i].part, fixture->err.message);
        }
        assert_null(strstr(fixture->err.message, "hunter2"));
    }
}

static void
the_end_of_the_last_line_is_not_part_of_a_password(void **state)
{
    static const char *const contents[] = {"hunter2", "hunter2\\n", "hunter2\\r\\n"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        const struct pk_repository_credential credential = {
            .url = "https://git.example/a", .password_file = secret_file(fixture, contents[i])};
        fixture->config.url = credential.url;
        fixture->config.credential = &credential;
        struct pk_fetch_access access;
        assert_int_equal(told(fixture, &access), PK_OK);
        assert_string_equal(access.password, "hunter2");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
        TEST(a_url_is_read_as_transport_host_and_port),
        TEST(other_urls_are_refused_with_what_to_write_and_without_their_secrets),
        TEST(a_child_is_told_its_own_credential_and_no_other),
        TEST(credentials_that_do_not_fit_the_transport_are_refused),
        TEST(a_secret_file_that_cannot_be_one_is_refused),
        TEST(the_end_of_the_last_line_is_not_part_of_a_password),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

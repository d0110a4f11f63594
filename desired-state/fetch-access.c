/*
 * Secrets on their way from their files to the one child that needs them.  They are read at the
 * moment of use and wiped when the child has them.
 */
#include "desired-state/fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/secret.h"

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

enum {
    INPUT_BYTES = 64 * 1024,
    FINGERPRINT_CHARACTERS = 43, /* 32 bytes in base64 without its padding */
};

static const char default_username[] = "git";
static const char fingerprint_prefix[] = "SHA256:";
static const char credentials_key[] = "repository.credentials";
static const char ca_key[] = "repository.ca";

/* The parts of an access, each at most once but for host keys: NAME<nul>VALUE<nul>. */
static const char username_part[] = "username", password_part[] = "password",
                  ssh_key_part[] = "ssh-key", host_key_part[] = "host-key", ca_part[] = "ca";

/* -- What the configuration has to say -- */

/* The credentials, unless they were written for another place than the one asked now. */
static const struct pk_repository_credential *
credential_for(const struct pk_repository_config *config, const struct pk_fetch_source *source)
{
    PK_SCRATCH(pool);
    struct pk_fetch_source own;
    const struct pk_repository_credential *credential = config->credential;
    return credential != NULL &&
                   pk_fetch_source_parse(pool, credential->url, &own, NULL) == PK_OK &&
                   pk_fetch_same_origin(&own, source)
               ? credential
               : NULL;
}

static bool
is_fingerprint(const char *text)
{
    const size_t prefix = sizeof fingerprint_prefix - 1;
    return strncmp(text, fingerprint_prefix, prefix) == 0 &&
           strlen(text + prefix) == FINGERPRINT_CHARACTERS &&
           strspn(text + prefix, BASE64) == FINGERPRINT_CHARACTERS;
}

static enum pk_code
check_ssh(const struct pk_repository_credential *credential, struct pk_error *err)
{
    if (credential == NULL || credential->ssh_key_file == NULL) {
        return pk_error_set(err, PK_EINVAL, credentials_key,
                            "ssh needs a private key; name credentials that have an ssh-key-file "
                            "and the host-keys of the server");
    }
    for (size_t i = 0; i < credential->host_key_count; i++) {
        if (!is_fingerprint(credential->host_keys[i])) {
            return pk_error_set(err, PK_EINVAL, credentials_key,
                                "'%.80s' is no fingerprint of a host key; write SHA256: and the "
                                "43 characters that ssh-keygen -lf shows",
                                credential->host_keys[i]);
        }
    }
    return PK_OK;
}

enum pk_code
pk_fetch_access_check(const struct pk_repository_config *config,
                      const struct pk_fetch_source *source, struct pk_error *err)
{
    const struct pk_repository_credential *credential = credential_for(config, source);
    if (config->ca != NULL && source->transport != PK_FETCH_HTTPS) {
        return pk_error_set(err, PK_EINVAL, ca_key,
                            "only https has certificates; remove ca, or write an https:// URL");
    }
    switch (source->transport) {
    case PK_FETCH_LOCAL:
        return PK_OK;
    case PK_FETCH_SSH:
        return check_ssh(credential, err);
    case PK_FETCH_HTTP:
    case PK_FETCH_HTTPS:
        break;
    }
    return credential == NULL || credential->password_file != NULL
               ? PK_OK
               : pk_error_set(err, PK_EINVAL, credentials_key,
                              "http and https know passwords and tokens only; add a password-file "
                              "to the credentials");
}

/* -- Files -- */

/* Says what the SSH library would only call a failure. */
static enum pk_code
read_ssh_key(const char *file, char key[PK_SECRET_BYTES], struct pk_error *err)
{
    static const char begin[] = "-----BEGIN ", kind[] = "PRIVATE KEY-----";
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
    static const char openssh_without_passphrase[] = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
    enum pk_code code = pk_secret_read(file, key, err);
    if (code != PK_OK) {
        return code;
    }
    if (strncmp(key, begin, sizeof begin - 1) != 0 || strstr(key, kind) == NULL) {
        return pk_error_set(err, PK_EINVAL, file,
                            "this file holds no private key; name the one without .pub, as "
                            "`ssh-keygen -t ed25519` makes it");
    }
    bool is_openssh = strncmp(key, openssh, sizeof openssh - 1) == 0;
    if (is_openssh ? strstr(key, openssh_without_passphrase) == NULL
                   : strstr(key, "ENCRYPTED") != NULL) {
        return pk_error_set(err, PK_EINVAL, file,
                            "the key has a passphrase, which nobody is there to type; make a key "
                            "for this purpose alone: `ssh-keygen -t ed25519 -N ''`");
    }
    return PK_OK;
}

/* -- To the child and there -- */

static bool
add_part(int input, const char *name, const char *value)
{
    size_t name_bytes = strlen(name) + 1, value_bytes = strlen(value) + 1;
    return write(input, name, name_bytes) == (ssize_t)name_bytes &&
           write(input, value, value_bytes) == (ssize_t)value_bytes;
}

static enum pk_code
cannot_send(struct pk_error *err)
{
    return pk_error_set(err, PK_ESYS, credentials_key,
                        "no memory to hand the credentials on: %s; see the limits of this process",
                        strerror(errno));
}

static enum pk_code
send_secret(int input, const char *part, const char *file,
            enum pk_code (*read_secret)(const char *, char *, struct pk_error *),
            struct pk_error *err)
{
    char secret[PK_SECRET_BYTES];
    enum pk_code code = read_secret(file, secret, err);
    if (code == PK_OK && !add_part(input, part, secret)) {
        code = cannot_send(err);
    }
    explicit_bzero(secret, sizeof secret);
    return code;
}

static enum pk_code
send_parts(const struct pk_repository_config *config, const struct pk_fetch_source *source,
           int input, struct pk_error *err)
{
    const struct pk_repository_credential *credential = credential_for(config, source);
    if (source->transport == PK_FETCH_HTTPS && config->ca != NULL &&
        !add_part(input, ca_part, config->ca)) {
        return cannot_send(err);
    }
    if (source->transport == PK_FETCH_LOCAL || credential == NULL) {
        return PK_OK;
    }
    const char *username = credential->username;
    bool is_sent = add_part(input, username_part, username != NULL ? username : default_username);
    bool is_ssh = source->transport == PK_FETCH_SSH;
    for (size_t i = 0; is_ssh && is_sent && i < credential->host_key_count; i++) {
        is_sent = add_part(input, host_key_part, credential->host_keys[i]);
    }
    if (!is_sent) {
        return cannot_send(err);
    }
    return is_ssh ? send_secret(input, ssh_key_part, credential->ssh_key_file, read_ssh_key, err)
                  : send_secret(input, password_part, credential->password_file,
                                pk_secret_read_line, err);
}

enum pk_code
pk_fetch_access_send(const struct pk_repository_config *config,
                     const struct pk_fetch_source *source, int *input, struct pk_error *err)
{
    enum pk_code code = pk_fetch_access_check(config, source, err);
    if (code != PK_OK) {
        return code;
    }
    int made = memfd_create("pairkeeper-fetch", MFD_CLOEXEC);
    if (made < 0) {
        return cannot_send(err);
    }
    code = send_parts(config, source, made, err);
    if (code == PK_OK && lseek(made, 0, SEEK_SET) != 0) {
        code = cannot_send(err);
    }
    if (code != PK_OK) {
        close(made);
        return code;
    }
    *input = made;
    return PK_OK;
}

static void
take_part(struct pk_pool *pool, const char *name, const char *value, struct pk_fetch_access *out)
{
    const struct {
        const char *name;
        const char **to;
    } parts[] = {
        {username_part, &out->username},
        {password_part, &out->password},
        {ssh_key_part, &out->ssh_key},
        {ca_part, &out->ca},
    };
    if (strcmp(name, host_key_part) == 0) {
        *pk_push(pool, &out->host_keys) = value;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (strcmp(name, parts[i].name) == 0) {
            *parts[i].to = value;
        }
    }
}

enum pk_code
pk_fetch_access_receive(struct pk_pool *pool, int input, struct pk_fetch_access *out,
                        struct pk_error *err)
{
    char *parts = pk_alloc(pool, INPUT_BYTES + 1); /* so the last text always ends */
    ssize_t count = pk_read_all(input, parts, INPUT_BYTES);
    if (count < 0) {
        return pk_error_set(err, PK_ESYS, "standard input",
                            "the credentials cannot be read: %s; start pairkeeper anew",
                            strerror(errno));
    }
    for (const char *name = parts; name < parts + count;) {
        const char *value = name + strlen(name) + 1;
        if (value >= parts + count) {
            break;
        }
        take_part(pool, name, value, out);
        name = value + strlen(value) + 1;
    }
    return PK_OK;
}

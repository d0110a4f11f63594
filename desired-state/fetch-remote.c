/*
 * Fetching over https and ssh with the library's transports.  What it asks us on the way (may this
 * server be trusted, who are we) is answered once and strictly; the library hears yes or no, and
 * what was wrong is kept for the person who has to mend it.
 */
#include "desired-state/fetch-work.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#if PK_FETCH_SANITIZED
#include <sanitizer/lsan_interface.h>
#endif

enum { HASH_BYTES = 32, BITS_A_BYTE = 8, BITS_A_DIGIT = 6, DIGIT_MASK = 63 };

/* -- Host keys and certificates -- */

/* Base64 without padding: as ssh-keygen shows it, and the begin of what HTTP makes of it. */
static void
add_base64(struct pk_text *out, const void *data, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *bytes = data;
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < count; i++) {
        bits = bits << BITS_A_BYTE | bytes[i];
        for (held += BITS_A_BYTE; held >= BITS_A_DIGIT; held -= BITS_A_DIGIT) {
            pk_text_add_bytes(out, &digits[bits >> (held - BITS_A_DIGIT) & DIGIT_MASK], 1);
        }
    }
    if (held > 0) {
        pk_text_add_bytes(out, &digits[bits << (BITS_A_DIGIT - held) & DIGIT_MASK], 1);
    }
}

static const char *
fingerprint_text(struct pk_pool *pool, const unsigned char hash[HASH_BYTES])
{
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, "SHA256:");
    add_base64(&text, hash, HASH_BYTES);
    return pk_text_end(&text);
}

static const char *
key_kind(git_cert_ssh_raw_type_t kind)
{
    switch (kind) {
    case GIT_CERT_SSH_RAW_TYPE_RSA:
        return "RSA ";
    case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_256:
    case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_384:
    case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_521:
        return "ECDSA ";
    case GIT_CERT_SSH_RAW_TYPE_KEY_ED25519:
        return "ED25519 ";
    case GIT_CERT_SSH_RAW_TYPE_DSS:
    case GIT_CERT_SSH_RAW_TYPE_UNKNOWN:
        break;
    }
    return "";
}

static int
check_host_key(struct pk_fetch *fetch, const git_cert_hostkey *key)
{
    if ((key->type & GIT_CERT_SSH_SHA256) == 0) {
        pk_error_set(&fetch->refusal, PK_EACCESS, fetch->source.address,
                     "the SSH library tells no SHA256 of the host key; check the installation of "
                     "libgit2 and libssh2");
        return GIT_ECERTIFICATE;
    }
    const char *seen = fingerprint_text(fetch->pool, key->hash_sha256);
    for (size_t i = 0; i < fetch->access.host_keys.count; i++) {
        if (strcmp(fetch->access.host_keys.at[i], seen) == 0) {
            return 0;
        }
    }
    const char *kind = key_kind(key->raw_type);
    if (fetch->access.host_keys.count == 0) {
        pk_error_set(&fetch->refusal, PK_EACCESS, fetch->source.address,
                     "no host-keys say which server to trust; it shows the %skey %s: compare that "
                     "with what its administrator publishes (on the server: ssh-keygen -lf "
                     "/etc/ssh/ssh_host_*_key.pub), then write it into host-keys of the "
                     "credentials",
                     kind, seen);
    } else {
        pk_error_set(&fetch->refusal, PK_EACCESS, fetch->source.address,
                     "the server shows the %skey %s, which is not among the %zu host-keys of the "
                     "credentials: ask its administrator whether the key is a new or a further "
                     "one, and add it only then; nothing was sent",
                     kind, seen, fetch->access.host_keys.count);
    }
    return GIT_ECERTIFICATE;
}

static int
check_certificate(git_cert *certificate, int is_valid, const char *host, void *payload)
{
    (void)is_valid, (void)host;
    struct pk_fetch *fetch = payload;
    if (certificate->cert_type == GIT_CERT_HOSTKEY_LIBSSH2) {
        return check_host_key(fetch, (const git_cert_hostkey *)certificate);
    }
    return GIT_PASSTHROUGH; /* the library has judged the certificate and says what is wrong */
}

/* -- Credentials -- */

static int
refuse(struct pk_fetch *fetch, const char *message)
{
    pk_error_set(&fetch->refusal, PK_EACCESS, fetch->source.address, "%s", message);
    return GIT_EUSER;
}

/* Whatever the library believes to talk to: is it the place the credentials are for? */
static bool
is_our_origin(const struct pk_fetch *fetch, const char *url)
{
    struct pk_fetch_source asking;
    return url != NULL && pk_fetch_source_parse(fetch->pool, url, &asking, NULL) == PK_OK &&
           pk_fetch_same_origin(&asking, &fetch->source);
}

/* Called again when the first answer was not accepted: nobody gains by hammering. */
static int
give_credentials(git_credential **out, const char *url, const char *username, unsigned allowed,
                 void *payload)
{
    (void)username;
    struct pk_fetch *fetch = payload;
    const struct pk_fetch_access *access = &fetch->access;
    if (access->username == NULL) {
        return refuse(fetch, "the server asks who we are; name credentials that may read the "
                             "repository in repository.credentials");
    }
    if (!is_our_origin(fetch, url)) {
        return refuse(fetch, "another server asks for the credentials; they are only for the one "
                             "in repository.url");
    }
    if (allowed == GIT_CREDENTIAL_USERNAME) {
        return git_credential_username_new(out, access->username);
    }
    if (fetch->has_answered) {
        return refuse(fetch, access->ssh_key != NULL
                                 ? "the server does not accept the key; see whether it knows its "
                                   "public half for this user name, and use an ed25519 key: not "
                                   "every libssh2 can sign with RSA as servers want it today"
                                 : "the server does not accept the credentials; see whether user "
                                   "name and password or token are right, not expired, and may "
                                   "read the repository");
    }
    fetch->has_answered = true;
    if (access->password != NULL && (allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0) {
        return git_credential_userpass_plaintext_new(out, access->username, access->password);
    }
    if (access->ssh_key != NULL && (allowed & GIT_CREDENTIAL_SSH_MEMORY) != 0) {
        return git_credential_ssh_key_memory_new(out, access->username, NULL, access->ssh_key,
                                                 NULL);
    }
    return refuse(fetch, "the server takes no password over http and no key over ssh; see which "
                         "ways to log in it offers");
}

/* -- Steps -- */

static void
hide(char *text, const char *secret)
{
    size_t length = strlen(secret);
    for (char *at = text; length > 0 && (at = strstr(at, secret)) != NULL; at += length) {
        memset(at, '*', length);
    }
}

/* A server's words may repeat what it was told: the password, also as HTTP encodes it. */
static const char *
harmless_words(const struct pk_fetch *fetch, const char *words)
{
    char *text = pk_strdup(fetch->pool, words);
    const struct pk_fetch_access *access = &fetch->access;
    if (access->password != NULL) {
        struct pk_text encoded = {.pool = fetch->pool};
        const char *both = pk_sprintf(fetch->pool, "%s:%s", access->username, access->password);
        add_base64(&encoded, both, strlen(both));
        hide(text, access->password);
        hide(text, pk_text_end(&encoded));
    }
    return text;
}

#define MOVED                                                                                      \
    "redirects are not followed: if the repository has moved, write its new address into "         \
    "repository.url"
#define UNREACHABLE "see whether the server runs and can be reached from here"

/* What to do about the library's failures, by a part of its message; the last row fits all. */
static const struct {
    const char *said;
    enum pk_code code;
    const char *remedy;
} remedies[] = {
    {"redirect", PK_EREFUSED, MOVED},
    {"unknown scheme", PK_EREFUSED, MOVED},
    {"status code: 403", PK_EACCESS, "let the account of repository.credentials read it"},
    {"status code: 404", PK_ENOENT,
     "see whether repository.url is right and the credentials may read it"},
    {"no address of", PK_EAGAIN, "see the host in repository.url and the name service"},
    {"no connection to", PK_EAGAIN, UNREACHABLE},
    {"failed to connect", PK_EAGAIN, UNREACHABLE},
    {"certificate is invalid", PK_EACCESS,
     "nothing was sent: let the server have a good certificate, or name the authority that signed "
     "it in repository.ca"},
    {"exchange encryption keys", PK_EAGAIN,
     "let the server have an ED25519 or ECDSA host key; RSA alone is not enough for every libssh2"},
    {"authenticate SSH session", PK_EACCESS,
     "see whether the server knows the key, and use an ed25519 key"},
    {"", PK_EAGAIN, "it is tried again; see whether `git ls-remote` works with this URL"},
};

static enum pk_code
remote_failed(const struct pk_fetch *fetch, const char *attempt, struct pk_error *err)
{
    if (fetch->refusal.code != PK_OK) {
        return pk_error_set(err, fetch->refusal.code, fetch->refusal.where, "%s",
                            fetch->refusal.message);
    }
    const git_error *last = git_error_last();
    const char *said = harmless_words(fetch, last != NULL ? last->message : "no reason given");
    size_t row = 0;
    while (strstr(said, remedies[row].said) == NULL) {
        row++;
    }
    return pk_error_set(err, remedies[row].code, fetch->source.address, "%s: %.200s; %s", attempt,
                        said, remedies[row].remedy);
}

/* libssh2 looks for a list of known hosts in the home folder and fails without one; ours has none.
 */
static enum pk_code
open_remote(struct pk_fetch *fetch, struct pk_error *err)
{
    if (fetch->source.transport == PK_FETCH_SSH) {
        return setenv("HOME", fetch->bare, true) == 0
                   ? PK_OK
                   : pk_error_set(err, PK_ESYS, fetch->source.address,
                                  "no memory for the environment; see the limits of this process");
    }
    const char *ca = fetch->access.ca;
    if (ca != NULL && git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, ca, NULL) != 0) {
        return pk_git_failed(err, PK_EINVAL, ca, "no certificates can be read",
                             "see whether the file that repository.ca names is there and holds "
                             "certificates in PEM form");
    }
    return pk_fetch_bind_sockets(&fetch->source, err);
}

static git_remote_callbacks
callbacks_of(struct pk_fetch *fetch)
{
    return (git_remote_callbacks){
        .version = GIT_REMOTE_CALLBACKS_VERSION,
        .credentials = give_credentials,
        .certificate_check = check_certificate,
        .transfer_progress = pk_fetch_watch,
        .payload = fetch,
    };
}

/* An ssh connection of libgit2 1.5 leaks its address and known hosts; they end with this process.
 */
static int
connect_leaking(git_remote *remote, const git_remote_connect_options *options)
{
#if PK_FETCH_SANITIZED
    __lsan_disable();
#endif
    int failed = git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, options);
#if PK_FETCH_SANITIZED
    __lsan_enable();
#endif
    return failed;
}

static enum pk_code
list_remote(struct pk_fetch *fetch, struct pk_error *err)
{
    const git_remote_create_options create = {
        .version = GIT_REMOTE_CREATE_OPTIONS_VERSION,
        .repository = fetch->git.repository,
        .flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC,
    };
    const git_remote_connect_options connect = {
        .version = GIT_REMOTE_CONNECT_OPTIONS_VERSION,
        .callbacks = callbacks_of(fetch),
        .proxy_opts = {.version = GIT_PROXY_OPTIONS_VERSION, .type = GIT_PROXY_NONE},
        .follow_redirects = GIT_REMOTE_REDIRECT_NONE,
    };
    const git_remote_head **heads = NULL;
    size_t count = 0;
    if (git_remote_create_with_opts(&fetch->remote, fetch->source.address, &create) != 0 ||
        connect_leaking(fetch->remote, &connect) != 0 ||
        git_remote_ls(&heads, &count, fetch->remote) != 0) {
        return remote_failed(fetch, "the repository does not list its branches", err);
    }
    const size_t prefix = sizeof PK_FETCH_HEADS - 1;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(heads[i]->name, PK_FETCH_HEADS, prefix) == 0) {
            struct pk_fetch_branch *branch = pk_push(fetch->pool, &fetch->branches);
            branch->name = pk_strdup(fetch->pool, heads[i]->name + prefix);
            git_oid_cpy(&branch->tip, &heads[i]->oid);
        }
    }
    return PK_OK;
}

static enum pk_code
download(struct pk_fetch *fetch, const git_oid *tip, struct pk_error *err)
{
    (void)tip; /* the server knows branches only */
    char *refspec = pk_sprintf(fetch->pool, "+%s:%s", fetch->source_ref, fetch->our_ref);
    const git_strarray refspecs = {&refspec, 1};
    const git_fetch_options options = {
        .version = GIT_FETCH_OPTIONS_VERSION,
        .callbacks = callbacks_of(fetch),
        .download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE,
        .follow_redirects = GIT_REMOTE_REDIRECT_NONE,
        .proxy_opts = {.version = GIT_PROXY_OPTIONS_VERSION, .type = GIT_PROXY_NONE},
    };
    int failed = git_remote_download(fetch->remote, &refspecs, &options);
    /* One object may be beyond the limit by itself: then writing it failed before it was seen. */
    if (fetch->over_limit ||
        git_remote_stats(fetch->remote)->received_bytes > fetch->pack_bytes_limit) {
        return pk_fetch_too_much(fetch, err);
    }
    return failed == 0 ? PK_OK : remote_failed(fetch, "the fetch failed", err);
}

const struct pk_fetch_steps pk_fetch_remote_steps = {
    .open = open_remote,
    .list = list_remote,
    .download = download,
};

/*
 * libcurl's defaults are those of a tool for people: every protocol, proxies from the environment,
 * no limits.  What we rely on is set in one function, prepare(), for a handle that lives as long as
 * its connection.
 *
 * libcurl itself sends a request once more when a kept connection was dead and nothing had come
 * back: just right for reading, and the reason why a change never goes over a kept connection.
 */
#include "drivers/kea-client.h"

#include <string.h>

#include <curl/curl.h>

#include "base/secret.h"
#include "drivers/kea-envelope.h"

enum {
    CONNECT_MS = 5000,
    IDLE_S = 25,      /* Kea closes what is idle for 30 s */
    LIFETIME_S = 300, /* of a connection                  */
    SLOWEST_BYTES_PER_S = 1024,
    MS_PER_S = 1000,
    HEADER_BYTES_MAX = 64 * 1024,
    BUFFER_BYTES = 512 * 1024, /* the most that libcurl takes: a large answer in fewer pieces */
    SMALL_ANSWER_BYTES_MAX = 16 << 20, /* 50,000 subnets are listed in 4 MB */
};

static const char whole_configuration[] = "config-get";

/* What has come of an answer. */
struct body {
    CURL *curl;
    struct pk_text text;
    size_t limit, header_bytes;
    bool is_too_large;
};

struct pk_kea_client {
    struct pk_pool *pool; /* holds this struct */
    const struct pk_server_config *config;
    const char *where;
    CURL *curl;
    struct curl_slist *headers;
    struct body body;
    char curl_says[CURL_ERROR_SIZE];
};

/* -- What comes back -------------------------------------------------------------------------- */

/* Kea always says how much it is going to send; who does not is not trusted with much memory. */
static size_t
announced_bytes(const struct body *body)
{
    curl_off_t announced = 0;
    curl_easy_getinfo(body->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    return announced > 0 && (uint64_t)announced <= body->limit ? (size_t)announced : 0;
}

static size_t
take_body(char *bytes, size_t one, size_t count, void *user)
{
    struct body *body = user;
    struct pk_text *text = &body->text;
    (void)one;
    size_t announced = announced_bytes(body);
    size_t limit = announced != 0 ? announced : SMALL_ANSWER_BYTES_MAX;
    if (count > limit - text->count) {
        body->is_too_large = true;
        return 0;
    }
    if (text->at == NULL && announced != 0) { /* room for all of it at once */
        text->capacity = announced + 1;
        text->at = pk_alloc(text->pool, text->capacity);
    }
    pk_text_add_bytes(text, bytes, count);
    return count;
}

static size_t
take_header(char *bytes, size_t one, size_t count, void *user)
{
    struct body *body = user;
    (void)bytes, (void)one;
    body->header_bytes += count;
    body->is_too_large = body->is_too_large || body->header_bytes > HEADER_BYTES_MAX;
    return body->is_too_large ? 0 : count;
}

/* -- The handle ------------------------------------------------------------------------------- */

static void
prepare_tls(const struct pk_kea_client *client)
{
    const struct pk_server_config *config = client->config;
    CURL *curl = client->curl;
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (config->ca != NULL) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, config->ca);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (config->certificate_file != NULL) {
        curl_easy_setopt(curl, CURLOPT_SSLCERT, config->certificate_file);
        curl_easy_setopt(curl, CURLOPT_SSLKEY, config->key_file);
    }
}

static void
prepare_limits(struct pk_kea_client *client)
{
    CURL *curl = client->curl;
    long timeout_ms = (long)client->config->timeout_ms;
    long connect_ms = timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS;
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, connect_ms + timeout_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST_BYTES_PER_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (timeout_ms + MS_PER_S - 1) / MS_PER_S);
    curl_easy_setopt(curl, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, (long)IDLE_S);
    curl_easy_setopt(curl, CURLOPT_MAXLIFETIME_CONN, (long)LIFETIME_S);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &client->body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &client->body);
}

static void
prepare(struct pk_kea_client *client)
{
    CURL *curl = client->curl;
    bool is_https = strncasecmp(client->config->url, "https:", strlen("https:")) == 0;
    curl_easy_setopt(curl, CURLOPT_URL, client->config->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, is_https ? "https" : "http");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->curl_says);
    prepare_tls(client);
    prepare_limits(client);
}

/* -- Opening ---------------------------------------------------------------------------------- */

static bool
is_part_there(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(url, part, &text, 0);
    curl_free(text);
    return code == CURLUE_OK;
}

static bool
is_web_scheme(CURLU *url)
{
    char *scheme = NULL;
    bool is_web = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                  (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    return is_web;
}

/* What is said does not repeat the URL: somebody may have put a password into it. */
const char *
pk_kea_url_fault(const char *text)
{
    CURLU *url = curl_url();
    if (url == NULL) {
        pk_out_of_memory();
    }
    const char *fault = NULL;
    if (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK || !is_web_scheme(url)) {
        fault = "it is no address of http or https; write it as https://HOST:PORT/";
    } else if (is_part_there(url, CURLUPART_USER) || is_part_there(url, CURLUPART_PASSWORD)) {
        fault = "it holds a user name or a password; leave them out and name credentials";
    } else if (is_part_there(url, CURLUPART_QUERY) || is_part_there(url, CURLUPART_FRAGMENT)) {
        fault = "it holds a query or a fragment; write it as https://HOST:PORT/";
    }
    curl_url_cleanup(url);
    return fault;
}

static enum pk_code
check_secrets(const struct pk_server_config *config, struct pk_error *err)
{
    enum pk_code code = PK_OK;
    if ((config->username == NULL) != (config->password_file == NULL)) {
        return pk_error_set(err, PK_EINVAL, "credentials",
                            "Kea wants user name and password: write both, username and "
                            "password-file");
    }
    if (config->password_file != NULL) {
        code = pk_secret_check(config->password_file, err);
    }
    if (code == PK_OK && config->key_file != NULL) {
        code = pk_secret_check(config->key_file, err);
    }
    if (code != PK_OK && err != NULL) {
        pk_error_prefix(err, "%s", err->where);
    }
    return code;
}

static void
add_header(struct pk_kea_client *client, const char *header)
{
    struct curl_slist *longer = curl_slist_append(client->headers, header);
    if (longer == NULL) {
        pk_out_of_memory();
    }
    client->headers = longer;
}

enum pk_code
pk_kea_client_open(const struct pk_server_config *config, struct pk_kea_client **out,
                   struct pk_error *err)
{
    struct pk_pool *pool = pk_pool_new(NULL);
    struct pk_kea_client *client = pk_new(pool, struct pk_kea_client);
    client->pool = pool;
    client->config = config;
    client->where = pk_sprintf(pool, "server %s", config->name);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (client->curl = curl_easy_init()) == NULL) {
        pk_out_of_memory();
    }
    enum pk_code code = check_secrets(config, err);
    if (code != PK_OK) {
        pk_kea_client_close(client);
        return code;
    }
    add_header(client, "Content-Type: application/json");
    add_header(client, "Accept: application/json");
    add_header(client, "Expect:"); /* Kea never answers it, and libcurl waits a second */
    prepare(client);
    *out = client;
    return PK_OK;
}

void
pk_kea_client_close(struct pk_kea_client *client)
{
    if (client != NULL) {
        curl_easy_cleanup(client->curl);
        curl_slist_free_all(client->headers);
        curl_global_cleanup();
        pk_pool_free(client->pool);
    }
}

/* -- Failures --------------------------------------------------------------------------------- */

#define BROKEN                                                                                     \
    "see whether the server has died, speaks TLS (http:// or https:// in `url`), or wants a "      \
    "certificate (certificate-file and key-file of its credentials)"

/* By libcurl's code and a part of what it says; from the special to the general. */
static const struct {
    CURLcode failed;
    const char *said;
    enum pk_code code;
    const char *what, *remedy;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, "", PK_EAGAIN, "its host has no address",
     "see the host in `url` and the name service"},
    {CURLE_COULDNT_CONNECT, "", PK_EAGAIN, "nobody answers there",
     "start the server (or its control agent), or correct `url`"},
    {CURLE_OPERATION_TIMEDOUT, "", PK_EAGAIN, "it did not answer in time",
     "see whether the server hangs; a large configuration may need a longer `timeout`"},
    {CURLE_PEER_FAILED_VERIFICATION, "", PK_EACCESS, "its certificate is not to be trusted",
     "nothing was sent: give the server a good certificate for the host in `url`, or name in `ca` "
     "who signed it"},
    {CURLE_SSL_CACERT_BADFILE, "", PK_EINVAL, "the certificates of `ca` cannot be read",
     "see whether that file is there and holds certificates in PEM form"},
    {CURLE_SSL_CERTPROBLEM, "", PK_EINVAL, "our own certificate cannot be used",
     "see whether certificate-file and key-file hold a PEM certificate and its key"},
    {CURLE_SSL_CONNECT_ERROR, "alert", PK_EACCESS, "it breaks TLS off",
     "see whether it wants a certificate: certificate-file and key-file of its credentials"},
    {CURLE_SSL_CONNECT_ERROR, "", PK_EAGAIN, "TLS does not come about",
     "see whether it speaks TLS at that port: http:// or https:// in `url`"},
    {CURLE_RECV_ERROR, "alert", PK_EACCESS, "it breaks TLS off",
     "see whether it wants a certificate: certificate-file and key-file of its credentials"},
    {CURLE_RECV_ERROR, "", PK_EAGAIN, "the connection broke before the answer was whole", BROKEN},
    {CURLE_SEND_ERROR, "", PK_EAGAIN, "the connection broke before the command was out", BROKEN},
    {CURLE_GOT_NOTHING, "", PK_EAGAIN, "it closed the connection without an answer", BROKEN},
    {CURLE_PARTIAL_FILE, "", PK_EAGAIN, "the answer is cut off", BROKEN},
    {CURLE_UNSUPPORTED_PROTOCOL, "", PK_EINVAL, "what answers there does not speak HTTP",
     "see host and port in `url`, and whether it speaks TLS"},
    {CURLE_WEIRD_SERVER_REPLY, "", PK_EINVAL, "what answers there does not speak HTTP",
     "see host and port in `url`"},
    {CURLE_FILESIZE_EXCEEDED, "", PK_EINVAL, "the answer is larger than any of Kea's",
     "see what answers at `url`"},
    {CURLE_OK, "", PK_EAGAIN, "the exchange failed", "it is tried again; see the server's log"},
};

static enum pk_code
exchange_failed(const struct pk_kea_client *client, CURLcode failed, struct pk_error *err)
{
    if (client->body.is_too_large || failed == CURLE_OUT_OF_MEMORY) {
        failed = CURLE_FILESIZE_EXCEEDED; /* libcurl calls a line beyond its limits no memory */
    }
    const char *said = client->curl_says;
    size_t row = 0;
    while (failures[row].failed != CURLE_OK &&
           (failures[row].failed != failed || strstr(said, failures[row].said) == NULL)) {
        row++;
    }
    return pk_error_set(err, failures[row].code, client->where, "%s (%.150s); %s",
                        failures[row].what, *said != '\0' ? said : curl_easy_strerror(failed),
                        failures[row].remedy);
}

/* -- Commands --------------------------------------------------------------------------------- */

static void
write_request(struct pk_text *out, const char *command, const char *arguments)
{
    pk_text_addf(out, "{\"command\": \"%s\", \"service\": [\"dhcp4\"]", command);
    if (arguments != NULL) {
        pk_text_add(out, ", \"arguments\": ");
        pk_text_add(out, arguments);
    }
    pk_text_add(out, "}");
}

/* Read at the moment of use: a new password is taken without a restart. */
static enum pk_code
give_password(const struct pk_kea_client *client, struct pk_error *err)
{
    const struct pk_server_config *config = client->config;
    char secret[PK_SECRET_BYTES];
    if (config->password_file == NULL) {
        return PK_OK;
    }
    enum pk_code code = pk_secret_read_line(config->password_file, secret, err);
    if (code == PK_OK) {
        curl_easy_setopt(client->curl, CURLOPT_USERNAME, config->username);
        curl_easy_setopt(client->curl, CURLOPT_PASSWORD, secret);
    } else {
        pk_error_prefix(err, "%s", config->password_file);
    }
    explicit_bzero(secret, sizeof secret);
    return code;
}

static size_t
limit_of(const char *command)
{
    return strcmp(command, whole_configuration) == 0 ? PK_KEA_BYTES_MAX : SMALL_ANSWER_BYTES_MAX;
}

static enum pk_code
exchange(struct pk_kea_client *client, struct pk_pool *pool, const char *command,
         const char *arguments, enum pk_kea_effect effect, struct pk_error *err)
{
    PK_SCRATCH(scratch);
    struct pk_text request = {.pool = scratch};
    CURL *curl = client->curl;
    write_request(&request, command, arguments);
    client->body = (struct body){.curl = curl, .text = {.pool = pool}, .limit = limit_of(command)};
    client->curl_says[0] = '\0';
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request.count);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, pk_text_end(&request));
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)client->body.limit);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, effect == PK_KEA_CHANGES ? 1L : 0L);
    enum pk_code code = give_password(client, err);
    if (code != PK_OK) {
        return code;
    }
    CURLcode failed = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, NULL);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, NULL);
    return failed == CURLE_OK ? PK_OK : exchange_failed(client, failed, err);
}

static enum pk_code
read_answer(const struct pk_kea_client *client, struct pk_pool *pool, struct pk_kea_answer *out,
            struct pk_error *err)
{
    long status = 0;
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    enum pk_code code = pk_kea_http_status(status, client->where, err);
    return code != PK_OK ? code
                         : pk_kea_envelope(pool, client->where, client->body.text.at,
                                           client->body.text.count, out, err);
}

enum pk_code
pk_kea_command(struct pk_kea_client *client, struct pk_pool *pool, const char *command,
               const char *arguments, enum pk_kea_effect effect, struct pk_kea_answer *out,
               struct pk_error *err)
{
    enum pk_code code = exchange(client, pool, command, arguments, effect, err);
    if (code == PK_OK) {
        code = read_answer(client, pool, out, err);
    }
    client->body = (struct body){0};
    if (code != PK_OK) {
        pk_error_prefix(err, "%s", command);
    }
    return code;
}

enum pk_code
pk_kea_ask(struct pk_kea_client *client, struct pk_pool *pool, const char *command,
           const char *arguments, struct pk_kea_value *out, struct pk_error *err)
{
    struct pk_kea_answer answer;
    enum pk_code code =
        pk_kea_command(client, pool, command, arguments, PK_KEA_READS, &answer, err);
    if (code != PK_OK) {
        return code;
    }
    if ((code = pk_kea_refusal(&answer, client->where, err)) != PK_OK) {
        pk_error_prefix(err, "%s", command);
        return code;
    }
    *out = answer.arguments;
    return PK_OK;
}

/*
 * Kea says what went wrong in four places: the HTTP status, the shape of the body, `result`,
 * `text`. Each has its table here, with what a person can do about it; a server's own words are
 * quoted short and only where they are meant for people.
 */
#include "drivers/kea-envelope.h"

#include <string.h>

enum { WORDS_BYTES = 200, PRINTABLE_FIRST = 0x20, PRINTABLE_LAST = 0x7e };

static const char not_kea[] =
    "see whether `url` is the HTTP control socket of kea-dhcp4 or of its control agent";

/* -- HTTP ------------------------------------------------------------------------------------- */

enum { HTTP_OK = 200, HTTP_REDIRECT = 300, HTTP_CLIENT = 400, HTTP_SERVER = 500, HTTP_END = 600 };

/* From the special to the general; the first row that fits counts. */
static const struct {
    long first, last;
    enum pk_code code;
    const char *what, *remedy;
} statuses[] = {
    {401, 401, PK_EACCESS, "the server does not accept user name and password",
     "see the credentials of this server, and `authentication` of its control socket or agent"},
    {403, 403, PK_EACCESS, "the server does not let this user do that",
     "see the credentials of this server"},
    {408, 408, PK_EAGAIN, "the request did not arrive in time",
     "it is tried again; see the network between here and the server"},
    {HTTP_REDIRECT, HTTP_CLIENT - 1, PK_EINVAL, "the server points to another place",
     "redirects are not followed: write the address of Kea itself into `url`"},
    {HTTP_CLIENT, HTTP_SERVER - 1, PK_EINVAL, "the server does not take the request", not_kea},
    {HTTP_SERVER, HTTP_END - 1, PK_EAGAIN, "the server has failed",
     "it is tried again; see the log of the server, and whether something stands between"},
    {0, 0, PK_EINVAL, "the server answers in no way that HTTP knows", not_kea},
};

enum pk_code
pk_kea_http_status(long status, const char *where, struct pk_error *err)
{
    if (status == HTTP_OK) {
        return PK_OK;
    }
    size_t row = 0;
    while (statuses[row].first != 0 &&
           (status < statuses[row].first || status > statuses[row].last)) {
        row++;
    }
    return pk_error_set(err, statuses[row].code, where, "%s (HTTP %ld); %s", statuses[row].what,
                        status, statuses[row].remedy);
}

/* -- The body --------------------------------------------------------------------------------- */

static enum pk_code
no_answer(const char *where, const char *what, struct pk_error *err)
{
    return pk_error_set(err, PK_EINVAL, where, "the answer is none of Kea's: %s; %s", what,
                        not_kea);
}

static const struct pk_kea_value *
unwrap(const struct pk_kea_value *body)
{
    return body->kind == PK_KEA_LIST && body->count == 1 ? &body->items[0] : body;
}

enum pk_code
pk_kea_envelope(struct pk_pool *pool, const char *where, char *bytes, size_t count,
                struct pk_kea_answer *out, struct pk_error *err)
{
    struct pk_kea_value body;
    struct pk_error why = {0};
    if (count == 0) {
        return no_answer(where, "it is empty", err);
    }
    if (pk_kea_parse_in_place(pool, "answer", bytes, count, &body, &why) != PK_OK) {
        return pk_error_set(err, PK_EINVAL, where, "the answer is not the JSON of Kea: %s; %s",
                            why.message, not_kea);
    }
    const struct pk_kea_value *answer = unwrap(&body);
    const struct pk_kea_value *text = pk_kea_get(answer, "text");
    const struct pk_kea_value *arguments = pk_kea_get(answer, "arguments");
    int64_t result;
    if (answer->kind != PK_KEA_MAP) {
        return no_answer(where, "it is no list of one map", err);
    }
    if (!pk_kea_integer(answer, "result", &result) || result < PK_KEA_SUCCESS ||
        result > PK_KEA_CLASH) {
        return no_answer(where, "it has no `result` that is known", err);
    }
    if (text != NULL && text->kind != PK_KEA_STRING) {
        return no_answer(where, "its `text` is no text", err);
    }
    *out = (struct pk_kea_answer){
        .result = (enum pk_kea_result)result,
        .text = text != NULL ? text->text : "",
        .arguments = arguments != NULL ? *arguments : (struct pk_kea_value){.kind = PK_KEA_NULL},
    };
    return PK_OK;
}

/* -- Results ---------------------------------------------------------------------------------- */

/* By a part of what Kea says; the last row fits all. */
static const struct {
    const char *said;
    enum pk_code code;
    const char *remedy;
} refusals[] = {
    {"unable to forward command", PK_EAGAIN,
     "the control agent runs, the server behind it does not answer: start kea-dhcp4 or see its "
     "log"},
    {"forwarding socket is not configured", PK_EREFUSED,
     "give the control agent the socket of kea-dhcp4 under `control-sockets`"},
    {"not supported", PK_EREFUSED, "load the hook library that has this command"},
    {"", PK_EREFUSED, "see the log of the server"},
};

/* A server's words on one line: what a terminal might take for something else is a question mark.
 */
static const char *
words(char out[WORDS_BYTES], const char *text)
{
    size_t count = 0;
    for (; text[count] != '\0' && count < WORDS_BYTES - 1; count++) {
        out[count] = text[count];
        if (text[count] < PRINTABLE_FIRST || text[count] > PRINTABLE_LAST) {
            out[count] = '?';
        }
    }
    out[count] = '\0';
    return out;
}

enum pk_code
pk_kea_refusal(const struct pk_kea_answer *answer, const char *where, struct pk_error *err)
{
    char said[WORDS_BYTES];
    if (answer->result == PK_KEA_SUCCESS) {
        return PK_OK;
    }
    size_t row = 0;
    while (strstr(answer->text, refusals[row].said) == NULL) {
        row++;
    }
    return pk_error_set(err, refusals[row].code, where, "the server answers %d (%s); %s",
                        (int)answer->result,
                        answer->text[0] != '\0' ? words(said, answer->text) : "it gives no reason",
                        refusals[row].remedy);
}

/*
 * The generator changes files as accidents do (a line lost, moved, doubled or indented, a bracket
 * or quote lost, a merge marker left) and as attackers would (bytes, alias bombs, deep nesting).
 * Its numbers come from a generator of its own, so that a failure comes back with its seed.
 */
#include "malformed.h"

#include <string.h>

#include "base/text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define PAIR            "relationships:\n  campus: {servers: [a, b]}\n"
#define SCOPE           PAIR "scopes:\n  - subnet: 10.0.0.0/24\n    relationship: campus\n"

const struct malformed_file malformed_files[] = {
    /* Syntax, as people break it. */
    {"relationships", NULL, 0, "wrong-type"},
    {"relationships: {", NULL, 0, "syntax"},
    {"relationships: [", NULL, 0, "syntax"},
    {"relationships: }", NULL, 0, "syntax"},
    {"scopes: [}", NULL, 0, "syntax"},
    {"scopes: \"unended", NULL, 0, "syntax"},
    {"scopes: 'unended", NULL, 0, "syntax"},
    {"scopes:\n\t- subnet: 10.0.0.0/24\n", NULL, 0, "syntax"},
    {"scopes: a: b\n", NULL, 0, "syntax"},
    {"- a\nscopes: []\n", NULL, 0, "syntax"},
    {"scopes: []\n- a\n", NULL, 0, "syntax"},
    {"scopes: []\n  x: 1\n", NULL, 0, "syntax"},
    {"scopes: \"\\q\"\n", NULL, 0, "syntax"},
    {"scopes: \"\\x4\"\n", NULL, 0, "syntax"},
    {"scopes: @x\n", NULL, 0, "syntax"},
    {"scopes: `x`\n", NULL, 0, "syntax"},
    {"<<<<<<< ours\nscopes: []\n=======\nscopes: []\n>>>>>>> theirs\n", NULL, 0, "syntax"},
    {"{\"scopes\": [1,,2]}", NULL, 0, "syntax"},
    {"<html><body>404</body></html>\n", NULL, 0, "wrong-type"},
    {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", NULL, 0, "wrong-type"},
    {"*", NULL, 0, "syntax"},
    {"&", NULL, 0, "syntax"},
    {"!", NULL, 0, "tag"},
    {"scopes: |9x\n", NULL, 0, "syntax"},
    {"? scopes\n? scopes\n", NULL, 0, "empty-value"},
    /* Constructs that are not read. */
    {"scopes: &a []\n", NULL, 0, "anchor"},
    {"scopes: *a\n", NULL, 0, "anchor"},
    {"scopes: !!seq []\n", NULL, 0, "tag"},
    {"scopes: !<tag:yaml.org,2002:python/object/apply:os.system> [id]\n", NULL, 0, "tag"},
    {"%YAML 1.1\n---\nscopes: []\n", NULL, 0, "directive"},
    {"%TAG ! tag:x,2000:\n", NULL, 0, "directive"},
    {"scopes: []\n---\nscopes: []\n", NULL, 0, "second-document"},
    {"<<: {scopes: []}\n", NULL, 0, "anchor"},
    {"[scopes]: []\n", NULL, 0, "wrong-type"},
    {"{a: b}: c\n", NULL, 0, "wrong-type"},
    {"scopes: []\nscopes: []\n", NULL, 0, "duplicate-key"},
    {"scopes:\n", NULL, 0, "empty-value"},
    {"\"\": 1\n", NULL, 0, "unknown-key"},
    {"scope: []\n", NULL, 0, "unknown-key"},
    {"scopes: {}\n", NULL, 0, "wrong-type"},
    {"relationships: []\n", NULL, 0, "wrong-type"},
    {"scopes: [[]]\n", NULL, 0, "wrong-type"},
    {"scopes: [null]\n", NULL, 0, "wrong-type"},
    {"null\n", NULL, 0, "wrong-type"},
    {"[]\n", NULL, 0, "wrong-type"},
    {"\xef\xbb\xbfscopes: []\n", NULL, 0, "not-utf8"},
    {"scopes: \"\xc0\x80\"\n", NULL, 0, "not-utf8"},
    {"scopes: \"\xed\xa0\x80\"\n", NULL, 0, "not-utf8"},
    {"scopes: \"\xf4\x90\x80\x80\"\n", NULL, 0, "not-utf8"},
    {"scopes: \"\xe2\x80\xa8\"\n", NULL, 0, "not-utf8"},
    {"scopes: \"\\0\"\n", NULL, 0, "not-utf8"},
    {"scopes: \x1b[2J\n", NULL, 0, "not-utf8"},
    {"scopes: \x7f\n", NULL, 0, "not-utf8"},
    /* What is long, deep or many. */
    {"", "[", 250000, "too-deep"},
    {"", "{", 250000, "too-deep"},
    {"", "- ", 100000, "too-deep"},
    {"", "{? ", 80000, "too-deep"},
    {"", "? ", 100000, "too-deep"},
    {"", "[{", 100000, "too-deep"},
    {"", "a: {", 60000, "too-deep"},
    {"", "%TAG !a! tag:a,2000:\n", 10000, "directive"},
    {"scopes: [", "&a ", 80000, "syntax"},
    {"scopes: [", "*a,", 80000, "anchor"},
    {"scopes: [&a [x]", ",*a", 80000, "anchor"},
    {"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", NULL, 0, "anchor"},
    {"", "a: 1\n", 50000, "duplicate-key"},
    {"scopes:\n", "  - {}\n", 20000, "missing-key"},
    {"scopes:\n", "  - []\n", 20000, "wrong-type"},
    {"scopes: [", ",", 200000, "syntax"},
    {"scopes: \"", "\\n", 100000, "syntax"},
    {"scopes: '", "x", 260000, "syntax"},
    {"", "'", 250001, "syntax"},
    {"", "\"", 250001, "syntax"},
    {"", "!", 250000, "tag"},
    {"", "#\n", 131073, "too-large"},
    {"", "x", 262145, "too-large"},
    {"scopes: |\n", "  x\n", 60000, "wrong-type"},
    {"scopes: ", "x ", 100000, "wrong-type"},
    {"", "---\n", 60000, "second-document"},
    {SCOPE "    name: ", "x", 200000, "out-of-range"},
    {SCOPE "    ranges:\n", "      - 10.0.0.9\n", 10000, "range-overlap"},
    {SCOPE "    options:\n", "      routers: [10.0.0.1]\n", 9000, "duplicate-key"},
    {SCOPE "    kea: {a: ", "[", 200, "too-deep"},
    /* Values at and beyond the edge. */
    {SCOPE "    lease-time: 4294967296\n", NULL, 0, "bad-value"},
    {SCOPE "    lease-time: 99999999999999999999999s\n", NULL, 0, "bad-value"},
    {SCOPE "    lease-time: -1\n", NULL, 0, "bad-value"},
    {SCOPE "    lease-time: 1e3\n", NULL, 0, "bad-value"},
    {SCOPE "    id: 0\n", NULL, 0, "out-of-range"},
    {SCOPE "    id: 4294967295\n", NULL, 0, "out-of-range"},
    {SCOPE "    id: 0x10\n", NULL, 0, "bad-value"},
    {SCOPE "    ranges: [0.0.0.0-255.255.255.255]\n", NULL, 0, "range-outside-subnet"},
    {SCOPE "    ranges: [10.0.0.9-10.0.0.1]\n", NULL, 0, "range-order"},
    {SCOPE "    ranges: [10.0.0.256]\n", NULL, 0, "bad-value"},
    {SCOPE "    ranges: [10.0.0.010]\n", NULL, 0, "bad-value"},
    {SCOPE "    ranges: [\"::1\"]\n", NULL, 0, "bad-value"},
    {SCOPE "    state: yes\n", NULL, 0, "bad-value"},
    {SCOPE "    options: {routers: [1.2.3]}\n", NULL, 0, "option-value"},
    {SCOPE "    options: {\"256\": [x]}\n", NULL, 0, "option-unknown"},
    {SCOPE "    reservations: [{mac: \"00:1g\", ip: 10.0.0.9}]\n", NULL, 0, "bad-value"},
    {SCOPE "    reservations: [{ip: 10.0.0.9}]\n", NULL, 0, "reservation-identifier"},
    {SCOPE "    name: \"a\\nb\"\n", NULL, 0, "bad-value"},
    {SCOPE "    name: \"\\e[2J\"\n", NULL, 0, "bad-value"},
    {SCOPE "    relationship: \"../../etc/passwd\"\n", NULL, 0, "duplicate-key"},
    {PAIR "scopes: [{subnet: 10.0.0.0/33, relationship: campus}]\n", NULL, 0, "bad-value"},
    {PAIR "scopes: [{subnet: 10.0.0.1/24, relationship: campus}]\n", NULL, 0, "host-bits"},
    {PAIR "scopes: [{subnet: 10.0.0.0/-1, relationship: campus}]\n", NULL, 0, "bad-value"},
    {PAIR "scopes: [{subnet: ../etc, relationship: campus}]\n", NULL, 0, "bad-value"},
    {"relationships: {\"../x\": {servers: [a, b]}}\n", NULL, 0, "bad-value"},
    {"relationships: {\"a b\": {servers: [a, b]}}\n", NULL, 0, "bad-value"},
    {"relationships: {a: {servers: [a, a]}}\n", NULL, 0, "servers-equal"},
    {"relationships: {a: {servers: [a]}}\n", NULL, 0, "bad-value"},
    {"relationships: {a: {servers: [\"$(id)\", \"`id`\"]}}\n", NULL, 0, "bad-value"},
};
const size_t malformed_file_count = COUNT_OF(malformed_files);

const char *
malformed_text(struct pk_pool *pool, const struct malformed_file *file, size_t *size)
{
    struct pk_text text = {.pool = pool};
    pk_text_add(&text, file->text);
    for (size_t i = 0; i < file->repeat; i++) {
        pk_text_add(&text, file->more);
    }
    *size = text.count;
    return pk_text_end(&text);
}

/* -- The generator -- */

size_t
dice_roll(struct dice *dice, size_t limit)
{
    dice->state ^= dice->state << 13; /* xorshift: any seed but 0 */
    dice->state ^= dice->state >> 7;
    dice->state ^= dice->state << 17;
    return limit != 0 ? (size_t)(dice->state % limit) : 0;
}

struct mutation {
    struct pk_pool *pool;
    struct dice *dice;
    const char *bytes;
    size_t size;
};

/* @p mutation with @p length bytes at @p at replaced. */
static void
replace(struct mutation *mutation, size_t at, size_t length, const char *with, size_t with_length)
{
    struct pk_text text = {.pool = mutation->pool};
    pk_text_add_bytes(&text, mutation->bytes, at);
    pk_text_add_bytes(&text, with, with_length);
    pk_text_add_bytes(&text, mutation->bytes + at + length, mutation->size - at - length);
    mutation->size = text.count;
    mutation->bytes = pk_text_end(&text);
}

/* Some line, its end included. */
static size_t
choose_line(const struct mutation *mutation, size_t *length)
{
    size_t start = dice_roll(mutation->dice, mutation->size);
    while (start > 0 && mutation->bytes[start - 1] != '\n') {
        start--;
    }
    const char *end = memchr(mutation->bytes + start, '\n', mutation->size - start);
    *length = end != NULL ? (size_t)(end - mutation->bytes) - start + 1 : mutation->size - start;
    return start;
}

static void
insert_text(struct mutation *mutation)
{
    static const char *const texts[] = {
        ":",    "\t", "{",      "}",        "[",   "]",      "\"",        "'",
        "&a ",  "*a", "!!str ", "- ",       "\n",  "\n%X\n", "\n---\n",   "null",
        "<<: ", "#",  "|",      "99999999", "-1",  "\x1b",   "\xff",      "\xc2\x85",
        "\r",   "0",  ", ",     "? ",       "/33", "\\",     "=======\n", ".",
    };
    const char *text = texts[dice_roll(mutation->dice, COUNT_OF(texts))];
    replace(mutation, dice_roll(mutation->dice, mutation->size + 1), 0, text, strlen(text));
}

static void
lose_bytes(struct mutation *mutation)
{
    enum { MOST = 8 };
    size_t at = dice_roll(mutation->dice, mutation->size);
    size_t length = dice_roll(mutation->dice, MOST) + 1;
    size_t left = mutation->size - at;
    replace(mutation, at, length < left ? length : left, "", 0);
}

static void
change_byte(struct mutation *mutation)
{
    enum { BYTES = 256 };
    char byte = (char)dice_roll(mutation->dice, BYTES);
    size_t at = dice_roll(mutation->dice, mutation->size);
    replace(mutation, at, mutation->size != 0 ? 1 : 0, &byte, 1);
}

static void
lose_line(struct mutation *mutation)
{
    size_t length, at = choose_line(mutation, &length);
    replace(mutation, at, length, "", 0);
}

static void
repeat_line(struct mutation *mutation)
{
    size_t length, at = choose_line(mutation, &length);
    replace(mutation, at, 0, mutation->bytes + at, length);
}

static void
move_line(struct mutation *mutation)
{
    size_t length, at = choose_line(mutation, &length);
    const char *line = pk_strndup(mutation->pool, mutation->bytes + at, length);
    replace(mutation, at, length, "", 0);
    size_t other_length, other = choose_line(mutation, &other_length);
    replace(mutation, other, 0, line, length);
}

static void
indent_line(struct mutation *mutation)
{
    size_t length, at = choose_line(mutation, &length);
    replace(mutation, at, 0, "   ", 1 + dice_roll(mutation->dice, 3));
}

static void
cut_off(struct mutation *mutation)
{
    mutation->size = dice_roll(mutation->dice, mutation->size + 1);
}

const char *
mutate(struct pk_pool *pool, struct dice *dice, const char *bytes, size_t size, size_t *mutant_size)
{
    static void (*const ways[])(struct mutation *) = {
        insert_text, lose_bytes, change_byte, lose_line,
        repeat_line, move_line,  indent_line, cut_off,
    };
    enum { MOST_MISTAKES = 3 };
    struct mutation mutation = {.pool = pool, .dice = dice, .bytes = bytes, .size = size};
    size_t mistakes = 1 + dice_roll(dice, MOST_MISTAKES);
    for (size_t i = 0; i < mistakes; i++) {
        ways[dice_roll(dice, COUNT_OF(ways))](&mutation);
    }
    *mutant_size = mutation.size;
    return mutation.bytes;
}

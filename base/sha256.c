/*
 * One-shot only: what is hashed is always small and already in one piece.
 *
 * By the functions that libcrypto calls deprecated: those that it prefers look the algorithm up
 * under a lock for each text, which costs more than hashing a scope, and may fail.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/sha.h>

static void *
allocate(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    void *at = bytes != 0 ? malloc(bytes) : NULL;
    if (at == NULL && bytes != 0) {
        pk_out_of_memory();
    }
    return at;
}

static void *
resize(void *at, size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    if (bytes == 0) {
        free(at);
        return NULL;
    }
    void *larger = realloc(at, bytes);
    if (larger == NULL) {
        pk_out_of_memory();
    }
    return larger;
}

static void
release(void *at, const char *file, int line)
{
    (void)file;
    (void)line;
    free(at);
}

void
pk_sha256_start(void)
{
    CRYPTO_set_mem_functions(allocate, resize, release);
}

void
pk_sha256_stop_thread(void)
{
    OPENSSL_thread_stop();
}

struct pk_sha256
pk_sha256_of(const void *data, size_t bytes)
{
    struct pk_sha256 hash;
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, data, bytes);
    SHA256_Final(hash.bytes, &state);
    return hash;
}

bool
pk_sha256_equal(const struct pk_sha256 *a, const struct pk_sha256 *b)
{
    return memcmp(a->bytes, b->bytes, PK_SHA256_BYTES) == 0;
}

bool
pk_sha256_is_zero(const struct pk_sha256 *hash)
{
    static const struct pk_sha256 zero;
    return pk_sha256_equal(hash, &zero);
}

static const char digits[] = "0123456789abcdef";

char *
pk_sha256_hex(char out[PK_SHA256_HEX_BYTES], const struct pk_sha256 *hash)
{
    for (size_t i = 0; i < PK_SHA256_BYTES; i++) {
        out[2 * i] = digits[hash->bytes[i] >> 4];
        out[2 * i + 1] = digits[hash->bytes[i] & 15];
    }
    out[PK_SHA256_HEX_BYTES - 1] = '\0';
    return out;
}

const char *
pk_sha256_text(struct pk_pool *pool, const struct pk_sha256 *hash)
{
    return pk_sha256_hex(pk_alloc(pool, PK_SHA256_HEX_BYTES), hash);
}

bool
pk_sha256_parse(const char *hex, struct pk_sha256 *hash)
{
    struct pk_sha256 value;
    if (strlen(hex) != PK_SHA256_HEX_BYTES - 1) {
        return false;
    }
    for (size_t i = 0; i < PK_SHA256_BYTES; i++) {
        const char *high = strchr(digits, hex[2 * i]), *low = strchr(digits, hex[2 * i + 1]);
        if (high == NULL || low == NULL) {
            return false;
        }
        value.bytes[i] = (unsigned char)((high - digits) << 4 | (low - digits));
    }
    *hash = value;
    return true;
}

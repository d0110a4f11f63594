/**
 * @file
 * UTF-8, strictly: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
#ifndef PK_BASE_UTF8_H
#define PK_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * The code point at @p at.
 * @param left  bytes that may be read, >= 1; in a terminated text any large number will do: a zero
 *              byte ends every sequence
 * @return its length in bytes; 0 when the bytes are no UTF-8, @p point is then untouched
 */
size_t pk_utf8_decode(const char *at, size_t left, uint32_t *point);

enum { PK_UTF8_BYTES_MAX = 4 };

/**
 * Writes @p point, a Unicode scalar value, to @p to, which has room for PK_UTF8_BYTES_MAX bytes.
 * @return its length in bytes
 */
size_t pk_utf8_encode(char *to, uint32_t point);

#endif

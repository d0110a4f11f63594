/**
 * @file
 * Text to numbers, strictly: the whole text, plain decimal, within stated limits.
 *
 * Nothing here guesses: no sign unless said, no leading zeros, no hexadecimal, no spaces.
 */
#ifndef PK_BASE_NUMBER_H
#define PK_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/pool.h"

/** DHCP's "for ever" (RFC 2131 3.3), written `unlimited`. */
#define PK_DURATION_UNLIMITED UINT32_MAX

/** @return false when @p text is not a decimal number within min..max; @p out is then untouched */
bool pk_parse_number(const char *text, int64_t min, int64_t max, int64_t *out);

/** `90s`, `15m`, `8h`, `2d`, plain seconds or `unlimited`, to seconds. */
bool pk_parse_duration(const char *text, uint32_t *seconds);

/** The shortest exact form: 28800 → "8h", 90 → "90s", 4294967295 → "unlimited", 0 → "0s". */
const char *pk_format_duration(struct pk_pool *pool, uint32_t seconds);

#endif

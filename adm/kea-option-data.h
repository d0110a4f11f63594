/**
 * @file
 * Lists of Kea's `option-data` where no typed field holds them: in pools, and what a field of ours
 * cannot hold.
 */
#ifndef PK_ADM_KEA_OPTION_DATA_H
#define PK_ADM_KEA_OPTION_DATA_H

#include <stdbool.h>

#include "adm/option.h"
#include "base/pool.h"

/**
 * The canonical list: a standard option by its name, any other by its code; without what Kea adds;
 * bytes in lower case without separators; texts between commas without blanks; sorted by space and
 * option.
 * @param text  canonical JSON text; what is no list of options comes back as it is
 */
const char *pk_kea_option_data_canonical(struct pk_pool *pool, const char *text);

/**
 * The way back: options by their codes, because names are the server's own, and each says whether
 * its data is text or bytes, because that depends on the server's definitions.
 * @param text  a canonical list
 */
const char *pk_kea_option_data_spelled(struct pk_pool *pool, const char *text);

/**
 * Does every release of Kea define this standard option, so that its text means the same to all?
 * Any other is told to a server as bytes.
 */
bool pk_kea_always_defines(const struct pk_option *option);

/**
 * The text of Kea's `data` cut at its commas as Kea does it: blanks around a value go, `\,` is a
 * comma, nothing between two commas is no value.
 * @return how many; the values in @p pool at @p out
 */
size_t pk_kea_option_tokens(struct pk_pool *pool, const char *data, const char *const **out);

/**
 * The bytes of hexadecimal `data` in any form that Kea takes (0a0b, 0x0A0B, 0a:0b, 0a 0b, 'text',
 * and an odd digit in front) as lower-case digits without separators; NULL when it is none.
 */
const char *pk_kea_option_hex(struct pk_pool *pool, const char *data);

#endif

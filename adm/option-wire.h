/**
 * @file
 * Option values as the bytes that clients get.
 */
#ifndef PK_ADM_OPTION_WIRE_H
#define PK_ADM_OPTION_WIRE_H

#include "adm/option.h"

/**
 * The payload of an option in lower-case hexadecimal.
 * @param option  NULL = no definition: its one value is hexadecimal already
 * @param values  canonical array (adm/option.h), without flags around it
 * @return NULL when @p values is no canonical array of the option's type
 */
const char *
pk_option_wire(struct pk_pool *pool, const struct pk_option *option, const char *values);

#endif

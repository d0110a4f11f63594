/**
 * @file
 * What may stand in a file at all, judged before any parser sees it.
 */
#ifndef PK_DESIRED_STATE_BYTES_H
#define PK_DESIRED_STATE_BYTES_H

#include <stdint.h>

#include "desired-state/diagnostics.h"

/** May this character stand in a file?  Not: invisible line breaks, marks and controls. */
bool pk_character_acceptable(uint32_t point);

/**
 * UTF-8 without byte order mark; no control characters but tab and line break; no line that begins
 * with `%`.
 * @return false with the first offence in @p diagnostics
 */
bool pk_bytes_acceptable(const char *file, const char *bytes, size_t size,
                         struct pk_diagnostics *diagnostics);

#endif

/**
 * @file
 * Values as YAML that the strict reader (desired-state/document.h) reads back the same, and that
 * any other reader of YAML takes for the same: quoted where one of them needs it, else plain.
 *
 * Whatever is written stays on one line and holds no character that a file may not hold, so lines
 * can be counted and put behind a `#`.
 */
#ifndef PK_AGENT_YAML_TEXT_H
#define PK_AGENT_YAML_TEXT_H

#include "base/json.h"
#include "base/text.h"

enum pk_yaml_place {
    PK_YAML_BLOCK, /**< behind `key: ` or `- `, or a key at the beginning of a line */
    PK_YAML_FLOW,  /**< between brackets or braces                                  */
};

/** A text; bytes that are not UTF-8 become U+FFFD. */
void pk_yaml_add_text(struct pk_text *out, const char *text, enum pk_yaml_place place);

/** Any JSON value: texts as above, lists and mappings between brackets and braces. */
void pk_yaml_add_json(struct pk_text *out, json_t *value, enum pk_yaml_place place);

/** Text for people behind a `#`: as it is, but for characters that a file may not hold. */
void pk_yaml_add_remark(struct pk_text *out, const char *text);

#endif

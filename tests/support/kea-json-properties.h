/**
 * @file
 * What must hold for whatever the JSON reader is given: jansson in strict mode is the judge.
 */
#ifndef PK_TESTS_KEA_JSON_PROPERTIES_H
#define PK_TESTS_KEA_JSON_PROPERTIES_H

#include <stddef.h>

/**
 * The strict reader takes what jansson takes and nothing else, but that its strings need not be
 * UTF-8; both read the same; what is printed or made canonical reads the same again.
 * @return the property that is broken, or NULL
 */
const char *pk_kea_json_defect(const char *bytes, size_t count);

#endif

/**
 * @file
 * For every check of drivers/kea-checks.h one server (or pair) that it finds and one, just beside
 * it, that it does not.
 *
 * JSON with ' for ".  Keys of a server: version, dhcp4, commands, status, url, password (bool),
 * answers-all (bool), clock-ahead, unsaved.
 */
#ifndef PK_TESTS_KEA_CHECK_EXAMPLES_H
#define PK_TESTS_KEA_CHECK_EXAMPLES_H

#include <stddef.h>

struct kea_example {
    const char *code, *finds, *passes;
};

struct kea_pair_example {
    const char *code, *finds[2], *passes[2];
};

extern const struct kea_example kea_examples[];
extern const size_t kea_example_count;
extern const struct kea_pair_example kea_pair_examples[];
extern const size_t kea_pair_example_count;

#endif

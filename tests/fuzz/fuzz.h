/**
 * @file
 * What every fuzz target shares.  A target is one file `fuzz-NAME.c` with LLVMFuzzerTestOneInput();
 * it runs under libFuzzer, or over the files of its corpus when linked with replay.c.
 */
#ifndef PK_TESTS_FUZZ_H
#define PK_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/** The entry that libFuzzer calls; always answers 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/** Prints @p defect and aborts, unless it is NULL. */
void insist_on_none(const char *defect);

#endif

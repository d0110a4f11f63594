/*
 * From ISC's advisories (kb.isc.org/docs/cve-…) and release notes.  ISC examines supported series
 * only and calls older ones believed to be affected: hence a row that begins with the first
 * version, and an end of life is a finding of its own.
 */
#include "drivers/kea-versions.h"

static const char code_and_files[] = "whoever reaches the API can load code and overwrite files";
static const char code_and_files_believed[] = "whoever reaches the API can load code and overwrite "
                                              "files (believed: the series had ended when "
                                              "this came up)";
static const char packet[] = "one packet of a client stops the server";
static const char host_name[] = "the host name of a client stops the server";
static const char message[] = "a message to the control socket or the HA listener stops the server";

#define CODE_AND_FILES "CVE-2025-32801, -32802, -32803"

const struct pk_kea_weakness pk_kea_weaknesses[] = {
    {{0, 0, 1}, {2, 4, 0}, {2, 4, 2}, CODE_AND_FILES, code_and_files_believed},
    {{2, 4, 0}, {2, 4, 2}, {2, 4, 2}, CODE_AND_FILES, code_and_files},
    {{2, 5, 0}, {2, 6, 3}, {2, 6, 3}, CODE_AND_FILES, code_and_files},
    {{2, 7, 0}, {2, 7, 9}, {2, 7, 9}, CODE_AND_FILES, code_and_files},
    {{2, 7, 1}, {3, 0, 1}, {3, 0, 1}, "CVE-2025-40779", packet},
    {{3, 1, 0}, {3, 1, 1}, {3, 1, 1}, "CVE-2025-40779", packet},
    {{3, 0, 1}, {3, 0, 2}, {3, 0, 2}, "CVE-2025-11232", host_name},
    {{3, 1, 1}, {3, 1, 3}, {3, 1, 3}, "CVE-2025-11232", host_name},
    {{2, 6, 0}, {2, 6, 5}, {2, 6, 5}, "CVE-2026-3608", message},
    {{3, 0, 0}, {3, 0, 3}, {3, 0, 3}, "CVE-2026-3608", message},
};
const size_t pk_kea_weakness_count = sizeof pk_kea_weaknesses / sizeof pk_kea_weaknesses[0];

/* A series is mended until two newer stable ones are out: 3.0 and 3.2 are. */
const struct pk_kea_version pk_kea_oldest_supported = {3, 0, 0};

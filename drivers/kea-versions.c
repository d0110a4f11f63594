/*
 * From ISC's advisories (kb.isc.org/docs/cve-…) and release notes.  They judge supported series
 * only: what is older than the first row of a weakness was not examined, which is one reason why an
 * end of life is a finding of its own.
 */
#include "drivers/kea-versions.h"

const struct pk_kea_weakness pk_kea_weaknesses[] = {
    {{0, 0, 1}, {1, 6, 0}, "CVE-2019-6472, -6473, -6474", "crafted packets stop the server"},
    /* May 2025: 2.4.2, 2.6.3, 2.7.9; the advisory says that older series have it as well */
    {{0, 0, 1},
     {2, 4, 2},
     "CVE-2025-32801, -32802, -32803",
     "whoever reaches the API can load code and overwrite files; files readable by all"},
    {{2, 5, 0},
     {2, 6, 3},
     "CVE-2025-32801, -32802, -32803",
     "whoever reaches the API can load code and overwrite files; files readable by all"},
    {{2, 7, 0},
     {2, 7, 9},
     "CVE-2025-32801, -32802, -32803",
     "whoever reaches the API can load code and overwrite files; files readable by all"},
    {{2, 7, 1}, {3, 0, 1}, "CVE-2025-40779", "one packet of a client stops the server"},
    {{3, 1, 0}, {3, 1, 1}, "CVE-2025-40779", "one packet of a client stops the server"},
    {{3, 0, 1}, {3, 0, 2}, "CVE-2025-11232", "a client's host name stops the server"},
    {{3, 1, 1}, {3, 1, 3}, "CVE-2025-11232", "a client's host name stops the server"},
    {{2, 6, 0},
     {2, 6, 5},
     "CVE-2026-3608",
     "a message to the control socket or the HA listener stops the server"},
    {{2, 7, 0},
     {3, 0, 3},
     "CVE-2026-3608",
     "a message to the control socket or the HA listener stops the server"},
};
const size_t pk_kea_weakness_count = sizeof pk_kea_weaknesses / sizeof pk_kea_weaknesses[0];

/* A series is mended until two newer stable ones are out: 3.0 and 3.2 are. */
const struct pk_kea_version pk_kea_oldest_supported = {3, 0, 0};

/* A broken property ends the run as a crash does, so that libFuzzer keeps and reduces the input. */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

void
insist_on_none(const char *defect)
{
    if (defect != NULL) {
        fprintf(stderr, "broken property: %s\n", defect);
        abort();
    }
}

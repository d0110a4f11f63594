/*
 * What the agent's main does with its hidden first argument, alone: the program that a fetch
 * starts in these tests.
 */
#include <stdlib.h>
#include <string.h>

#include "desired-state/repository.h"

int
main(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], PK_FETCH_HELPER_VERB) == 0
               ? pk_repository_fetch_helper(argc, argv)
               : EXIT_FAILURE;
}

/*
 * Damerau-Levenshtein (adjacent letters swapped count once: `lease-tmie`).  A third of the letters
 * may be wrong, else the guess would be noise.
 */
#include "base/nearest.h"

#include <string.h>

enum { LONGEST_NAME = 63 };

static size_t
smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static size_t
edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST_NAME + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++) {
        above[j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j]) {
                row[j] = before[j - 2] + 1;
            }
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_length];
}

void
pk_nearest_offer(struct pk_nearest *nearest, const char *known)
{
    size_t wanted_length = strlen(nearest->wanted), known_length = strlen(known);
    if (wanted_length > LONGEST_NAME || known_length > LONGEST_NAME || wanted_length == 0) {
        return;
    }
    size_t distance = edit_distance(nearest->wanted, wanted_length, known, known_length);
    size_t allowed = (wanted_length > known_length ? wanted_length : known_length) / 3;
    if (allowed == 0) {
        allowed = 1;
    }
    if (distance <= allowed && (nearest->best == NULL || distance < nearest->best_distance)) {
        nearest->best = known;
        nearest->best_distance = distance;
    }
}

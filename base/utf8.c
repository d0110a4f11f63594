/* One decoder for everybody who looks at text: what is shown, what is read, what becomes JSON. */
#include "base/utf8.h"

#include <stdbool.h>

enum {
    ASCII_END = 0x80,
    LEAD_FIRST = 0xc2, /* c0 and c1 only begin overlong forms */
    LEAD_OF_3 = 0xe0,
    LEAD_OF_4 = 0xf0,
    LEAD_LAST = 0xf4,
    CONTINUATION_MASK = 0xc0,
    CONTINUATION = 0x80,
    CONTINUATION_BITS = 6,
    PAYLOAD_MASK = 0x3f,
    SURROGATES_FIRST = 0xd800,
    SURROGATES_LAST = 0xdfff,
    UNICODE_LAST = 0x10ffff,
};

size_t
pk_utf8_decode(const char *at, size_t left, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length */
    const unsigned char lead = (unsigned char)at[0];
    if (lead < ASCII_END) {
        *point = lead;
        return 1;
    }
    size_t length = lead >= LEAD_OF_4 ? 4 : lead >= LEAD_OF_3 ? 3 : 2;
    if (lead < LEAD_FIRST || lead > LEAD_LAST || left < length) {
        return 0;
    }
    uint32_t value = lead & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        const unsigned char next = (unsigned char)at[i];
        if ((next & CONTINUATION_MASK) != CONTINUATION) {
            return 0;
        }
        value = value << CONTINUATION_BITS | (next & ~(uint32_t)CONTINUATION_MASK);
    }
    bool surrogate = value >= SURROGATES_FIRST && value <= SURROGATES_LAST;
    if (value < smallest[length] || surrogate || value > UNICODE_LAST) {
        return 0;
    }
    *point = value;
    return length;
}

size_t
pk_utf8_encode(char *to, uint32_t point)
{
    static const uint32_t ends[] = {ASCII_END, 0x800, 0x10000}; /* by length, from 1 */
    static const uint8_t leads[] = {0, 0xc0, LEAD_OF_3, LEAD_OF_4};
    size_t length = 1;
    while (length < PK_UTF8_BYTES_MAX && point >= ends[length - 1]) {
        length++;
    }
    for (size_t i = length - 1; i > 0; i--) {
        to[i] = (char)(CONTINUATION | (point & PAYLOAD_MASK));
        point >>= CONTINUATION_BITS;
    }
    to[0] = (char)(leads[length - 1] | point);
    return length;
}

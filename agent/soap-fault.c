/*
 * The shape of every fault that the protocol's servers answer with: the code is always the
 * sender's, the reason a fixed filler, and all that tells anything stands in one IpamException of
 * the detail. The two children of an exception are in no namespace, because the protocol's
 * exceptions were serialized by name and not by contract; what they hold is in the contract's
 * namespace again.
 */
#include "agent/soap-fault.h"

#include <stdbool.h>

#include "base/text.h"
#include "base/utf8.h"

enum {
    SURROGATES_FIRST = 0xd800,
    SURROGATES_LAST = 0xdfff,
    NONCHARACTERS_FIRST = 0xfffe,
    NONCHARACTERS_LAST = 0xffff
};

static const char replacement[] = "\xef\xbf\xbd";

static const char envelope_begin[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">\n"
    "  <s:Body>\n"
    "    <s:Fault>\n"
    "      <s:Code><s:Value>s:Sender</s:Value></s:Code>\n"
    "      <s:Reason><s:Text xml:lang=\"en-US\">No reason was given for this fault.</s:Text>"
    "</s:Reason>\n"
    "      <s:Detail>\n"
    "        <p:IpamException"
    " xmlns:p=\"http://schemas.datacontract.org/2004/07/Microsoft.Windows.Ipam\"\n"
    "            xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
    "            xmlns:ser=\"http://schemas.microsoft.com/2003/10/Serialization/\">";

static const char envelope_end[] = "</p:IpamException>\n"
                                   "      </s:Detail>\n"
                                   "    </s:Fault>\n"
                                   "  </s:Body>\n"
                                   "</s:Envelope>\n";

/* XML 1.0 has no way at all to write most control characters. */
static bool
is_xml(uint32_t point)
{
    if (point < ' ') {
        return point == '\t' || point == '\n' || point == '\r';
    }
    return (point < SURROGATES_FIRST || point > SURROGATES_LAST) && point != NONCHARACTERS_FIRST &&
           point != NONCHARACTERS_LAST;
}

static const char *
entity_of(uint32_t point)
{
    switch (point) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    case '\r': /* a reader would make a line feed of it */
        return "&#13;";
    default:
        return NULL;
    }
}

static void
add_escaped(struct pk_text *out, const char *text)
{
    uint32_t point = 0;
    for (size_t length; *text != '\0'; text += length) {
        length = pk_utf8_decode(text, SIZE_MAX, &point);
        if (length == 0 || !is_xml(point)) {
            pk_text_add(out, replacement);
            length = length == 0 ? 1 : length;
        } else if (entity_of(point) != NULL) {
            pk_text_add(out, entity_of(point));
        } else {
            pk_text_add_bytes(out, text, length);
        }
    }
}

static void
add_data(struct pk_text *out, int number, enum pk_fault_id id, const char *message)
{
    const char *type =
        id == PK_FAULT_GENERIC_ERROR_OCCURRED ? "IpamGenericExceptionData" : "IpamExceptionData";
    pk_text_addf(out, "<IpamExceptionData ser:Id=\"i%d\" i:type=\"p:%s\">", number, type);
    pk_text_addf(out, "<p:ExceptionId>%s</p:ExceptionId><p:ExceptionMessage>", pk_fault_name(id));
    add_escaped(out, message);
    pk_text_add(out, "</p:ExceptionMessage></IpamExceptionData>");
}

static const char no_inner[] = "<InnerIpamException i:nil=\"true\"/>";

const char *
pk_soap_fault(struct pk_pool *pool, const struct pk_fault *fault, const char *operation)
{
    struct pk_text out = {.pool = pool};
    bool nests = fault->outer != PK_FAULT_NONE && fault->inner != PK_FAULT_NONE;
    enum pk_fault_id outside = fault->outer != PK_FAULT_NONE ? fault->outer : fault->inner;
    pk_text_add(&out, envelope_begin);
    if (nests) {
        add_data(&out, 1, outside,
                 pk_sprintf(pool, "%s failed; the inner exception says why", operation));
        pk_text_add(&out, "<InnerIpamException i:type=\"p:IpamException\">");
        add_data(&out, 2, fault->inner, fault->message);
        pk_text_addf(&out, "%s</InnerIpamException>", no_inner);
    } else {
        add_data(&out, 1, outside, fault->message);
        pk_text_add(&out, no_inner);
    }
    pk_text_add(&out, envelope_end);
    return pk_text_end(&out);
}

/**
 * @file
 * A fault as the IPAM protocol puts it on the wire: a SOAP 1.2 envelope.
 */
#ifndef PK_AGENT_SOAP_FAULT_H
#define PK_AGENT_SOAP_FAULT_H

#include "adm/fault.h"
#include "base/pool.h"

/**
 * The envelope of @p fault: outside the operation that failed, inside the cause.  One document,
 * UTF-8, a line break at its end.  What XML cannot hold of the message becomes U+FFFD.
 * @param operation  what failed, for the message of the outer exception: "replicate-scope of
 * campus"
 */
const char *
pk_soap_fault(struct pk_pool *pool, const struct pk_fault *fault, const char *operation);

#endif

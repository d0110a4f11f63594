/**
 * @file
 * What stands around every answer of Kea: from the bytes of an HTTP body to the answer in it.
 *
 * Pure.  A daemon and the control agent wrap an answer in a list of one; a unix socket and what
 * goes wrong before a command is read are a bare map.
 */
#ifndef PK_DRIVERS_KEA_ENVELOPE_H
#define PK_DRIVERS_KEA_ENVELOPE_H

#include "drivers/kea-client.h"

/**
 * @param where  "server dhcp-a", for messages
 * @param bytes  taken apart (pk_kea_parse_in_place())
 * @return PK_OK; PK_EINVAL: no JSON, or no answer of a Kea server
 */
enum pk_code pk_kea_envelope(struct pk_pool *pool, const char *where, char *bytes, size_t count,
                             struct pk_kea_answer *out, struct pk_error *err);

/**
 * What an HTTP status other than 200 means and what to do about it.
 * @return PK_EACCESS, PK_EAGAIN or PK_EINVAL; PK_OK only for 200
 */
enum pk_code pk_kea_http_status(long status, const char *where, struct pk_error *err);

/**
 * A result other than success as a failure, with the server's own words and what to do.
 * @return PK_OK for success; PK_EAGAIN: the server behind the control agent is not there;
 *         PK_EREFUSED
 */
enum pk_code
pk_kea_refusal(const struct pk_kea_answer *answer, const char *where, struct pk_error *err);

#endif

/**
 * @file
 * A server is configured whole without a client unanswered: its partner answers for it meanwhile.
 *
 * Every config-set, whatever it changes, takes the server out of service until its next heartbeat.
 * So first the partner is told to serve both's scopes and the server none; then it is configured;
 * and when it is back in its normal state, the partner gives the scopes back.
 */
#ifndef PK_DRIVERS_KEA_COVER_H
#define PK_DRIVERS_KEA_COVER_H

#include "drivers/kea-client.h"

/** One HA relationship of the server that is to be configured. */
struct pk_kea_cover {
    const char *self, *partner;   /**< names of the peers                               */
    bool self_is_first, shares;   /**< primary; load balancing: both have a scope        */
    int64_t heartbeat_ms;         /**< of the server                                     */
    struct pk_kea_client *helper; /**< connection to the partner                         */
    bool begun;                   /**< the partner covers: set by pk_kea_cover_begin()    */
};

/**
 * The partner of each relationship takes over.  A pair that is not normal is left as it is: there
 * is nothing to hand over.
 * @return PK_OK; PK_EAGAIN, PK_EREFUSED: nothing is covered, what was begun is given back
 */
enum pk_code pk_kea_cover_begin(struct pk_kea_client *client, struct pk_kea_cover *covers,
                                size_t count, struct pk_error *err);

/**
 * Waits until the server is back, then each partner gives the scopes back, and both are waited for.
 * @return PK_OK; PK_EAGAIN: it does not come back in time, and the partners go on covering
 */
enum pk_code pk_kea_cover_end(struct pk_kea_client *client, struct pk_kea_cover *covers,
                              size_t count, struct pk_error *err);

/**
 * Gives back what a cover has left: a server in its normal state serves other scopes than its own.
 * It goes on with its partner's until that is back.  A pair that is all right is asked and not
 * touched.
 * @return PK_OK; PK_EAGAIN: the partner does not come back in time; else a server does not answer
 */
enum pk_code pk_kea_cover_mend(struct pk_kea_client *client, const struct pk_kea_cover *covers,
                               size_t count, struct pk_error *err);

/**
 * Around a config-set: the partners of load balancing hear no client while the server does not hear
 * them.  Kea ends the pause by itself when nobody else does.
 */
void pk_kea_cover_pause(const struct pk_kea_cover *covers, size_t count);
void
pk_kea_cover_resume(struct pk_kea_client *client, const struct pk_kea_cover *covers, size_t count);

#endif

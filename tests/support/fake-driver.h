/**
 * @file
 * A server that does what it is told to do wrong.
 *
 * It keeps rows in memory and is a real driver as long as nothing is scripted; the script says what
 * the embedded driver can never show: batches refused as one, lies, cut connections, edits between
 * two calls.
 */
#ifndef PK_TESTS_FAKE_DRIVER_H
#define PK_TESTS_FAKE_DRIVER_H

#include "base/text.h"
#include "drivers/driver.h"

enum { PK_FAKE_NEVER = -1 };

struct pk_fake_script {
    struct pk_capabilities capabilities;
    struct pk_prefix refuses;     /**< a put of this scope is refused, alone                 */
    struct pk_prefix poisons;     /**< any batch with a put of this scope is refused whole   */
    struct pk_prefix lies_about;  /**< takes the write, keeps another name for it            */
    struct pk_prefix cut_after;   /**< writes this one, then the connection is gone          */
    struct pk_prefix cut_unknown; /**< writes this one, but cannot say so                    */
    int fail_verify_at;           /**< the n-th verify fails, from 0; or PK_FAKE_NEVER       */
    /** Called before each write, for edits behind our back. */
    void (*before_write)(void *context, const struct pk_change *changes, size_t count);
    void *context;
    bool cannot_save; /**< persist fails                                             */
    size_t writes, verifies, saves; /**< calls so far                                       */
    size_t largest_batch; /**< offered in one call                                       */
    struct pk_text *log;  /**< `dhcp-a put 10.0.0.0/24\n` per change taken; NULL = none   */
};

extern const struct pk_driver pk_driver_fake;

/** The script of an open fake server, to be changed at any time. */
struct pk_fake_script *pk_fake_script_of(struct pk_server *server);

/** Edits a row behind our back: NULL row = removes it. */
void pk_fake_set(struct pk_server *server, struct pk_prefix subnet, const struct pk_row *row);

#endif

/**
 * @file
 * A Kea server's configuration taken and given back as a whole.  For the files of this driver only.
 */
#ifndef PK_DRIVERS_KEA_WHOLE_H
#define PK_DRIVERS_KEA_WHOLE_H

#include "drivers/kea-site.h"

struct pk_kea_whole {
    const struct pk_kea_site *site;
    struct pk_pool *pool;
    struct pk_kea_value had;    /**< as config-get answered it          */
    struct pk_observation seen; /**< what that means: rows, relations   */
};

/** Asks for it.  @p whole has its site and pool. */
enum pk_code pk_kea_whole_read(struct pk_kea_whole *whole, struct pk_error *err);

/**
 * Puts another in its place: tested first, the partners covering meanwhile; what was refused all
 * the same is answered by putting the old one back.
 * @return PK_OK; PK_EREFUSED: the server has what it had
 */
enum pk_code
pk_kea_whole_replace(struct pk_kea_whole *whole, struct pk_kea_cover *covers, size_t cover_count,
                     const struct pk_kea_value *wanted, struct pk_error *err);

#endif

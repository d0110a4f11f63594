/**
 * @file
 * A whole Kea configuration with some subnets exchanged.  Pure.
 */
#ifndef PK_DRIVERS_KEA_EDIT_H
#define PK_DRIVERS_KEA_EDIT_H

#include "adm/model.h"
#include "drivers/kea-config.h"

/** What takes the place of whatever has this prefix. */
struct pk_kea_edit {
    struct pk_prefix subnet;
    const struct pk_row *wanted; /**< NULL = goes */
};

/**
 * Is there, at any depth, an option 43 that is shown empty?  Given in bytes it is, and what is sent
 * back or saved is what is shown: its clients would get nothing any more.
 */
bool pk_kea_holds_lossy(const struct pk_kea_value *value);

/** PK_EREFUSED: says so, @p when it would be lost, and what to do. */
enum pk_code pk_kea_refuse_lossy(const char *when, struct pk_error *err);

/**
 * @param dhcp4  as config-get answers it
 * @param naming  what the agent calls the relationships that rows are linked to
 * @param old    spelled as Kea 2.2 does
 * @param out    in @p pool, borrowing from @p dhcp4; values that config-get only showed because
 * they are inherited are inherited again, so that nothing is frozen on the way
 * @return PK_OK; PK_EREFUSED: a scope that Kea cannot say, or something in the configuration that
 * it would lose on the way (an option 43 that it shows empty), with what to do
 */
enum pk_code
pk_kea_edit(struct pk_pool *pool, const struct pk_kea_value *dhcp4, const struct pk_kea_edit *edits,
            size_t count, const struct pk_kea_naming *naming, bool old, struct pk_kea_value *out,
            struct pk_error *err);

#endif

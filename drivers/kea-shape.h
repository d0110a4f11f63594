/**
 * @file
 * Is this what config-get of a running Kea answers?
 *
 * Pure.  A running server has written its configuration itself: lists are lists, every subnet has
 * its prefix and an id of its own, nothing that matters is left out.  What is otherwise comes from
 * something else, or from a server that is not in its right mind; it is refused whole before it can
 * be mistaken for a server without scopes.  Files are written by people and may be looser.
 */
#ifndef PK_DRIVERS_KEA_SHAPE_H
#define PK_DRIVERS_KEA_SHAPE_H

#include "drivers/kea-json.h"

/** @return PK_OK; PK_EINVAL with the place, as "Dhcp4.subnet4[3].pools is no list" */
enum pk_code
pk_kea_shape_check(const struct pk_kea_value *dhcp4, const char *where, struct pk_error *err);

#endif

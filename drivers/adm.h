/**
 * @file
 * The embedded server: the tables of the ADM are the server itself.
 *
 * For trying out, teaching and tests.  It behaves as a server that writes scope by scope, keeps its
 * relationships in rows that are ours to make, and has no pair states.
 */
#ifndef PK_DRIVERS_ADM_H
#define PK_DRIVERS_ADM_H

#include "drivers/driver.h"

extern const struct pk_driver pk_driver_adm;

#endif

/**
 * @file
 * A running Kea DHCPv4 server, asked over HTTP: its own control socket or its control agent.
 *
 * Reading only for now.
 */
#ifndef PK_DRIVERS_KEA_H
#define PK_DRIVERS_KEA_H

#include "drivers/driver.h"

extern const struct pk_driver pk_driver_kea;

#endif

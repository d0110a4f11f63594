/**
 * @file
 * A kea-dhcp4.conf, read as if it were a server.  Never written.
 */
#ifndef PK_DRIVERS_KEA_FILE_H
#define PK_DRIVERS_KEA_FILE_H

#include "drivers/driver.h"

extern const struct pk_driver pk_driver_kea_file;

#endif

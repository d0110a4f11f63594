/* The registry: a kind of server that is not listed here does not exist. */
#include "drivers/driver.h"

#include <string.h>

#include "drivers/adm.h"
#include "drivers/kea-file.h"
#include "drivers/kea.h"

const struct pk_driver *const pk_drivers[] = {
    &pk_driver_adm,
    &pk_driver_kea,
    &pk_driver_kea_file,
    NULL,
};

const struct pk_driver *
pk_driver_find(const char *name)
{
    for (const struct pk_driver *const *driver = pk_drivers; *driver != NULL; driver++) {
        if (strcmp((*driver)->name, name) == 0) {
            return *driver;
        }
    }
    return NULL;
}

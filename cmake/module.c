/* The one symbol a driver module exports. */
#include "drivers/driver.h"

extern const struct driver LOCKSTEP_DRIVER;
extern const struct driver *lockstep_driver(void);

__attribute__((visibility("default"))) const struct driver *lockstep_driver(void)
{
    return &LOCKSTEP_DRIVER;
}

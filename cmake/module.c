/* The one symbol a module exports. What its api points to is known to the part that loads it. */
#include "base/module.h"

extern const char LOCKSTEP_MODULE_API[];
extern const struct module_export *lockstep_module(void);

__attribute__((visibility("default"))) const struct module_export *lockstep_module(void)
{
    static const struct module_export module = {LOCKSTEP_MODULE_NAME, LOCKSTEP_VERSION, LOCKSTEP_MODULE_API};
    return &module;
}

/* Which module of the standard library has which table. */
#include "engine/alembic/vocabulary/std.h"

#define ONE(table)                                                                                           \
    (const struct py_def *const[])                                                                           \
    {                                                                                                        \
        table, NULL                                                                                          \
    }

static const struct py_def none[] = {{0}};

static const struct py_module_def modules[] = {
    {"datetime", ONE(std_datetime_defs), NULL},
    {"uuid", ONE(std_uuid_defs), NULL},
    {"json", ONE(std_json_defs), NULL},
    {"decimal", ONE(std_decimal_defs), NULL},
    {"enum", ONE(std_enum_defs), NULL},
    {"re", ONE(std_re_defs), NULL},
    {"logging", ONE(std_logging_defs), NULL},
    {"logging.config", ONE(none), NULL},
    {"loguru", ONE(std_loguru_defs), NULL},
    {"oslo_log", ONE(std_oslo_log_defs), NULL},
    {"oslo_log.log", ONE(std_logging_defs), NULL},
    {"structlog", ONE(std_structlog_defs), NULL},
    {"warnings", ONE(std_warnings_defs), NULL},
    {"typing", ONE(std_typing_defs), std_typing_getattr},
    {"typing_extensions", ONE(std_typing_defs), std_typing_getattr},
    {"collections.abc", ONE(none), std_typing_getattr},
    {"types", ONE(none), std_typing_getattr},
    {"os", ONE(std_os_defs), NULL},
    {"os.path", ONE(std_os_path_defs), NULL},
    {"sys", ONE(std_sys_defs), NULL},
    {"time", ONE(std_time_defs), NULL},
    {"_lockstep", ONE(std_library_defs), NULL},
};

const struct py_module_def *std_module(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    return NULL;
}

/* Modules of the standard library, and of a plug-in, that are written in Python themselves:
 * library/<name>.py. */
#include "engine/alembic/vocabulary/library/sql.h"
#include "engine/alembic/vocabulary/std.h"

static pyv refuse(struct py *py, UNUSED pyv self, const struct py_args *args)
{
    const char *what = args->npos == 1 ? py_cstr(py, args->pos[0]) : NULL;
    return py_refuse(py, "%s", what ? what : "");
}

/* The module _lockstep: how a module that is written in Python refuses. */
const struct py_def std_refuse_defs[] = {{"refuse", PY_DEF_FUNCTION, refuse, NULL, NULL}, {0}};

const char *vocab_source(const char *name)
{
    static const struct {
        const char *name, *text;
    } modules[] = {
        {"abc", sql_library_abc},
        {"alembic_postgresql_enum", sql_library_alembic_postgresql_enum},
        {"collections", sql_library_collections},
        {"contextlib", sql_library_contextlib},
        {"copy", sql_library_copy},
        {"dataclasses", sql_library_dataclasses},
        {"functools", sql_library_functools},
        {"itertools", sql_library_itertools},
        {"operator", sql_library_operator},
        {"string", sql_library_string},
        {"textwrap", sql_library_textwrap},
    };
    for (size_t i = 0; i < COUNT_OF(modules); i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return modules[i].text;
        }
    }
    return NULL;
}

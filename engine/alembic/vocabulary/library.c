/* Modules of the standard library that are written in Python themselves: library/<name>.py. */
#include "engine/alembic/vocabulary/library/sql.h"
#include "engine/alembic/vocabulary/vocab.h"

const char *vocab_source(const char *name)
{
    static const struct {
        const char *name, *text;
    } modules[] = {
        {"abc", sql_library_abc},
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

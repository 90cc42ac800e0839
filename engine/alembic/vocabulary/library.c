/* Modules of the standard library, and of a plug-in, that are written in Python themselves:
 * library/<name>.py. */
#include "engine/alembic/vocabulary/library/sql.h"
#include "engine/alembic/vocabulary/vocab.h"

const char *vocab_source(const char *name)
{
    static const struct {
        const char *name, *text;
    } modules[] = {
        {"_typing", sql_library__typing},
        {"abc", sql_library_abc},
        {"alembic_postgresql_enum", sql_library_alembic_postgresql_enum},
        {"base64", sql_library_base64},
        {"binascii", sql_library_binascii},
        {"collections", sql_library_collections},
        {"contextlib", sql_library_contextlib},
        {"copy", sql_library_copy},
        {"dataclasses", sql_library_dataclasses},
        {"functools", sql_library_functools},
        {"hashlib", sql_library_hashlib},
        {"itertools", sql_library_itertools},
        {"math", sql_library_math},
        {"operator", sql_library_operator},
        {"random", sql_library_random},
        {"secrets", sql_library_secrets},
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

/* Types by dialect; PostgreSQL's are in column_type_postgresql.c. */
#include "engine/schema/column_type.h"
#include "engine/schema/column_type_internal.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum ddl_type_id schema_type_name(const struct schema_type_name *names, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(names[i].name) == name.len && strncasecmp(names[i].name, name.ptr, name.len) == 0) {
            return names[i].id;
        }
    }
    return DDL_TYPE_NONE;
}

size_t schema_type_numbers(struct slice text, int64_t *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len && n < max; i++) {
        if (isdigit((unsigned char)text.ptr[i])) {
            int64_t value = 0;
            for (; i < text.len && isdigit((unsigned char)text.ptr[i]); i++) {
                value = value < 100000000 ? value * 10 + (text.ptr[i] - '0') : value;
            }
            out[n++] = value;
        }
    }
    return n;
}

static bool contains(struct slice text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static enum ddl_type_id by_affinity(struct slice name)
{
    return contains(name, "INT")                                                        ? DDL_TYPE_INTEGER
           : contains(name, "CHAR") || contains(name, "CLOB") || contains(name, "TEXT") ? DDL_TYPE_TEXT
           : name.len == 0 || contains(name, "BLOB")                                    ? DDL_TYPE_NULL_TYPE
           : contains(name, "REAL") || contains(name, "FLOA") || contains(name, "DOUB") ? DDL_TYPE_REAL
                                                                                        : DDL_TYPE_NUMERIC;
}

/* Positional arguments as the class's constructor takes them; false: it takes none of the kind. */
bool schema_type_arguments(struct ddl_type *t, const int64_t *numbers, size_t n)
{
    size_t most = 0;
    switch (t->class->affinity) {
    case AFFINITY_STRING:
    case AFFINITY_BINARY:
        most = 1;
        break;
    case AFFINITY_NUMERIC:
        most = 2;
        break;
    case AFFINITY_FLOAT:
        most = 1;
        break;
    case AFFINITY_DATETIME:
    case AFFINITY_TIME:
        most = 1;
        break;
    default:
        break;
    }
    if (n == 0 || n > most) {
        return n == 0;
    }
    if (t->class->affinity == AFFINITY_NUMERIC || t->class->affinity == AFFINITY_FLOAT) {
        t->precision = numbers[0];
        t->scale = n > 1 ? numbers[1] : -1;
    } else if (t->class->affinity == AFFINITY_DATETIME || t->class->affinity == AFFINITY_TIME) {
        t->timezone = numbers[0] != 0;
    } else {
        t->length = numbers[0];
    }
    return true;
}

static const struct ddl_type *sqlite_type(struct arena *a, const char *declared, bool *known)
{
    static const struct schema_type_name names[] = {{"BIGINT", DDL_TYPE_BIGINT},
                                                    {"BLOB", DDL_TYPE_BLOB},
                                                    {"BOOL", DDL_TYPE_BOOLEAN},
                                                    {"BOOLEAN", DDL_TYPE_BOOLEAN},
                                                    {"CHAR", DDL_TYPE_CHAR},
                                                    {"DATE", DDL_TYPE_DATE},
                                                    {"DATE_CHAR", DDL_TYPE_DATE},
                                                    {"DATETIME", DDL_TYPE_DATETIME},
                                                    {"DATETIME_CHAR", DDL_TYPE_DATETIME},
                                                    {"DOUBLE", DDL_TYPE_DOUBLE},
                                                    {"DECIMAL", DDL_TYPE_DECIMAL},
                                                    {"FLOAT", DDL_TYPE_FLOAT},
                                                    {"INT", DDL_TYPE_INTEGER},
                                                    {"INTEGER", DDL_TYPE_INTEGER},
                                                    {"JSON", DDL_TYPE_LITE_JSON},
                                                    {"NUMERIC", DDL_TYPE_NUMERIC},
                                                    {"REAL", DDL_TYPE_REAL},
                                                    {"SMALLINT", DDL_TYPE_SMALLINT},
                                                    {"TEXT", DDL_TYPE_TEXT},
                                                    {"TIME", DDL_TYPE_TIME},
                                                    {"TIME_CHAR", DDL_TYPE_TIME},
                                                    {"TIMESTAMP", DDL_TYPE_TIMESTAMP},
                                                    {"VARCHAR", DDL_TYPE_VARCHAR},
                                                    {"NVARCHAR", DDL_TYPE_NVARCHAR},
                                                    {"NCHAR", DDL_TYPE_NCHAR}};
    size_t n = strlen(declared), k = 0;
    char *upper = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n; i++) {
        upper[i] = (char)toupper((unsigned char)declared[i]);
    }
    while (k < n && (isalnum((unsigned char)upper[k]) || upper[k] == '_' || upper[k] == ' ' ||
                     (unsigned char)upper[k] >= 0x80)) {
        k++;
    }
    struct slice name = {upper, k}, args = {NULL, 0};
    const char *close = upper[k] == '(' && k > 0 ? strchr(upper + k, ')') : NULL;
    if (close) {
        args = (struct slice){upper + k, (size_t)(close + 1 - (upper + k))};
    }
    enum ddl_type_id id = schema_type_name(names, COUNT_OF(names), name);
    *known = id != DDL_TYPE_NONE && k + args.len == n;
    id = id != DDL_TYPE_NONE ? id : by_affinity(name);
    int64_t numbers[8];
    size_t given = schema_type_numbers(args, numbers, COUNT_OF(numbers));
    struct ddl_type *t = ddl_type_new(a, id);
    t->asdecimal = t->class->affinity == AFFINITY_NUMERIC;
    if (!schema_type_arguments(t, numbers, given)) {
        *known = false;
    }
    return t;
}

const struct ddl_type *schema_column_type(struct arena *a, const struct schema *s,
                                          const struct schema_column *c, bool *known)
{
    bool ignored;
    known = known ? known : &ignored;
    *known = true;
    if (strcmp(s->dialect, "postgresql") == 0) {
        return schema_postgresql_type(a, s, c, known);
    }
    if (strcmp(s->dialect, "sqlite") == 0) {
        return sqlite_type(a, c->type, known);
    }
    return schema_mysql_type(a, c, known);
}

static int verbatim(const struct ddl_type *t, const struct ddl_dialect *d, struct strbuf *out,
                    struct err *err)
{
    (void)d;
    (void)err;
    strbuf_adds(out, t->hook_arg);
    return 0;
}

const struct ddl_type *schema_verbatim_type(struct arena *a, const char *text)
{
    static const struct ddl_type_hooks hooks = {.spec = verbatim};
    struct ddl_type *t = ddl_type_new(a, DDL_TYPE_USER_DEFINED);
    t->hooks = &hooks;
    t->hook_arg = arena_dup(a, text);
    return t;
}

/* What SHOW CREATE TABLE prints of a column's type, as a type. */
#include "engine/schema/column_type_internal.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct schema_type_name names[] = {
    {"bigint", DDL_TYPE_MY_BIGINT},
    {"binary", DDL_TYPE_BINARY},
    {"bit", DDL_TYPE_MY_BIT},
    {"blob", DDL_TYPE_BLOB},
    {"boolean", DDL_TYPE_BOOLEAN},
    {"char", DDL_TYPE_MY_CHAR},
    {"date", DDL_TYPE_DATE},
    {"datetime", DDL_TYPE_MY_DATETIME},
    {"decimal", DDL_TYPE_MY_DECIMAL},
    {"double", DDL_TYPE_MY_DOUBLE},
    {"enum", DDL_TYPE_MY_ENUM},
    {"fixed", DDL_TYPE_MY_DECIMAL},
    {"float", DDL_TYPE_MY_FLOAT},
    {"int", DDL_TYPE_MY_INTEGER},
    {"integer", DDL_TYPE_MY_INTEGER},
    {"json", DDL_TYPE_MY_JSON},
    {"longblob", DDL_TYPE_MY_LONGBLOB},
    {"longtext", DDL_TYPE_MY_LONGTEXT},
    {"mediumblob", DDL_TYPE_MY_MEDIUMBLOB},
    {"mediumint", DDL_TYPE_MY_MEDIUMINT},
    {"mediumtext", DDL_TYPE_MY_MEDIUMTEXT},
    {"nchar", DDL_TYPE_MY_NCHAR},
    {"nvarchar", DDL_TYPE_MY_NVARCHAR},
    {"numeric", DDL_TYPE_MY_NUMERIC},
    {"set", DDL_TYPE_MY_SET},
    {"smallint", DDL_TYPE_MY_SMALLINT},
    {"text", DDL_TYPE_MY_TEXT},
    {"time", DDL_TYPE_MY_TIME},
    {"timestamp", DDL_TYPE_MY_TIMESTAMP},
    {"tinyblob", DDL_TYPE_MY_TINYBLOB},
    {"tinyint", DDL_TYPE_MY_TINYINT},
    {"tinytext", DDL_TYPE_MY_TINYTEXT},
    {"uuid", DDL_TYPE_UUID},
    {"varbinary", DDL_TYPE_VARBINARY},
    {"varchar", DDL_TYPE_MY_VARCHAR},
    {"year", DDL_TYPE_MY_YEAR},
};
/* ('a','it''s') */
static void add_values(struct arena *a, struct ddl_type *t, struct slice args)
{
    t->length = 0;
    for (size_t i = 0; i < args.len; i++) {
        if (args.ptr[i] != '\'') {
            continue;
        }
        char *value = arena_alloc(a, args.len - i);
        size_t n = 0, characters = 0;
        for (i++; i < args.len; i++) {
            if (args.ptr[i] == '\'') {
                if (i + 1 >= args.len || args.ptr[i + 1] != '\'') {
                    break;
                }
                i++;
            }
            value[n++] = args.ptr[i];
            characters += ((unsigned char)args.ptr[i] & 0xc0) != 0x80;
        }
        *vec_push(a, &t->values) = value;
        t->length = (int64_t)characters > t->length ? (int64_t)characters : t->length;
    }
}

static void add_numbers(struct ddl_type *t, const int64_t *numbers, size_t n)
{
    switch (t->class->id) {
    case DDL_TYPE_MY_BIGINT:
    case DDL_TYPE_MY_INTEGER:
    case DDL_TYPE_MY_MEDIUMINT:
    case DDL_TYPE_MY_SMALLINT:
    case DDL_TYPE_MY_TINYINT:
    case DDL_TYPE_MY_YEAR:
        t->display_width = n ? numbers[0] : -1;
        break;
    case DDL_TYPE_MY_DATETIME:
    case DDL_TYPE_MY_TIME:
    case DDL_TYPE_MY_TIMESTAMP:
        t->fsp = n ? numbers[0] : -1;
        break;
    case DDL_TYPE_MY_DECIMAL:
    case DDL_TYPE_MY_NUMERIC:
    case DDL_TYPE_MY_DOUBLE:
    case DDL_TYPE_MY_FLOAT:
        t->precision = n ? numbers[0] : -1;
        t->scale = n > 1 ? numbers[1] : -1;
        t->asdecimal = t->class->id != DDL_TYPE_MY_FLOAT;
        break;
    default:
        t->length = n ? numbers[0] : -1;
    }
}

static bool has_word(struct slice text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.len; i++) {
        if (strncasecmp(text.ptr + i, word, n) == 0) {
            return true;
        }
    }
    return false;
}

const struct ddl_type *schema_mysql_type(struct arena *a, const struct schema_column *c, bool *known)
{
    size_t n = 0;
    while (isalnum((unsigned char)c->type[n]) || c->type[n] == '_') {
        n++;
    }
    struct slice name = {c->type, n}, args = {NULL, 0}, rest = slice_of(c->type + n);
    const char *close = c->type[n] == '(' ? strrchr(c->type, ')') : NULL;
    if (close) {
        args = (struct slice){c->type + n, (size_t)(close - c->type) - n};
        rest = slice_of(close + 1);
    }
    enum ddl_type_id id = schema_type_name(names, COUNT_OF(names), name);
    if (id == DDL_TYPE_NONE) {
        *known = false;
        return ddl_type_null();
    }
    struct ddl_type *t = ddl_type_new(a, id);
    if (id == DDL_TYPE_MY_ENUM || id == DDL_TYPE_MY_SET) {
        add_values(a, t, args);
    } else {
        int64_t numbers[2];
        add_numbers(t, numbers, schema_type_numbers(args, numbers, COUNT_OF(numbers)));
    }
    t->unsigned_ = has_word(rest, "unsigned");
    t->zerofill = has_word(rest, "zerofill");
    t->charset = c->charset;
    t->collation = c->collation;
    return t;
}

/*
 * A type as text: what SQLAlchemy's type compilers write. One row of a table a kind says which families of
 * dialects know it, and how it is written.
 */
#include "engine/ddl/type_table.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* STR is str(type), for messages: no dialect. */
enum family { PG = 1, MY = 2, LITE = 4, STR = 8, ALL = PG | MY | LITE | STR };

struct render {
    struct strbuf *out;
    const struct ddl_dialect *d;
    enum family family;
    struct err *err;
    int depth;
};
typedef int render_fn(struct render *r, const struct ddl_type *t, const char *word);

static int process(struct render *r, const struct ddl_type *t);

static int word(struct render *r, const struct ddl_type *t, const char *text)
{
    (void)t;
    strbuf_adds(r->out, text);
    return 0;
}

static int fail(struct render *r, const char *mark, const char *fmt, ...) PRINTF(3, 4);
static int fail(struct render *r, const char *mark, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    int rc = err_set(r->err, ERR_FILE, "%s", text);
    if (r->err && mark) {
        memcpy(r->err->sqlstate, mark, sizeof(r->err->sqlstate));
    }
    return rc;
}

static bool is_upper(const char *name)
{
    for (; *name; name++) {
        if (*name >= 'a' && *name <= 'z') {
            return false;
        }
    }
    return true;
}

static int unsupported(struct render *r, const struct ddl_type *t)
{
    static const char *const compilers[] = {[DDL_POSTGRESQL] = "postgresql.base.PGTypeCompiler",
                                            [DDL_MYSQL] = "mysql.base.MySQLTypeCompiler",
                                            [DDL_MARIADB] = "mysql.mariadb.MariaDBTypeCompiler",
                                            [DDL_SQLITE] = "sqlite.base.SQLiteTypeCompiler"};
    if (r->family == STR) {
        const char *name = ddl_type_class_name(t);
        strbuf_addf(r->out, is_upper(name) ? "%s" : "%s()", name);
        return 0;
    }
    struct strbuf b = STRBUF_INIT;
    ddl_type_str(&b, t);
    int rc =
        fail(r, DDL_UNSUPPORTED,
             "Compiler <sqlalchemy.dialects.%s> can't render element of type %s (Background on this error "
             "at: https://sqlalche.me/e/20/l7de)",
             compilers[r->d->kind], strbuf_cstr(&b));
    strbuf_release(&b);
    return rc;
}

static void add_number(struct render *r, int64_t n)
{
    strbuf_addf(r->out, "(%" PRId64 ")", n);
}

/* --- strings --- */

/* CHARACTER SET and COLLATE of MySQL, after the type's word and length. */
static void mysql_string(struct render *r, const struct ddl_type *t, bool national)
{
    if (!national) {
        if (t->charset && *t->charset) {
            strbuf_addf(r->out, " CHARACTER SET %s", t->charset);
        } else if (t->ascii) {
            strbuf_adds(r->out, " ASCII");
        } else if (t->unicode) {
            strbuf_adds(r->out, " UNICODE");
        }
    }
    if (t->collation && *t->collation) {
        strbuf_addf(r->out, " COLLATE %s", t->collation);
    } else if (t->binary) {
        strbuf_adds(r->out, " BINARY");
    }
}

static int string(struct render *r, const struct ddl_type *t, const char *name)
{
    if (r->family != MY) {
        strbuf_adds(r->out, name);
        if (t->length > 0) {
            add_number(r, t->length);
        }
        if (t->collation && *t->collation) {
            strbuf_addf(r->out, " COLLATE \"%s\"", t->collation);
        }
        return 0;
    }
    /* NVARCHAR is written NATIONAL VARCHAR */
    enum ddl_type_kind kind = ddl_type_kind(t);
    bool of_nation = kind == KIND_NVARCHAR || kind == KIND_NCHAR;
    bool national = t->national || of_nation;
    if (t->length < 0 && (strcmp(name, "VARCHAR") == 0 || strcmp(name, "NVARCHAR") == 0)) {
        return fail(r, NULL, "%s requires a length on dialect %s", name, r->d->name);
    }
    if (national) {
        strbuf_adds(r->out, "NATIONAL ");
    }
    strbuf_adds(r->out, of_nation ? name + 1 : name);
    if (t->length >= 0 && kind != KIND_TINYTEXT && kind != KIND_MEDIUMTEXT && kind != KIND_LONGTEXT) {
        add_number(r, t->length);
    }
    mysql_string(r, t, national);
    return 0;
}

static int enumerated(struct render *r, const struct ddl_type *t, const char *name)
{
    if (t->national) {
        strbuf_adds(r->out, "NATIONAL ");
    }
    strbuf_addf(r->out, "%s(", name);
    for (size_t i = 0; i < t->values.n; i++) {
        strbuf_adds(r->out, i ? ",'" : "'");
        for (const char *p = t->values.items[i]; *p; p++) {
            if (*p == '\'') {
                strbuf_addch(r->out, *p);
            }
            strbuf_addch(r->out, *p);
        }
        strbuf_addch(r->out, '\'');
    }
    strbuf_addch(r->out, ')');
    mysql_string(r, t, t->national);
    return 0;
}

static int named(struct render *r, const struct ddl_type *t, const char *text)
{
    (void)text;
    if (!t->name.text || !*t->name.text) {
        return fail(r, NULL, "PostgreSQL %s type requires a name.", ddl_type_class_name(t));
    }
    if (t->schema) {
        ddl_quote_text(r->out, r->d, t->schema);
        strbuf_addch(r->out, '.');
    }
    ddl_quote_name(r->out, r->d, &t->name);
    return 0;
}

static int enum_generic(struct render *r, const struct ddl_type *t, const char *text)
{
    (void)text;
    if ((r->family & (LITE | STR)) || !t->native_enum) {
        return string(r, t, "VARCHAR");
    }
    return r->family == PG ? named(r, t, NULL) : enumerated(r, t, "ENUM");
}

/* mysql.ENUM */
static int enum_exact(struct render *r, const struct ddl_type *t, const char *name)
{
    if (r->family == PG) { /* what a column's type makes of it there */
        return fail(r, DDL_ATTRIBUTE, "'%s' object has no attribute 'create_type'", ddl_type_class_name(t));
    }
    return enumerated(r, t, name);
}

/* --- numbers --- */

static void mysql_number(struct render *r, const struct ddl_type *t)
{
    if (r->family == MY && ddl_type_is_mysql(t)) {
        strbuf_adds(r->out, t->unsigned_ ? " UNSIGNED" : "");
        strbuf_adds(r->out, t->zerofill ? " ZEROFILL" : "");
    }
}

static int integer(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (r->family == MY && ddl_type_is_mysql(t) && t->display_width >= 0) {
        add_number(r, t->display_width);
    }
    mysql_number(r, t);
    return 0;
}

static int numeric(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (t->precision >= 0 && t->scale >= 0) {
        strbuf_addf(r->out, "(%" PRId64 ", %" PRId64 ")", t->precision, t->scale);
    } else if (t->precision >= 0) {
        add_number(r, t->precision);
    }
    mysql_number(r, t);
    return 0;
}

static int floating(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (r->family == PG && t->precision > 0) {
        add_number(r, t->precision);
    } else if (r->family == MY && t->precision >= 0) {
        if (ddl_type_is_mysql(t) && t->scale >= 0) {
            strbuf_addf(r->out, "(%" PRId64 ", %" PRId64 ")", t->precision, t->scale);
        } else {
            add_number(r, t->precision);
        }
    }
    mysql_number(r, t);
    return 0;
}

/* DOUBLE and REAL take both numbers on MySQL, or none. */
static int double_precision(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (r->family == MY && t->precision >= 0 && t->scale >= 0) {
        strbuf_addf(r->out, "(%" PRId64 ", %" PRId64 ")", t->precision, t->scale);
    }
    mysql_number(r, t);
    return 0;
}

static int double_generic(struct render *r, const struct ddl_type *t, const char *name)
{
    return r->family == PG ? word(r, t, "DOUBLE PRECISION") : double_precision(r, t, name);
}

static int bit(struct render *r, const struct ddl_type *t, const char *name)
{
    if (r->family == MY) {
        strbuf_adds(r->out, name);
    } else if (t->class->id == DDL_TYPE_MY_BIT) {
        return fail(r, DDL_ATTRIBUTE, "'%s' object has no attribute 'varying'", ddl_type_class_name(t));
    } else {
        strbuf_adds(r->out, t->varying ? "BIT VARYING" : "BIT");
    }
    if (t->length >= 0) {
        add_number(r, t->length);
    }
    return 0;
}

static int year(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (t->display_width >= 0) {
        add_number(r, t->display_width);
    }
    return 0;
}

/* --- time --- */

static int lite_time(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (t->digits && r->family == LITE) { /* it would be stored as a number otherwise */
        strbuf_adds(r->out, "_CHAR");
    }
    return 0;
}

static int moment(struct render *r, const struct ddl_type *t, const char *name)
{
    if (r->family & (LITE | STR)) {
        return lite_time(r, t, name);
    }
    strbuf_adds(r->out, name);
    if (r->family == MY) {
        if (t->fsp > 0) {
            add_number(r, t->fsp);
        }
        return 0;
    }
    if (t->precision >= 0) {
        add_number(r, t->precision);
    }
    strbuf_adds(r->out, t->timezone ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
    return 0;
}

/* DATETIME has no time zone nor precision where it is not MySQL's. */
static int datetime(struct render *r, const struct ddl_type *t, const char *name)
{
    return r->family == PG ? word(r, t, name) : moment(r, t, name);
}

static int datetime_generic(struct render *r, const struct ddl_type *t, const char *name)
{
    return moment(r, t, r->family == PG ? "TIMESTAMP" : name);
}

static int date(struct render *r, const struct ddl_type *t, const char *name)
{
    return r->family == LITE ? lite_time(r, t, name) : word(r, t, name);
}

static int interval(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (t->fields) {
        strbuf_addf(r->out, " %s", t->fields);
    }
    if (t->precision >= 0) {
        strbuf_addf(r->out, " (%" PRId64 ")", t->precision);
    }
    return 0;
}

static int interval_generic(struct render *r, const struct ddl_type *t, const char *name)
{
    if (r->family == PG && t->native) {
        return interval(r, t, name);
    }
    return word(r, t, r->family == PG ? "TIMESTAMP WITHOUT TIME ZONE" : "DATETIME");
}

/* --- the rest --- */

static int blob(struct render *r, const struct ddl_type *t, const char *name)
{
    strbuf_adds(r->out, name);
    if (r->family == MY && t->length >= 0) {
        add_number(r, t->length);
    }
    return 0;
}

static int large_binary(struct render *r, const struct ddl_type *t, const char *name)
{
    return r->family == PG ? word(r, t, "BYTEA") : blob(r, t, name);
}

static int binary(struct render *r, const struct ddl_type *t, const char *name)
{
    if (t->length < 0 && r->family == MY && ddl_type_kind(t) == KIND_VARBINARY) {
        return fail(r, DDL_TYPE, "%%d format: a real number is required, not NoneType");
    }
    strbuf_adds(r->out, name);
    if (t->length > 0 || (t->length == 0 && r->family == MY && ddl_type_kind(t) == KIND_VARBINARY)) {
        add_number(r, t->length);
    }
    return 0;
}

static int boolean(struct render *r, const struct ddl_type *t, const char *name)
{
    return word(r, t, r->family == MY ? "BOOL" : name);
}

static int uuid_generic(struct render *r, const struct ddl_type *t, const char *name)
{
    return word(r, t, r->family == PG && t->native_uuid ? name : "CHAR(32)");
}

/* The brackets go before a COLLATE of the item. */
static int array(struct render *r, const struct ddl_type *t, const char *name)
{
    (void)name;
    struct strbuf item = STRBUF_INIT, *out = r->out;
    r->out = &item;
    int rc = process(r, t->item);
    r->out = out;
    if (rc == 0) {
        const char *text = strbuf_cstr(&item), *collate = strstr(text, " COLLATE");
        size_t n = collate ? (size_t)(collate - text) : item.len;
        strbuf_add(out, text, n);
        for (int64_t i = 0; i < (t->dimensions > 0 ? t->dimensions : 1); i++) {
            strbuf_adds(out, "[]");
        }
        strbuf_adds(out, text + n);
    }
    strbuf_release(&item);
    return rc;
}

static int decorator(struct render *r, const struct ddl_type *t, const char *name)
{
    (void)name;
    if (r->family == STR) {
        return t->item ? process(r, t->item) : unsupported(r, t);
    }
    const struct ddl_type *engine;
    int rc = ddl_type_engine(r->d, t, &engine, r->err);
    return rc < 0 ? rc : process(r, engine);
}

static int user_defined(struct render *r, const struct ddl_type *t, const char *name)
{
    (void)name;
    if (r->family == STR && !t->text) {
        return unsupported(r, t);
    }
    if (t->hooks && t->hooks->spec) {
        return t->hooks->spec(t, r->d, r->out, r->err);
    }
    if (!t->text) {
        return fail(r, DDL_ATTRIBUTE, "'%s' object has no attribute 'get_col_spec'", ddl_type_class_name(t));
    }
    strbuf_adds(r->out, t->text);
    return 0;
}

static int null(struct render *r, const struct ddl_type *t, const char *name)
{
    (void)name;
    if (r->family == STR) {
        return word(r, t, "NULL");
    }
    return fail(r, NULL, "Can't generate DDL for %s(); did you forget to specify a type on this Column?",
                ddl_type_class_name(t));
}

static int abstract(struct render *r, const struct ddl_type *t, const char *name)
{
    (void)name;
    if (r->family == STR) {
        return unsupported(r, t);
    }
    return fail(r, DDL_ATTRIBUTE, "'%s' object has no attribute '_compiler_dispatch'",
                ddl_type_class_name(t));
}

static const struct {
    unsigned families;
    render_fn *fn;
    const char *word;
} kinds[KIND_COUNT] = {
    [KIND_ABSTRACT] = {ALL, abstract, ""},
    [KIND_NULL_TYPE] = {ALL, null, ""},
    [KIND_VARCHAR] = {ALL, string, "VARCHAR"},
    [KIND_NVARCHAR] = {ALL, string, "NVARCHAR"},
    [KIND_CHAR] = {ALL, string, "CHAR"},
    [KIND_NCHAR] = {ALL, string, "NCHAR"},
    [KIND_TEXT] = {ALL, string, "TEXT"},
    [KIND_CLOB] = {ALL, word, "CLOB"},
    [KIND_INTEGER] = {ALL, integer, "INTEGER"},
    [KIND_SMALLINT] = {ALL, integer, "SMALLINT"},
    [KIND_BIGINT] = {ALL, integer, "BIGINT"},
    [KIND_NUMERIC] = {ALL, numeric, "NUMERIC"},
    [KIND_DECIMAL] = {ALL, numeric, "DECIMAL"},
    [KIND_FLOAT] = {ALL, floating, "FLOAT"},
    [KIND_REAL] = {ALL, double_precision, "REAL"},
    [KIND_DOUBLE_GENERIC] = {ALL, double_generic, "DOUBLE"},
    [KIND_DOUBLE] = {ALL, double_precision, "DOUBLE"},
    [KIND_DOUBLE_PRECISION] = {ALL, word, "DOUBLE PRECISION"},
    [KIND_DATETIME_GENERIC] = {ALL, datetime_generic, "DATETIME"},
    [KIND_DATETIME] = {ALL, datetime, "DATETIME"},
    [KIND_TIMESTAMP] = {ALL, moment, "TIMESTAMP"},
    [KIND_DATE] = {ALL, date, "DATE"},
    [KIND_TIME] = {ALL, moment, "TIME"},
    [KIND_INTERVAL_GENERIC] = {ALL, interval_generic, "INTERVAL"},
    [KIND_INTERVAL] = {PG, interval, "INTERVAL"},
    [KIND_LARGE_BINARY] = {ALL, large_binary, "BLOB"},
    [KIND_BLOB] = {ALL, blob, "BLOB"},
    [KIND_BINARY] = {ALL, binary, "BINARY"},
    [KIND_VARBINARY] = {ALL, binary, "VARBINARY"},
    [KIND_BOOLEAN] = {ALL, boolean, "BOOLEAN"},
    [KIND_UUID_GENERIC] = {ALL, uuid_generic, "UUID"},
    [KIND_UUID] = {ALL, word, "UUID"},
    [KIND_ENUM_GENERIC] = {ALL, enum_generic, ""},
    [KIND_ENUM] = {PG | MY, enum_exact, "ENUM"},
    [KIND_SET] = {MY, enumerated, "SET"},
    [KIND_JSON] = {ALL, word, "JSON"},
    [KIND_ARRAY] = {PG, array, ""},
    [KIND_DECORATOR] = {ALL, decorator, ""},
    [KIND_USER_DEFINED] = {ALL, user_defined, ""},
    [KIND_DOMAIN] = {PG, named, ""},
    [KIND_BIT] = {PG | MY, bit, "BIT"},
    [KIND_YEAR] = {MY, year, "YEAR"},
    [KIND_MEDIUMINT] = {MY, integer, "MEDIUMINT"},
    [KIND_TINYINT] = {MY, integer, "TINYINT"},
    [KIND_TINYTEXT] = {MY, string, "TINYTEXT"},
    [KIND_MEDIUMTEXT] = {MY, string, "MEDIUMTEXT"},
    [KIND_LONGTEXT] = {MY, string, "LONGTEXT"},
    [KIND_TINYBLOB] = {MY, word, "TINYBLOB"},
    [KIND_MEDIUMBLOB] = {MY, word, "MEDIUMBLOB"},
    [KIND_LONGBLOB] = {MY, word, "LONGBLOB"},
    [KIND_INET4] = {MY, word, "INET4"},
    [KIND_INET6] = {MY, word, "INET6"},
#define PG_WORD(name) [KIND_##name] = {PG, word, #name}
    PG_WORD(BYTEA),
    PG_WORD(INET),
    PG_WORD(CIDR),
    PG_WORD(MACADDR),
    PG_WORD(MACADDR8),
    PG_WORD(MONEY),
    PG_WORD(OID),
    PG_WORD(REGCONFIG),
    PG_WORD(REGCLASS),
    PG_WORD(TSQUERY),
    PG_WORD(TSVECTOR),
    PG_WORD(CITEXT),
    PG_WORD(JSONB),
    PG_WORD(JSONPATH),
    PG_WORD(HSTORE),
    PG_WORD(LTREE),
    PG_WORD(INT4RANGE),
    PG_WORD(INT8RANGE),
    PG_WORD(NUMRANGE),
    PG_WORD(DATERANGE),
    PG_WORD(TSRANGE),
    PG_WORD(TSTZRANGE),
    PG_WORD(INT4MULTIRANGE),
    PG_WORD(INT8MULTIRANGE),
    PG_WORD(NUMMULTIRANGE),
    PG_WORD(DATEMULTIRANGE),
    PG_WORD(TSMULTIRANGE),
    PG_WORD(TSTZMULTIRANGE),
};

static int process(struct render *r, const struct ddl_type *t)
{
    if (++r->depth > DDL_TYPE_DEPTH) {
        return err_set(r->err, ERR_REFUSED, "column types within types go too deep");
    }
    t = r->family == STR ? t : ddl_type_variant(r->d, t);
    enum ddl_type_kind kind = ddl_type_kind(t);
    bool known = kinds[kind].families & r->family, done = false;
    if (t->hooks && t->hooks->compile && r->family != STR) {
        int rc = t->hooks->compile(t, r->d, r->out, &done, r->err);
        if (rc < 0 || done) {
            r->depth--;
            return rc;
        }
    }
    if ((kind == KIND_INET4 || kind == KIND_INET6) && r->d->kind != DDL_MARIADB) {
        known = false;
    }
    int rc = known ? kinds[kind].fn(r, t, kinds[kind].word) : unsupported(r, t);
    r->depth--;
    return rc;
}

int ddl_type_render(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err)
{
    static const enum family families[] = {
        [DDL_POSTGRESQL] = PG, [DDL_MYSQL] = MY, [DDL_MARIADB] = MY, [DDL_SQLITE] = LITE};
    struct strbuf text = STRBUF_INIT;
    struct render r = {.out = &text, .d = d, .family = families[d->kind], .err = err};
    int rc = process(&r, t);
    if (rc == 0) {
        strbuf_add(out, strbuf_cstr(&text), text.len);
    }
    strbuf_release(&text);
    return rc;
}

void ddl_type_str(struct strbuf *out, const struct ddl_type *t)
{
    struct render r = {.out = out, .d = ddl_dialect_of(DDL_SQLITE), .family = STR};
    process(&r, t);
}

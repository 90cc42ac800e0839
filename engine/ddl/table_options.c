/* Options of CREATE TABLE per dialect: ENGINE=, PARTITION BY, TABLESPACE, WITHOUT ROWID. */
#include "engine/ddl/table_options.h"
#include <ctype.h>
#include <string.h>

static bool one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The option's keyword as MySQL has it: what follows "mysql_", in upper case. */
static bool mysql_key(const struct ddl_dialect *d, const struct ddl_option *o, char *key, size_t size)
{
    size_t n = strlen(d->name), len = strlen(o->key);
    if (strncmp(o->key, d->name, n) != 0 || o->key[n] != '_' || len - n > size) {
        return false;
    }
    for (size_t i = n + 1; i <= len; i++) {
        *key++ = (char)toupper((unsigned char)o->key[i]);
    }
    return true;
}

static int add_mysql_option(struct strbuf *out, const struct ddl_dialect *d, char *key,
                            const struct sql_value *v, bool partition, struct err *err)
{
    static const char *const quoted[] = {"COMMENT", "PASSWORD", "CONNECTION"};
    static const char *const spaced[] = {"DATA_DIRECTORY", "INDEX_DIRECTORY", "DEFAULT_CHARACTER_SET",
                                         "CHARACTER_SET",  "DEFAULT_CHARSET", "DEFAULT_COLLATE"};
    static const char *const joined[] = {"TABLESPACE", "DEFAULT CHARACTER SET", "CHARACTER SET", "COLLATE"};
    bool literal = one_of(key, quoted, COUNT_OF(quoted));
    if (partition || one_of(key, spaced, COUNT_OF(spaced))) {
        for (char *p = key; *p; p++) {
            *p = *p == '_' ? ' ' : *p;
        }
    }
    const char *joiner = partition || one_of(key, joined, COUNT_OF(joined)) ? " " : "=";
    if (v->kind != SQL_VALUE_STR) {
        static const char *const names[] = {[SQL_VALUE_NULL] = "NoneType",
                                            [SQL_VALUE_BOOL] = "bool",
                                            [SQL_VALUE_INT] = "int",
                                            [SQL_VALUE_FLOAT] = "float"};
        const char *name = v->kind < COUNT_OF(names) ? names[v->kind] : "object";
        return ddl_fail(err, DDL_TYPE, "sequence item 1: expected str instance, %s found", name);
    }
    strbuf_addf(out, "%s%s", key, joiner);
    if (literal) {
        ddl_quote_string(out, d, v->text);
    } else {
        strbuf_add(out, v->text.ptr, v->text.len);
    }
    return 0;
}

/* COLLATE comes after the character set, and options of partitions last, in an order of their own. */
static int mysql_rank(const char *key)
{
    static const char *const partition[] = {"PARTITION_BY", "PARTITIONS", "SUBPARTITION_BY", "SUBPARTITIONS"};
    for (int i = 0; i < (int)COUNT_OF(partition); i++) {
        if (strcmp(partition[i], key) == 0) {
            return 2 + i;
        }
    }
    return strcmp(key, "COLLATE") == 0;
}

static bool has_charset(const struct ddl_dialect *d, const ddl_options_t *options)
{
    static const char *const charsets[] = {"DEFAULT_CHARSET", "DEFAULT_CHARACTER_SET", "CHARSET",
                                           "CHARACTER_SET"};
    const struct ddl_option *o;
    char key[64];
    vec_each (o, options) {
        if (mysql_key(d, o, key, sizeof(key)) && one_of(key, charsets, COUNT_OF(charsets))) {
            return true;
        }
    }
    return false;
}

static int mysql_options(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t,
                         struct err *err)
{
    size_t begin = out->len;
    bool collate_last = has_charset(d, &t->options);
    for (int rank = 0; rank <= 5; rank++) {
        const struct ddl_option *o;
        vec_each (o, &t->options) {
            char key[64];
            if (!mysql_key(d, o, key, sizeof(key))) {
                continue;
            }
            int at = mysql_rank(key);
            if ((at == 1 && !collate_last ? 0 : at) != rank || (t->comment && strcmp(key, "COMMENT") == 0)) {
                continue;
            }
            strbuf_adds(out, out->len > begin ? " " : "");
            int r = add_mysql_option(out, d, key, &o->value, rank > 1, err);
            if (r < 0) {
                return r;
            }
        }
        if (rank == 0 && t->comment) {
            strbuf_adds(out, out->len > begin ? " COMMENT=" : "COMMENT=");
            ddl_quote_comment(out, d, slice_of(t->comment));
        }
    }
    return 0;
}

static const struct sql_value *given(const struct ddl_table *t, const char *key)
{
    const struct ddl_option *o = ddl_option_get(&t->options, key);
    return o && o->value.kind != SQL_VALUE_NULL && ddl_option_true(&t->options, key) ? &o->value : NULL;
}

static void add_name(struct strbuf *out, const struct ddl_dialect *d, struct slice name)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strbuf_add(&text, name.ptr, name.len);
    ddl_quote_text(out, d, strbuf_cstr(&text));
}

static void postgresql_options(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t)
{
    const struct sql_value *v = given(t, "postgresql_inherits");
    if (v) {
        strbuf_adds(out, "\n INHERITS ( ");
        if (v->kind == SQL_VALUE_LIST) {
            for (size_t i = 0; i < v->n; i++) {
                strbuf_adds(out, i ? ", " : "");
                add_name(out, d, v->items[i].text);
            }
        } else {
            add_name(out, d, v->text);
        }
        strbuf_adds(out, " )");
    }
    v = given(t, "postgresql_partition_by");
    if (v) {
        strbuf_addf(out, "\n PARTITION BY %.*s", (int)v->text.len, v->text.ptr);
    }
    v = given(t, "postgresql_using");
    if (v) {
        strbuf_addf(out, "\n USING %.*s", (int)v->text.len, v->text.ptr);
    }
    const struct ddl_option *oids = ddl_option_get(&t->options, "postgresql_with_oids");
    if (oids && oids->value.kind == SQL_VALUE_BOOL) {
        strbuf_adds(out, oids->value.integer ? "\n WITH OIDS" : "\n WITHOUT OIDS");
    }
    v = given(t, "postgresql_on_commit");
    if (v) {
        strbuf_adds(out, "\n ON COMMIT ");
        for (size_t i = 0; i < v->text.len; i++) {
            char c = v->text.ptr[i];
            strbuf_addch(out, c == '_' ? ' ' : (char)toupper((unsigned char)c));
        }
    }
    v = given(t, "postgresql_tablespace");
    if (v) {
        strbuf_adds(out, "\n TABLESPACE ");
        add_name(out, d, v->text);
    }
}

static void sqlite_options(struct strbuf *out, const struct ddl_table *t)
{
    bool without = ddl_option_get(&t->options, "sqlite_with_rowid") &&
                   !ddl_option_true(&t->options, "sqlite_with_rowid");
    bool strict = ddl_option_true(&t->options, "sqlite_strict");
    strbuf_adds(out, without && strict ? "\n WITHOUT ROWID,\n STRICT"
                     : without         ? "\n WITHOUT ROWID"
                     : strict          ? "\n STRICT"
                                       : "");
}

int ddl_add_table_options(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t,
                          struct err *err)
{
    switch (d->kind) {
    case DDL_POSTGRESQL:
        postgresql_options(out, d, t);
        return 0;
    case DDL_SQLITE:
        sqlite_options(out, t);
        return 0;
    default:
        return mysql_options(out, d, t, err);
    }
}

/* CREATE TABLE, DROP TABLE and comments on tables. */
#include "engine/ddl/table_options.h"
#include <stdlib.h>
#include <string.h>

/* CHECKs given within Column(...). */
static int add_column_checks(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                             const struct ddl_column *c, struct err *err)
{
    struct ddl_constraint **k;
    vec_each (k, &c->constraints) {
        if ((*k)->kind == DDL_FOREIGN_KEY) {
            continue;
        }
        strbuf_addch(out, ' ');
        int r = ddl_constraint_text(a, out, d, *k, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int ddl_column_definition(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                          const struct ddl_column *c, struct err *err)
{
    int r = ddl_column_spec(a, out, d, c, err);
    return r < 0 ? r : add_column_checks(a, out, d, c, err);
}

/* A CompileError in a column says where. */
static int tell_column(struct err *err, const struct ddl_table *t, const struct ddl_column *c)
{
    bool compile = !err->sqlstate[0] || strcmp(err->sqlstate, DDL_UNSUPPORTED) == 0;
    if (err->status == ERR_FILE && compile) {
        char text[sizeof(err->message)];
        memcpy(text, err->message, sizeof(text));
        char *background = strstr(text, " (Background on this error at: ");
        if (background) {
            *background = '\0';
        }
        err_set(err, ERR_FILE, "(in table '%s', column '%s'): %s", t->name.text, c->name.text, text);
    }
    return err->status;
}

static int by_order(const void *a, const void *b)
{
    const struct ddl_constraint *x = *(struct ddl_constraint *const *)a;
    const struct ddl_constraint *y = *(struct ddl_constraint *const *)b;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The primary key first, then as they were made. */
static int add_constraints(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                           const struct ddl_table *t, const char *separator, struct err *err)
{
    size_t n = t->constraints.n, begin = out->len;
    struct ddl_constraint **sorted = arena_array(a, n + 1, sizeof(struct ddl_constraint *));
    const struct ddl_constraint *pk = ddl_primary_key(t);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = t->constraints.items[i];
    }
    qsort(sorted, n, sizeof(struct ddl_constraint *), by_order);
    for (size_t i = 0; i <= n; i++) {
        const struct ddl_constraint *c = i == 0 ? pk : sorted[i - 1];
        if (!c || (i > 0 && c == pk) || !ddl_constraint_wanted(d, c) ||
            (c->use_alter && d->kind != DDL_SQLITE)) {
            continue;
        }
        size_t before = out->len;
        strbuf_adds(out, before == begin ? separator : ", \n");
        strbuf_addch(out, '\t');
        size_t empty = out->len;
        int r = ddl_constraint_text(a, out, d, c, err);
        if (r < 0) {
            return r;
        }
        if (out->len == empty) {
            out->len = before;
            out->ptr[before] = '\0';
        }
    }
    return 0;
}

int ddl_create_table(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_table *t, struct err *err)
{
    struct err local = {0};
    struct ddl_column **c;
    const char *separator = "\n";
    err = err ? err : &local;
    strbuf_adds(out, "\nCREATE ");
    for (size_t i = 0; i < t->prefixes.n; i++) {
        strbuf_addf(out, "%s ", t->prefixes.items[i]);
    }
    strbuf_adds(out, t->if_not_exists ? "TABLE IF NOT EXISTS " : "TABLE ");
    ddl_quote_table(out, d, &t->schema, &t->name);
    strbuf_adds(out, " (");
    vec_each (c, &t->columns) {
        if ((*c)->system) {
            continue;
        }
        strbuf_addf(out, "%s\t", separator);
        if (ddl_column_definition(a, out, d, *c, err) < 0) {
            return tell_column(err, t, *c);
        }
        separator = ", \n";
    }
    int r = add_constraints(a, out, d, t, separator, err);
    if (r < 0) {
        return r;
    }
    strbuf_adds(out, "\n)");
    r = ddl_add_table_options(out, d, t, err);
    strbuf_adds(out, "\n\n");
    return r;
}

int ddl_drop_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t, bool if_exists,
                   struct err *err)
{
    (void)err;
    strbuf_adds(out, if_exists ? "\nDROP TABLE IF EXISTS " : "\nDROP TABLE ");
    ddl_quote_table(out, d, &t->schema, &t->name);
    return 0;
}

int ddl_table_comment(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t,
                      const char *comment, bool drop, struct err *err)
{
    bool mysql = ddl_is_mysql(d);
    (void)err;
    strbuf_adds(out, mysql ? "ALTER TABLE " : "COMMENT ON TABLE ");
    ddl_quote_table(out, d, &t->schema, &t->name);
    strbuf_adds(out, mysql ? " COMMENT " : " IS ");
    if (comment && !drop) {
        ddl_quote_comment(out, d, slice_of(comment));
    } else {
        strbuf_adds(out, mysql && drop ? "''" : "NULL");
    }
    return 0;
}

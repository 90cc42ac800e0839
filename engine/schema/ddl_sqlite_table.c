/* SQLite: CREATE TABLE from the model. */
#include "engine/schema/ddl_sqlite.h"
#include "engine/schema/sqlite_parse.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void sqlite_shape_of(struct arena *a, const struct schema_table *t, struct sqlite_shape *out)
{
    *out = (struct sqlite_shape){.table = t};
    struct schema_column *c;
    vec_each (c, &t->columns) {
        *(const struct schema_column **)vec_push(a, &out->columns) = c;
    }
    struct schema_constraint *k;
    vec_each (k, &t->constraints) {
        *(const struct schema_constraint **)vec_push(a, &out->constraints) = k;
    }
}

static bool is_number(const char *text)
{
    char *end;
    text += *text == '-' || *text == '+';
    if (*text != '.' && (*text < '0' || *text > '9')) {
        return false;
    }
    strtod(text, &end);
    return !*end;
}

bool sqlite_stands_bare(const char *text)
{
    struct slice s = slice_of(text);
    size_t at = 0;
    struct sqlite_token t = sqlite_next(s, &at);
    bool one = t.kind == SQLITE_WORD || t.kind == SQLITE_STRING || t.kind == SQLITE_NAME;
    return is_number(text) || (one && sqlite_next(s, &at).kind == SQLITE_END);
}

void sqlite_column(struct strbuf *b, const struct pen *p, const struct schema_column *c)
{
    pen_name(b, p, c->name);
    strbuf_addf(b, "%s%s", *c->type ? " " : "", c->type);
    if (!c->nullable) {
        strbuf_addf(b, " NOT NULL%s%s", c->not_null_conflict ? " ON CONFLICT " : "",
                    c->not_null_conflict ? c->not_null_conflict : "");
    }
    if (c->default_text) {
        bool bare = sqlite_stands_bare(c->default_text);
        strbuf_addf(b, bare ? " DEFAULT %s" : " DEFAULT (%s)", c->default_text);
    }
    if (c->collation) {
        strbuf_adds(b, " COLLATE ");
        pen_name(b, p, c->collation);
    }
    if (c->generated) {
        strbuf_addf(b, " GENERATED ALWAYS AS (%s)%s", c->generated, c->stored ? " STORED" : " VIRTUAL");
    }
}

static void add_reference(struct strbuf *b, const struct pen *p, const struct schema_constraint *k)
{
    strbuf_adds(b, "REFERENCES ");
    pen_name(b, p, k->ref_table);
    if (k->ref_columns.n) {
        strbuf_addch(b, ' ');
        pen_names(b, p, &k->ref_columns);
    }
    strbuf_addf(b, "%s%s", k->on_delete ? " ON DELETE " : "", k->on_delete ? k->on_delete : "");
    strbuf_addf(b, "%s%s", k->on_update ? " ON UPDATE " : "", k->on_update ? k->on_update : "");
    strbuf_addf(b, "%s%s", k->match ? " MATCH " : "", k->match ? k->match : "");
    strbuf_adds(b, k->deferrable > 0 ? " DEFERRABLE" : k->deferrable == 0 ? " NOT DEFERRABLE" : "");
    strbuf_addf(b, "%s%s", k->initially ? " INITIALLY " : "", k->initially ? k->initially : "");
}

static void add_key(struct strbuf *b, const struct pen *p, const struct schema_constraint *k, bool in_column)
{
    strbuf_adds(b, k->kind == SCHEMA_PRIMARY_KEY ? "PRIMARY KEY" : "UNIQUE");
    if (!in_column) {
        for (size_t i = 0; i < k->columns.n; i++) {
            strbuf_adds(b, i ? ", " : " (");
            pen_name(b, p, k->columns.items[i]);
            strbuf_adds(b, i < k->sorted.n ? k->sorted.items[i] : "");
        }
        strbuf_addch(b, ')');
    } else if (k->sorted.n) {
        strbuf_adds(b, " DESC");
    }
    strbuf_addf(b, "%s%s", k->conflict ? " ON CONFLICT " : "", k->conflict ? k->conflict : "");
}

void sqlite_constraint(struct strbuf *b, const struct pen *p, const struct schema_constraint *k,
                       bool in_column)
{
    if (k->name) {
        strbuf_adds(b, "CONSTRAINT ");
        pen_name(b, p, k->name);
        strbuf_addch(b, ' ');
    }
    switch (k->kind) {
    case SCHEMA_PRIMARY_KEY:
    case SCHEMA_UNIQUE:
        add_key(b, p, k, in_column);
        break;
    case SCHEMA_FOREIGN_KEY:
        if (!in_column) {
            strbuf_adds(b, "FOREIGN KEY ");
            pen_names(b, p, &k->columns);
            strbuf_addch(b, ' ');
        }
        add_reference(b, p, k);
        break;
    default:
        strbuf_addf(b, "CHECK (%s)", k->expression);
        strbuf_addf(b, "%s%s", k->conflict ? " ON CONFLICT " : "", k->conflict ? k->conflict : "");
    }
}

/* AUTOINCREMENT, and a key that INTEGER alone does not make the rowid, can stand in a column only. */
static bool belongs_in_column(const struct schema_constraint *k, const struct schema_column *c)
{
    return k->kind == SCHEMA_PRIMARY_KEY && k->columns.n == 1 &&
           strcasecmp(k->columns.items[0], c->name) == 0 &&
           (c->autoincrement || (k->column && (k->sorted.n || !k->descending)));
}

static void add_line(struct strbuf *b, bool *first)
{
    strbuf_adds(b, *first ? "\n    " : ",\n    ");
    *first = false;
}

static void add_body(struct strbuf *b, const struct pen *p, const struct sqlite_shape *shape)
{
    bool first = true;
    for (size_t i = 0; i < shape->columns.n; i++) {
        const struct schema_column *c = shape->columns.items[i];
        add_line(b, &first);
        sqlite_column(b, p, c);
        for (size_t n = 0; n < shape->constraints.n; n++) {
            if (belongs_in_column(shape->constraints.items[n], c)) {
                strbuf_addch(b, ' ');
                sqlite_constraint(b, p, shape->constraints.items[n], true);
                strbuf_adds(b, c->autoincrement ? " AUTOINCREMENT" : "");
            }
        }
    }
    for (size_t n = 0; n < shape->constraints.n; n++) {
        bool done = false;
        for (size_t i = 0; i < shape->columns.n; i++) {
            done = done || belongs_in_column(shape->constraints.items[n], shape->columns.items[i]);
        }
        if (!done) {
            add_line(b, &first);
            sqlite_constraint(b, p, shape->constraints.items[n], false);
        }
    }
}

int sqlite_create_table(const struct pen *p, const struct sqlite_shape *shape, const char *as)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const struct schema_table *t = shape->table;
    strbuf_adds(&b, "CREATE TABLE ");
    pen_path(&b, p, t->schema, as ? as : t->name);
    strbuf_adds(&b, " (");
    add_body(&b, p, shape);
    strbuf_adds(&b, "\n)");
    strbuf_adds(&b, t->without_rowid ? " WITHOUT ROWID" : "");
    strbuf_adds(&b, t->without_rowid && t->strict ? ", STRICT" : t->strict ? " STRICT" : "");
    pen_say(p, &b);
    return 0;
}

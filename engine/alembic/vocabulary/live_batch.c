/*
 * SQLite's live table for batch mode. Alembic takes what SQLAlchemy reflects of it; whatever else the table
 * has (unnamed CHECKs, collations, AUTOINCREMENT, actions of references within columns, indexes of
 * expressions, triggers) is kept, and what cannot be kept is refused: nothing of a table is lost without a
 * word.
 */
#include "engine/alembic/vocabulary/live_inspect.h"
#include "engine/alembic/vocabulary/op_batch_table.h"
#include "engine/ddl/expr_make.h"
#include "engine/schema/sqlite_parse.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

struct reading {
    struct py *py;
    struct arena *a;
    const struct schema *schema; /* all tables of the database */
    const struct schema_table *table;
    struct batch_table *out;
    const struct ddl_naming *naming;
    struct ddl_table *named; /* stands for the table where a naming convention is applied */
};

const struct sql_expr *live_literal(struct py *py, const char *text)
{
    return sql_literal_column(py_arena(py), slice_of(text),
                              ddl_type_null()); /* no names in it are parameters */
}

bool live_text_mentions(const char *sql, const char *name)
{
    return sqlite_mentions(sql, name);
}

const char *live_text_rename(struct py *py, const char *sql, const char *from, struct ddl_name to,
                             const char *what)
{
    AUTO(strbuf_release) struct strbuf quoted = STRBUF_INIT;
    int found;
    ddl_quote_name(&quoted, migration_of(py)->dialect, &to);
    const char *text = sqlite_rename(py_arena(py), sql, from, strbuf_cstr(&quoted), &found);
    return text ? text : py_refuse(py, "%s, which is not understood", what);
}

/* --- columns --- */
static const char *with_collation(struct arena *a, const char *type, const char *collation)
{
    return arena_printf(a, "%s%sCOLLATE %s", type, *type ? " " : "", collation);
}

/* The type as SQLAlchemy writes it, or as it was declared where SQLAlchemy would make it another. */
static const struct ddl_type *written_type(struct reading *r, const struct schema_column *c,
                                           const struct ddl_type *seen, bool known)
{
    if (c->collation) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        struct err err;
        if (!known || ddl_type_render(&text, migration_of(r->py)->dialect, seen, &err) < 0) {
            strbuf_clear(&text);
            strbuf_adds(&text, c->type);
        }
        return schema_verbatim_type(r->a, with_collation(r->a, strbuf_cstr(&text), c->collation));
    }
    return known || !*c->type ? seen : schema_verbatim_type(r->a, c->type);
}

/* Alembic puts parentheses around a default that it takes for an expression. */
static const char *default_text(struct arena *a, const char *text)
{
    size_t n = strlen(text);
    bool line = !strchr(text, '\n');
    bool digit = n == 1 && (isdigit((unsigned char)*text) || *text == '.');
    bool quoted = line && n > 2 && text[0] == '\'' && text[n - 1] == '\'';
    bool grouped = line && n > 2 && text[0] == '(' && text[n - 1] == ')';
    bool string = text[0] == '"'; /* SQLite reads it so where a default is, but not within parentheses */
    return digit || quoted || grouped || string || n == 0 ? text : arena_printf(a, "(%s)", text);
}

static void add_option(struct arena *a, ddl_options_t *options, const char *key, const char *text)
{
    struct ddl_option *o = vec_push(a, options);
    *o = (struct ddl_option){.key = key};
    o->value = (struct sql_value){.kind = SQL_VALUE_STR, .text = slice_of(text)};
}

static void add_flag(struct arena *a, ddl_options_t *options, const char *key, bool value)
{
    struct ddl_option *o = vec_push(a, options);
    *o = (struct ddl_option){.key = key, .value = {.kind = SQL_VALUE_BOOL, .integer = value}};
}

static void add_column(struct reading *r, const struct schema_column *c)
{
    bool known;
    struct ddl_column *own = arena_alloc(r->a, sizeof(*own));
    struct batch_column *b = vec_push(r->a, &r->out->columns);
    b->key = c->name;
    b->column = own;
    b->seen = schema_column_type(r->a, r->schema, c, &known);
    b->moves = !c->generated;
    own->name = DDL_NAME(c->name);
    own->type = written_type(r, c, b->seen, known);
    own->nullable = c->nullable;
    own->nullable_given = true;
    own->primary_key = c->key_position > 0;
    if (c->default_text) {
        own->server_default.kind = DDL_DEFAULT_EXPR;
        own->server_default.expr = live_literal(r->py, default_text(r->a, c->default_text));
    }
    if (c->generated) {
        struct ddl_computed *computed = arena_alloc(r->a, sizeof(*computed));
        computed->expr = live_literal(r->py, c->generated);
        computed->persisted = c->stored;
        own->computed = computed;
    }
    if (c->not_null_conflict) {
        add_option(r->a, &own->options, "sqlite_on_conflict_not_null", c->not_null_conflict);
    }
    *vec_push(r->a, &r->out->ordering) = c->name;
}

/* --- constraints --- */
static void add_names(struct arena *a, ddl_names_t *out, const strings_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        *(struct ddl_name *)vec_push(a, out) = DDL_NAME(names->items[i]);
    }
}

/* The name under the convention, or as it stands; false: refused or raised. */
static bool apply_naming(struct reading *r, struct batch_constraint *b, const char *visible)
{
    struct ddl_constraint *c = b->constraint;
    struct err err = {0};
    c->name = (struct ddl_name){.text = visible};
    b->name = visible;
    if (!r->naming) {
        return true;
    }
    struct ddl_name name;
    c->table = r->named;
    int rc = ddl_constraint_name(r->a, migration_of(r->py)->dialect, c, &name, &err);
    c->table = NULL;
    if (rc < 0 && c->kind == DDL_CHECK && !visible && err.status == ERR_FILE) {
        return true; /* a convention that needs a name: it goes on without */
    }
    if (rc < 0) {
        py_raise_err(r->py, ddl_exception(&err), &err);
        return false;
    }
    if (name.text) {
        name.conv = true;
        c->name = name;
        b->name = name.text;
    }
    return true;
}

static const char *visible_name(struct reading *r, const struct schema_constraint *k)
{
    const char *sql = r->table->definition;
    struct live_sqlite_key key;
    switch (k->kind) {
    case SCHEMA_PRIMARY_KEY:
        return strncasecmp(sql + k->offset, "PRIMARY KEY", 11) == 0 ? live_sqlite_name(r->a, sql, k->offset)
                                                                    : NULL;
    case SCHEMA_FOREIGN_KEY:
        if (k->column) {
            return NULL;
        }
        live_sqlite_foreign_key(r->a, sql, k->offset, &key);
        return key.seen ? key.name : NULL;
    case SCHEMA_UNIQUE:
        return k->column ? NULL : live_sqlite_name(r->a, sql, k->offset);
    default:
        return k->name;
    }
}

static const struct schema_table *other_table(struct reading *r, const char *name)
{
    struct schema_table **t;
    vec_each (t, &r->schema->tables) {
        if (strcasecmp((*t)->name, name) == 0 && strcmp((*t)->schema, r->table->schema) == 0) {
            return *t;
        }
    }
    return NULL;
}

/* REFERENCES t without columns means its primary key. */
static bool add_referred(struct reading *r, struct ddl_constraint *c, const struct schema_constraint *k)
{
    c->ref_table = DDL_NAME(k->ref_table);
    c->ref_schema = r->out->schema;
    if (k->ref_columns.n) {
        add_names(r->a, &c->ref_columns, &k->ref_columns);
        return true;
    }
    const struct schema_table *other = other_table(r, k->ref_table);
    const struct schema_constraint *key = other ? schema_primary_key(other) : NULL;
    if (!key || key->columns.n != k->columns.n) {
        py_refuse(r->py, "batch_alter_table(\"%s\"): a foreign key to %s, which has no primary key like it",
                  r->table->name, k->ref_table);
        return false;
    }
    add_names(r->a, &c->ref_columns, &key->columns);
    return true;
}

/* Columns of the key in its order. */
static void key_columns(struct reading *r, ddl_names_t *out)
{
    const struct schema_column *c;
    for (int64_t position = 1; position <= (int64_t)r->table->columns.n; position++) {
        vec_each (c, &r->table->columns) {
            if (c->key_position == position) {
                *(struct ddl_name *)vec_push(r->a, out) = DDL_NAME(c->name);
                *vec_push(r->a, &r->out->key) = c->name;
            }
        }
    }
}

static bool add_constraint(struct reading *r, const struct schema_constraint *k)
{
    static const enum ddl_constraint_kind kinds[SCHEMA_CONSTRAINT_COUNT] = {
        DDL_PRIMARY_KEY, DDL_UNIQUE, DDL_FOREIGN_KEY, DDL_CHECK, DDL_EXCLUDE};
    struct ddl_constraint *c = arena_alloc(r->a, sizeof(*c));
    struct batch_constraint *b = vec_push(r->a, &r->out->constraints);
    *c = (struct ddl_constraint){.kind = kinds[k->kind],
                                 .ondelete = k->on_delete,
                                 .onupdate = k->on_update,
                                 .match = k->match,
                                 .initially = k->initially,
                                 .deferrable = k->deferrable};
    b->constraint = c;
    if (k->descending) {
        py_refuse(r->py, "batch_alter_table(\"%s\"): a key with DESC or COLLATE", r->table->name);
        return false;
    }
    if (k->kind == SCHEMA_PRIMARY_KEY) {
        key_columns(r, &c->columns);
    } else if (k->kind == SCHEMA_CHECK) {
        c->check = live_literal(r->py, k->expression);
        b->text = k->expression;
    } else {
        add_names(r->a, &c->columns, &k->columns);
    }
    if (k->conflict) {
        add_option(r->a, &c->options, "sqlite_on_conflict", k->conflict);
    }
    if (k->kind == SCHEMA_FOREIGN_KEY && !add_referred(r, c, k)) {
        return false;
    }
    if (!apply_naming(r, b, visible_name(r, k))) {
        return false;
    }
    if (!c->name.text) {
        c->name = (struct ddl_name){.text = k->name};
    }
    b->kept = k->kind == SCHEMA_CHECK && !b->name;
    return true;
}

/* --- indexes, triggers --- */
static void add_index(struct reading *r, const struct schema_index *x)
{
    struct batch_index *b = vec_push(r->a, &r->out->indexes);
    const struct schema_key *k;
    bool plain = true;
    b->name = x->name;
    vec_each (k, &x->keys) {
        plain = plain && k->column && !k->descending && !k->collation;
    }
    if (!plain) {
        b->definition = x->definition;
        return;
    }
    struct ddl_index *own = arena_alloc(r->a, sizeof(*own));
    own->name = DDL_NAME(x->name);
    own->unique = x->unique;
    vec_each (k, &x->keys) {
        struct ddl_index_element *e = vec_push(r->a, &own->elements);
        e->column = DDL_NAME(k->column);
    }
    if (x->predicate) {
        struct ddl_option *o = vec_push(r->a, &own->options);
        *o = (struct ddl_option){.key = "sqlite_where", .expr = live_literal(r->py, x->predicate)};
    }
    b->index = own;
}

static void add_triggers(struct arena *a, struct batch_table *out, const struct schema *s,
                         const struct schema_table *table)
{
    struct schema_table **t;
    vec_each (t, &s->tables) {
        bool own = *t == table;
        if (!own && (*t)->kind == SCHEMA_VIEW && sqlite_mentions((*t)->definition, table->name)) {
            out->watched = true;
        }
        for (size_t i = 0; i < (*t)->triggers.n; i++) {
            const char *text = (*t)->triggers.items[i].definition;
            if (own) {
                *vec_push(a, &out->triggers) = text;
            }
            out->watched = out->watched || (!own && sqlite_mentions(text, table->name));
        }
    }
}

/* --- all of it --- */
static struct schema *read_database(struct py *py, const char *schema)
{
    struct schema *s;
    struct err err = {0};
    const struct schema_scope scope = {.schema = schema, .parts = SCHEMA_INSPECT};
    if (schema_read(py_arena(py), migration_of(py)->conn, &scope, &s, &err)) {
        vocab_server_error(py, &err);
        return NULL;
    }
    return s;
}

static struct schema_table *find_table(const struct schema *s, const char *name)
{
    struct schema_table **t;
    vec_each (t, &s->tables) {
        if (strcmp((*t)->name, name) == 0) {
            return *t;
        }
    }
    return NULL;
}

static bool readable(struct py *py, const struct schema_table *t, const char *name)
{
    if (!t) {
        py_raise(py, "sqlalchemy.exc.NoSuchTableError", "%s", name);
        return false;
    }
    if (t->kind != SCHEMA_TABLE || t->partly_read) {
        py_refuse(py, "batch_alter_table(\"%s\"): %s", name,
                  t->kind == SCHEMA_TABLE ? "the table's definition is not understood"
                                          : "it is no plain table");
        return false;
    }
    return true;
}

static int constraint_order(const void *a, const void *b)
{
    const struct schema_constraint *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static void add_table_options(struct reading *r)
{
    const struct schema_table *t = r->table;
    if (t->autoincrement) {
        add_flag(r->a, &r->out->options, "sqlite_autoincrement", true);
        r->out->counts = true;
    }
    if (t->without_rowid) {
        add_flag(r->a, &r->out->options, "sqlite_with_rowid", false);
    }
    if (t->strict) {
        add_flag(r->a, &r->out->options, "sqlite_strict", true);
    }
    if (t->temporary) {
        *vec_push(r->a, &r->out->prefixes) = "TEMPORARY";
    }
}

struct batch_table *live_batch_reflect(struct py *py, struct ddl_name name, struct ddl_name schema,
                                       const struct ddl_naming *naming)
{
    struct schema *s = read_database(py, schema.text);
    struct schema_table *t = s ? find_table(s, name.text) : NULL;
    if (!s || !readable(py, t, name.text)) {
        return NULL;
    }
    struct arena *a = py_arena(py);
    struct batch_table *out = arena_alloc(a, sizeof(*out));
    struct reading r = {py, a, s, t, out, naming, ddl_table_new(a, name, schema)};
    const struct schema_column *c;
    const struct schema_index *x;
    r.named->naming = naming;
    out->name = name;
    out->schema = schema;
    out->reflected = true;
    vec_each (c, &t->columns) {
        add_column(&r, c);
    }
    /* in the order in which they stand in the text */
    struct schema_constraint *sorted = arena_array(a, t->constraints.n + 1, sizeof(*sorted));
    for (size_t i = 0; i < t->constraints.n; i++) {
        sorted[i] = t->constraints.items[i];
    }
    qsort(sorted, t->constraints.n, sizeof(*sorted), constraint_order);
    for (size_t i = 0; i < t->constraints.n; i++) {
        if (!add_constraint(&r, &sorted[i])) {
            return NULL;
        }
    }
    vec_each (x, &t->indexes) {
        if (!x->automatic) {
            add_index(&r, x);
        }
    }
    add_triggers(a, out, s, t);
    add_table_options(&r);
    return out;
}

int live_batch_add(struct py *py, struct batch_table *t)
{
    if (migration_of(py)->mode != MIGRATION_LIVE) {
        return 0;
    }
    struct schema *s = read_database(py, t->schema.text);
    const struct schema_table *own = s ? find_table(s, t->name.text) : NULL;
    if (own) {
        add_triggers(py_arena(py), t, s, own);
        t->counts = own->autoincrement;
    }
    return s ? 0 : -1;
}

/* --- what the server has to be told and asked --- */
static int pragma(struct py *py, const char *text, bool *on)
{
    struct rowset rows = {0};
    struct err err = {0};
    if (conn_query(migration_of(py)->conn, py_arena(py), text, &rows, &err)) {
        vocab_server_error(py, &err);
        return -1;
    }
    struct slice cell = rowset_cell(&rows, 0, 0);
    if (on) {
        *on = cell.ptr && strcmp(cell.ptr, "0") != 0;
    }
    return 0;
}

/* With foreign keys enforced, DROP TABLE deletes the rows first, and what refers to them follows. */
int live_batch_check_references(struct py *py, const struct batch_table *t)
{
    bool enforced = false;
    if (migration_of(py)->mode != MIGRATION_LIVE || pragma(py, "PRAGMA foreign_keys", &enforced)) {
        return migration_of(py)->mode == MIGRATION_LIVE ? -1 : 0;
    }
    struct schema *s = enforced ? read_database(py, t->schema.text) : NULL;
    if (!s) {
        return enforced ? -1 : 0;
    }
    struct schema_table **other;
    vec_each (other, &s->tables) {
        const struct schema_constraint *k;
        vec_each (k, &(*other)->constraints) {
            if (k->kind == SCHEMA_FOREIGN_KEY && strcasecmp(k->ref_table, t->name.text) == 0 &&
                strcasecmp((*other)->name, t->name.text) != 0) {
                py_refuse(py,
                          "batch_alter_table(\"%s\") while foreign keys are enforced (PRAGMA foreign_keys): "
                          "dropping the old table would reach rows of %s",
                          t->name.text, (*other)->name);
                return -1;
            }
        }
    }
    return 0;
}

int live_batch_quiet(struct py *py, bool quiet, bool *was)
{
    if (migration_of(py)->mode != MIGRATION_LIVE || (quiet && pragma(py, "PRAGMA legacy_alter_table", was))) {
        return migration_of(py)->mode == MIGRATION_LIVE ? -1 : 0;
    }
    return *was ? 0
                : pragma(py, quiet ? "PRAGMA legacy_alter_table = ON" : "PRAGMA legacy_alter_table = OFF",
                         NULL);
}

/* A renaming makes SQLite look through all views and triggers; it is taken back at once. */
int live_batch_verify(struct py *py, const struct batch_table *t)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct err err = {0}, ignored;
    struct conn *c = migration_of(py)->conn;
    if (migration_of(py)->mode != MIGRATION_LIVE) {
        return 0;
    }
    strbuf_adds(&text, "ALTER TABLE ");
    ddl_quote_table(&text, migration_of(py)->dialect, &t->schema, &t->name);
    strbuf_adds(&text, " RENAME TO _lockstep_verify");
    int rc = conn_exec(c, "SAVEPOINT lockstep_verify", &err);
    if (rc == 0) {
        rc = conn_exec(c, strbuf_cstr(&text), &err);
        conn_exec(c, "ROLLBACK TO lockstep_verify", &ignored);
        conn_exec(c, "RELEASE lockstep_verify", &ignored);
    }
    if (rc) {
        vocab_server_error(py, &err);
    }
    return rc ? -1 : 0;
}

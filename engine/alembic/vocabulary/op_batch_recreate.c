/*
 * Batch mode's "move and copy": a new table, its rows, and the old one's name. The statements are Alembic's;
 * what Alembic would lose of a live table is put back behind them.
 */
#include "engine/alembic/vocabulary/op.h"
#include "engine/alembic/vocabulary/op_batch_table.h"
#include <string.h>

/* --- a table given as copy_from --- */
static int copy_from_columns(struct py *py, struct batch_table *out, const struct ddl_table *t)
{
    struct arena *a = py_arena(py);
    struct ddl_column **c;
    vec_each (c, &t->columns) {
        struct ddl_column *own = arena_alloc(a, sizeof(*own));
        const char *key = (*c)->expr && (*c)->expr->key ? (*c)->expr->key : (*c)->name.text;
        struct ddl_constraint **k;
        if (strcmp(key, (*c)->name.text) != 0) {
            py_refuse(py, "batch_alter_table(copy_from=) with a column that has a key of its own");
            return -1;
        }
        *own = **c;
        own->table = NULL;
        own->expr = NULL;
        own->unique = own->index = false;
        memset(&own->constraints, 0, sizeof(own->constraints));
        vec_each (k, &(*c)->constraints) {
            if ((*k)->kind == DDL_FOREIGN_KEY) {
                continue;
            }
            struct ddl_constraint *copy = arena_alloc(a, sizeof(*copy));
            *copy = **k;
            copy->table = NULL;
            copy->order = 0;
            *(struct ddl_constraint **)vec_push(a, &own->constraints) = copy;
            if (copy->name.text) {
                struct batch_constraint *b = vec_push(a, &out->constraints);
                *b = (struct batch_constraint){
                    .name = copy->name.text, .constraint = copy, .of_column = true, .column = key};
            }
        }
        struct batch_column *b = vec_push(a, &out->columns);
        *b = (struct batch_column){.key = key, .column = own, .moves = !own->computed};
        *vec_push(a, &out->ordering) = key;
    }
    return 0;
}

static int copy_from_constraints(struct py *py, struct batch_table *out, const struct ddl_table *t)
{
    struct arena *a = py_arena(py);
    struct err err = {0};
    struct ddl_constraint **k;
    vec_each (k, &t->constraints) {
        if ((*k)->type_bound) {
            continue;
        }
        struct ddl_name name;
        if (ddl_constraint_name(a, migration_of(py)->dialect, *k, &name, &err) < 0) {
            schema_raise(py, &err);
            return -1;
        }
        struct ddl_constraint *own = arena_alloc(a, sizeof(*own));
        *own = **k;
        own->table = NULL;
        own->order = 0;
        own->implicit = false;
        own->name = name;
        own->name.conv = true;
        for (size_t i = 0; own->kind == DDL_PRIMARY_KEY && i < own->columns.n; i++) {
            *vec_push(a, &out->key) = own->columns.items[i].text;
        }
        struct batch_constraint *b = vec_push(a, &out->constraints);
        *b = (struct batch_constraint){.name = name.text, .constraint = own};
    }
    return 0;
}

static int copy_from_indexes(struct py *py, struct batch_table *out, const struct ddl_table *t)
{
    struct arena *a = py_arena(py);
    struct err err = {0};
    struct ddl_index **x;
    vec_each (x, &t->indexes) {
        struct ddl_name name;
        if ((*x)->column_flag) {
            py_refuse(py, "batch_alter_table(copy_from=) with a column that has index=True: Alembic would "
                          "lose the index");
            return -1;
        }
        if (ddl_index_name(a, migration_of(py)->dialect, *x, &name, &err) < 0) {
            schema_raise(py, &err);
            return -1;
        }
        struct ddl_index *own = arena_alloc(a, sizeof(*own));
        *own = **x;
        own->name = name;
        own->name.conv = true;
        struct batch_index *b = vec_push(a, &out->indexes);
        *b = (struct batch_index){.name = name.text, .index = own};
    }
    return 0;
}

static struct batch_table *from_copy(struct py *py, const struct op_batch *batch)
{
    const struct ddl_table *t = ((struct schema_table *)(void *)batch->copy_from)->table;
    struct batch_table *out = arena_alloc(py_arena(py), sizeof(*out));
    out->name = t->name;
    out->schema = t->schema;
    out->options = t->options;
    if (copy_from_columns(py, out, t) || copy_from_constraints(py, out, t) || copy_from_indexes(py, out, t)) {
        return NULL;
    }
    return live_batch_add(py, out) ? NULL : out;
}

/* --- the new table --- */
/* The first 50 characters. */
static struct ddl_name temporary_name(struct arena *a, const char *name)
{
    char *text = arena_printf(a, "_alembic_tmp_%s", name);
    size_t n = 0, at = 0;
    for (; text[at] && n < 50; n++) {
        do {
            at++;
        } while (((unsigned char)text[at] & 0xc0) == 0x80);
    }
    text[at] = '\0';
    return DDL_NAME(text);
}

struct making {
    struct py *py;
    struct arena *a;
    const struct op_batch *batch;
    struct batch_table *from;
    struct ddl_table *table; /* the new one */
    struct ddl_out *out;
};

/* A type that alter_column() gave has its CHECK among the constraints. */
static void drop_own_check(struct ddl_table *t, const struct ddl_column *c)
{
    for (size_t i = t->constraints.n; i-- > 0;) {
        const struct ddl_constraint *k = t->constraints.items[i];
        if (k->type_bound && strcmp(k->columns.items[0].text, c->name.text) == 0) {
            t->constraints.n--;
            memmove(&t->constraints.items[i], &t->constraints.items[i + 1],
                    (t->constraints.n - i) * sizeof(*t->constraints.items));
        }
    }
}

static void add_columns(struct making *m)
{
    const struct batch_column *c;
    vec_each (c, &m->from->columns) {
        ddl_table_add_column(m->a, m->table, c->column);
        if (c->altered) {
            drop_own_check(m->table, c->column);
        }
    }
}

static bool has_option(const ddl_options_t *options, const char *key)
{
    return ddl_option_get(options, key) != NULL;
}

/* table_args and table_kwargs, and what the old table had. */
static int add_arguments(struct making *m)
{
    pyv args = m->batch->table_args, kwargs = m->batch->table_kwargs;
    pyv wrapped = vocab_table_wrap(m->py, m->table, NULL);
    struct schema_table *t = (struct schema_table *)(void *)wrapped;
    if (!t) {
        return -1;
    }
    if (schema_given(args)) {
        pyv list = py_listed(m->py, args);
        if (!list || schema_table_items(m->py, t, list, 0)) {
            return -1;
        }
    }
    if (schema_given(kwargs) && schema_table_keywords(m->py, t, kwargs)) {
        return -1;
    }
    const struct ddl_option *o;
    vec_each (o, &m->from->options) {
        if (!has_option(&m->table->options, o->key)) {
            *(struct ddl_option *)vec_push(m->a, &m->table->options) = *o;
        }
    }
    for (size_t i = 0; i < m->from->prefixes.n; i++) {
        *vec_push(m->a, &m->table->prefixes) = m->from->prefixes.items[i];
    }
    return 0;
}

static bool same_table(const struct making *m, const struct ddl_constraint *c)
{
    const char *schema = m->from->schema.text;
    return c->kind == DDL_FOREIGN_KEY && strcmp(c->ref_table.text, m->from->name.text) == 0 &&
           (c->ref_schema.text ? schema && strcmp(schema, c->ref_schema.text) == 0 : !schema);
}

/* The columns under their present names; false: one of them is no more. */
static bool present_names(const struct making *m, const ddl_names_t *keys, ddl_names_t *out)
{
    const struct ddl_name *key;
    vec_each (key, keys) {
        const struct batch_column *c = batch_find_column(m->from, key->text);
        if (!c) {
            return false;
        }
        *(struct ddl_name *)vec_push(m->a, out) = c->column->name;
    }
    return true;
}

static void add_constraint(struct making *m, const struct batch_constraint *b)
{
    struct ddl_constraint *c = b->constraint;
    ddl_names_t columns = {0}, referred = {0};
    if (!present_names(m, &c->columns, &columns)) {
        return; /* it went with a column */
    }
    if (!c->type_bound || columns.n) {
        c->columns = columns;
    }
    if (same_table(m, c) && present_names(m, &c->ref_columns, &referred)) {
        c->ref_columns = referred;
    }
    ddl_table_add_constraint(m->a, m->table, c);
}

static void add_constraints(struct making *m)
{
    for (int unnamed = 0; unnamed < 2; unnamed++) {
        const struct batch_constraint *b;
        vec_each (b, &m->from->constraints) {
            if (!b->of_column && (b->name == NULL) == (unnamed == 1)) {
                add_constraint(m, b);
            }
        }
    }
}

static int make_table(struct making *m)
{
    m->table = ddl_table_new(m->a, temporary_name(m->a, m->from->name.text), m->from->schema);
    m->table->clock = &vocab_state(m->py)->clock;
    add_columns(m);
    if (add_arguments(m)) {
        return -1;
    }
    add_constraints(m);
    return 0;
}

/* --- statements --- */
static int fail(struct making *m, const struct err *err)
{
    schema_raise(m->py, err);
    return -1;
}

static int add_cast(struct making *m, struct strbuf *text, const struct batch_column *c, struct err *err)
{
    const struct ddl_dialect *d = m->out->dialect;
    struct ddl_name key = DDL_NAME(c->key);
    if (c->cast) {
        strbuf_adds(text, "CAST(");
    }
    ddl_quote_name(text, d, &m->from->name);
    strbuf_addch(text, '.');
    ddl_quote_name(text, d, &key);
    if (c->cast) {
        strbuf_adds(text, " AS ");
        int rc = ddl_type_render(text, d, c->cast, err);
        if (rc < 0) {
            return rc;
        }
        strbuf_adds(text, ") AS ");
        ddl_quote_name(text, d, &key);
    }
    return 0;
}

/* INSERT INTO the new one (...) SELECT ... FROM the old one */
static int copy_rows(struct making *m)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct ddl_dialect *d = m->out->dialect;
    struct err err = {0};
    const struct batch_column *c;
    bool any = false;
    strbuf_adds(&text, "INSERT INTO ");
    ddl_quote_table(&text, d, &m->table->schema, &m->table->name);
    strbuf_adds(&text, " (");
    vec_each (c, &m->from->columns) {
        if (c->moves) {
            strbuf_adds(&text, any ? ", " : "");
            ddl_quote_name(&text, d, &c->column->name);
            any = true;
        }
    }
    if (!any) {
        py_refuse(m->py, "batch_alter_table(\"%s\") that keeps none of the table's columns",
                  m->from->name.text);
        return -1;
    }
    any = false;
    strbuf_adds(&text, ") SELECT ");
    vec_each (c, &m->from->columns) {
        if (c->moves) {
            strbuf_adds(&text, any ? ", " : "");
            if (add_cast(m, &text, c, &err) < 0) {
                return fail(m, &err);
            }
            any = true;
        }
    }
    strbuf_adds(&text, " \nFROM ");
    ddl_quote_table(&text, d, &m->from->schema, &m->from->name);
    return migration_emit(m->py, (struct slice){text.ptr, text.len}, NULL, NULL);
}

/* AUTOINCREMENT never gives a number twice: the counter goes with the table. */
static int copy_counter(struct making *m)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const struct ddl_dialect *d = m->out->dialect;
    const struct ddl_constraint *pk = ddl_primary_key(m->table);
    const struct ddl_column *c =
        pk && pk->columns.n == 1 ? ddl_table_column(m->table, pk->columns.items[0].text) : NULL;
    const char *schema = m->from->prefixes.n ? "temp" : m->from->schema.text;
    struct ddl_name in = {.text = schema}, table = DDL_NAME("sqlite_sequence");
    if (migration_of(m->py)->mode != MIGRATION_LIVE || !m->from->counts || !c || !ddl_sqlite_counts(c)) {
        return 0;
    }
    strbuf_adds(&text, "DELETE FROM ");
    ddl_quote_table(&text, d, &in, &table);
    strbuf_adds(&text, " WHERE name = ");
    ddl_quote_string(&text, d, slice_of(m->table->name.text));
    if (migration_emit(m->py, (struct slice){text.ptr, text.len}, NULL, NULL)) {
        return -1;
    }
    strbuf_clear(&text);
    strbuf_adds(&text, "INSERT INTO ");
    ddl_quote_table(&text, d, &in, &table);
    strbuf_adds(&text, " (name, seq) SELECT ");
    ddl_quote_string(&text, d, slice_of(m->table->name.text));
    strbuf_adds(&text, ", seq FROM ");
    ddl_quote_table(&text, d, &in, &table);
    strbuf_adds(&text, " WHERE name = ");
    ddl_quote_string(&text, d, slice_of(m->from->name.text));
    return migration_emit(m->py, (struct slice){text.ptr, text.len}, NULL, NULL);
}

static int drop_table(struct making *m, struct ddl_name name)
{
    struct err err = {0};
    struct ddl_table *t = ddl_table_new(m->a, name, m->from->schema);
    return ddl_op_drop_table(m->out, t, false, &err) < 0 ? fail(m, &err) : 0;
}

/* After an exception that can be caught the new table goes again, as in Alembic. */
static void take_back(struct making *m)
{
    pyv raised = py_raised(m->py);
    if (raised) {
        py_clear(m->py);
        if (drop_table(m, m->table->name) == 0) {
            py_raise_value(m->py, raised);
        }
    }
}

static int move_rows(struct making *m)
{
    if (copy_rows(m) || copy_counter(m) || drop_table(m, m->from->name)) {
        take_back(m);
        return -1;
    }
    return 0;
}

static int add_index(struct making *m, struct batch_index *x)
{
    struct err err = {0};
    if (x->definition) {
        return migration_emit(m->py, slice_of(x->definition), NULL, NULL);
    }
    struct ddl_index *own = arena_alloc(m->a, sizeof(*own));
    *own = *x->index;
    own->table = ddl_table_new(m->a, m->from->name, m->from->schema);
    memset(&own->elements, 0, sizeof(own->elements));
    const struct ddl_index_element *e;
    vec_each (e, &x->index->elements) {
        struct ddl_index_element *copy = vec_push(m->a, &own->elements);
        *copy = *e;
        const struct batch_column *c = e->expr ? NULL : batch_find_column(m->from, e->column.text);
        if (c) {
            copy->column = c->column->name;
        } else if (x->created) {
            batch_raise_key(m->py, e->column.text);
            return -1;
        }
    }
    return ddl_op_create_index(m->out, own, -1, &err) < 0 ? fail(m, &err) : 0;
}

static int put_back(struct making *m)
{
    struct batch_index *x;
    vec_each (x, &m->from->indexes) {
        if (add_index(m, x)) {
            return -1;
        }
    }
    for (size_t i = 0; i < m->from->triggers.n; i++) {
        if (migration_emit(m->py, slice_of(m->from->triggers.items[i]), NULL, NULL)) {
            return -1;
        }
    }
    return 0;
}

static int replace_table(struct making *m)
{
    struct err err = {0};
    if (ddl_op_create_table(m->out, m->table, false, &err) < 0) {
        return fail(m, &err);
    }
    if (move_rows(m)) {
        return -1;
    }
    if (ddl_op_rename_table(m->out, m->table->name, m->from->name, m->from->schema, &err) < 0) {
        return fail(m, &err);
    }
    return put_back(m);
}

/* Views and triggers that name the table stand on nothing between DROP and RENAME, which RENAME would not
 * bear; they are looked at when all is done. */
static int replace_watched(struct making *m)
{
    bool was = false;
    if (live_batch_quiet(m->py, true, &was)) {
        return -1;
    }
    int rc = replace_table(m);
    if (rc) {
        struct conn *c = migration_of(m->py)->conn;
        struct err ignored;
        if (!was) {
            conn_exec(c, "PRAGMA legacy_alter_table = OFF", &ignored);
        }
        return rc;
    }
    return live_batch_quiet(m->py, false, &was) || live_batch_verify(m->py, m->from) ? -1 : 0;
}

static bool refused(struct py *py, const struct op_batch *batch)
{
    if (migration_of(py)->dialect->kind != DDL_SQLITE) {
        py_refuse(py, "batch_alter_table(\"%s\", recreate=\"always\") on %s", batch->table.text,
                  migration_of(py)->dialect->name);
        return true;
    }
    bool args = schema_given(batch->reflect_args) && py_len(py, batch->reflect_args) != 0;
    bool kwargs = schema_given(batch->reflect_kwargs) && py_len(py, batch->reflect_kwargs) != 0;
    if (!batch->copy_from && (args || kwargs)) {
        py_refuse(py, "batch_alter_table(%s=)", args ? "reflect_args" : "reflect_kwargs");
        return true;
    }
    return false;
}

/* Texts of indexes and triggers name their table without a schema. */
static int check_schema(struct py *py, const struct batch_table *t)
{
    const struct batch_index *x;
    bool texts = t->triggers.n > 0;
    vec_each (x, &t->indexes) {
        texts = texts || x->definition;
    }
    if (texts && (t->schema.text || t->prefixes.n)) {
        py_refuse(py,
                  "batch_alter_table(\"%s\") of a table in another schema with triggers or indexes of "
                  "expressions",
                  t->name.text);
        return -1;
    }
    return 0;
}

int op_batch_recreate(struct py *py, struct op_batch *batch)
{
    struct making m = {.py = py, .a = py_arena(py), .batch = batch, .out = vocab_out(py)};
    if (!m.out || refused(py, batch)) {
        return -1;
    }
    if (!batch->copy_from && migration_of(py)->mode == MIGRATION_PLAN) {
        py_needs_live(py, "looks at the table %s", batch->table.text);
        return -1;
    }
    m.from = batch->copy_from ? from_copy(py, batch)
                              : live_batch_reflect(py, batch->table, batch->schema, batch->naming);
    if (!m.from || batch_apply(py, m.from, batch) || check_schema(py, m.from) ||
        live_batch_check_references(py, m.from) || make_table(&m)) {
        return -1;
    }
    bool live = migration_of(py)->mode == MIGRATION_LIVE;
    return live && m.from->watched ? replace_watched(&m) : replace_table(&m);
}

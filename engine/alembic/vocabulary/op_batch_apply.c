/* What the operations of a batch do to a table that is made anew, as Alembic's ApplyBatchImpl does them. */
#include "engine/alembic/vocabulary/op.h"
#include "engine/alembic/vocabulary/op_batch_table.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

struct pair { /* of two columns: the first comes before the second */
    const char *before, *after;
};
struct applying {
    struct py *py;
    struct arena *a;
    struct batch_table *t;
    const struct op_batch *batch;
    VEC(struct pair) order;          /* add_col_ordering */
    VEC(struct batch_index) created; /* new_indexes */
};

void *batch_raise_key(struct py *py, const char *key)
{
    pyv text = py_str_of(py, key), error = NULL;
    const struct py_type *type = py_exception_type(py, "KeyError");
    if (text && type) {
        error = py_call1(py, (pyv)(uintptr_t)type, text);
    }
    return error ? py_raise_value(py, error) : NULL;
}

struct batch_column *batch_find_column(const struct batch_table *t, const char *key)
{
    struct batch_column *c;
    vec_each (c, &t->columns) {
        if (strcmp(c->key, key) == 0) {
            return c;
        }
    }
    return NULL;
}

static struct batch_constraint *find_constraint(const struct batch_table *t, const char *name)
{
    struct batch_constraint *c, *found = NULL;
    vec_each (c, &t->constraints) {
        if (c->name && strcmp(c->name, name) == 0) {
            found = c; /* of several by one name Python's dict has the last */
        }
    }
    return found;
}

static void remove_constraint(struct batch_table *t, const struct batch_constraint *c)
{
    size_t at = (size_t)(c - t->constraints.items);
    memmove(&t->constraints.items[at], &t->constraints.items[at + 1],
            (t->constraints.n - at - 1) * sizeof(*t->constraints.items));
    t->constraints.n--;
}

static void remove_named(struct batch_table *t, const char *name)
{
    struct batch_constraint *c = find_constraint(t, name);
    if (c) {
        remove_constraint(t, c);
    }
}

static bool has_name(const strings_t *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void remove_name(strings_t *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i], name) == 0) {
            memmove(&names->items[i], &names->items[i + 1], (names->n - i - 1) * sizeof(*names->items));
            names->n--;
            return;
        }
    }
}

/* --- types --- */
/* What SQLAlchemy calls _type_affinity, as far as it decides about a CAST. */
static int affinity_of(const struct ddl_type *t)
{
    enum ddl_affinity a = ddl_type_affinity(t);
    switch (a) {
    case AFFINITY_ENUM:
        return ddl_type_is(t, DDL_TYPE_PG_ENUM) ? 1000 : AFFINITY_STRING;
    case AFFINITY_FLOAT:
        return AFFINITY_NUMERIC;
    case AFFINITY_OTHER:
        return 1001 + (int)t->class->id;
    default:
        return (int)a;
    }
}

/* Boolean and Enum: types that may have a CHECK of their own. */
static bool has_events(const struct ddl_type *t)
{
    enum ddl_affinity a = t ? ddl_type_affinity(t) : AFFINITY_NULL;
    return a == AFFINITY_BOOLEAN || a == AFFINITY_ENUM;
}

static const struct ddl_type *variant_of(struct applying *p, const struct ddl_type *t)
{
    return t ? ddl_type_undecorated(migration_of(p->py)->dialect, t) : NULL;
}

/* "column IN (...)", as a Boolean or an Enum has it: the text begins so and ends with that parenthesis. */
static bool is_type_check(const char *text, const char *column)
{
    size_t n = strlen(column);
    const char *p = text;
    bool quoted = *p == '"' || *p == '`' || *p == '[';
    p += quoted;
    if (strncasecmp(p, column, n) != 0) {
        return false;
    }
    p += n + quoted;
    p += strspn(p, " ");
    if (strncasecmp(p, "IN", 2) != 0) {
        return false;
    }
    p += 2 + strspn(p + 2, " ");
    size_t len = strlen(p);
    return *p == '(' && p[len - 1] == ')' && strcspn(p + 1, "()") == len - 2;
}

/* The CHECK that an unnamed Boolean or Enum left in the table goes with the type. */
static void drop_type_checks(struct batch_table *t, const struct batch_column *column)
{
    for (size_t i = t->constraints.n; i-- > 0;) {
        const struct batch_constraint *c = &t->constraints.items[i];
        if (c->kept && c->text &&
            (is_type_check(c->text, column->key) || is_type_check(c->text, column->column->name.text))) {
            remove_constraint(t, c);
        }
    }
}

/* --- alter_column --- */
/* The text of a literal of the live table, with the column's other name. */
static const struct sql_expr *renamed(struct applying *p, const struct sql_expr *e, const char *key,
                                      struct ddl_name to, const char *what)
{
    const char *text = slice_dup(p->a, e->text);
    text = live_text_rename(p->py, text, key, to, what);
    return text ? live_literal(p->py, text) : NULL;
}

static int rename_in_columns(struct applying *p, const char *key, struct ddl_name to)
{
    struct batch_column *c;
    vec_each (c, &p->t->columns) {
        if (!p->t->reflected || !c->column->computed || !c->seen) {
            continue;
        }
        struct ddl_computed *own = arena_alloc(p->a, sizeof(*own));
        *own = *c->column->computed;
        own->expr = renamed(p, own->expr, key, to, "a generated column");
        c->column->computed = own;
        if (!own->expr) {
            return -1;
        }
    }
    return 0;
}

static int rename_in_index(struct applying *p, struct batch_index *x, const char *key, struct ddl_name to)
{
    if (!x->definition) {
        for (size_t i = 0; p->t->reflected && x->index && i < x->index->options.n; i++) {
            struct ddl_option *o = &x->index->options.items[i];
            o->expr = o->expr ? renamed(p, o->expr, key, to, "a partial index") : NULL;
        }
        return py_stopped(p->py) == PY_RUNNING ? 0 : -1;
    }
    bool ambiguous = strcasecmp(key, p->t->name.text) == 0 || strcasecmp(key, x->name) == 0;
    if (live_text_mentions(x->definition, key) && ambiguous) {
        py_refuse(p->py, "renaming column %s, which index %s names", key, x->name);
        return -1;
    }
    x->definition = live_text_rename(p->py, x->definition, key, to, "an index");
    return x->definition ? 0 : -1;
}

static int rename_in_texts(struct applying *p, const char *key, struct ddl_name to)
{
    struct batch_constraint *c;
    struct batch_index *x;
    vec_each (c, &p->t->constraints) {
        if (c->text && live_text_mentions(c->text, key)) {
            c->text = live_text_rename(p->py, c->text, key, to, "a CHECK");
            if (!c->text) {
                return -1;
            }
            c->constraint->check = live_literal(p->py, c->text);
        }
    }
    vec_each (x, &p->t->indexes) {
        if (rename_in_index(p, x, key, to)) {
            return -1;
        }
    }
    for (size_t i = 0; i < p->t->triggers.n; i++) {
        if (live_text_mentions(p->t->triggers.items[i], key)) {
            py_refuse(p->py, "renaming column %s, which a trigger of the table names", key);
            return -1;
        }
    }
    return 0;
}

static int rename_column(struct applying *p, struct batch_column *c, const struct ddl_alter_column *a)
{
    const struct ddl_type *type = variant_of(p, a->existing_type);
    c->column->name = a->new_name;
    if (has_events(type) && type->name.text) {
        remove_named(p->t, type->name.text);
    }
    if (rename_in_columns(p, c->key, a->new_name)) {
        return -1;
    }
    return rename_in_texts(p, c->key, a->new_name);
}

static void change_type(struct applying *p, struct batch_column *c, const struct ddl_alter_column *a)
{
    const struct ddl_type *before = c->seen ? c->seen : c->column->type;
    bool events = has_events(before) || has_events(a->type) || has_events(variant_of(p, a->existing_type));
    if (affinity_of(before) != affinity_of(a->type) &&
        (a->type->class->affinity != AFFINITY_JSON || ddl_type_is(a->type, DDL_TYPE_DECORATOR))) {
        c->cast = a->type;
    }
    if (events) {
        drop_type_checks(p->t, c);
    }
    c->column->type = a->type;
    c->seen = a->type;
    c->altered = true;
}

static int alter_column(struct applying *p, const struct op_item *i)
{
    const struct ddl_alter_column *a = &i->alter;
    struct batch_column *c = batch_find_column(p->t, a->column.text);
    if (!c) {
        batch_raise_key(p->py, a->column.text);
        return -1;
    }
    if (a->new_name.text && strcmp(a->new_name.text, a->column.text) != 0 && rename_column(p, c, a)) {
        return -1;
    }
    if (a->type) {
        if (c->column->computed) {
            py_refuse(p->py, "another type for the generated column %s", c->key);
            return -1;
        }
        change_type(p, c, a);
    }
    if (a->nullable >= 0) {
        c->column->nullable = a->nullable;
        c->column->nullable_given = true;
    }
    if (a->has_server_default) {
        if (a->server_identity || a->server_computed || c->column->computed) {
            py_refuse(p->py, "a default for column %s that is generated or an identity", c->key);
            return -1;
        }
        c->column->server_default = a->server_default;
    }
    if (a->autoincrement >= 0) {
        c->column->autoincrement = a->autoincrement ? DDL_AUTO_TRUE : DDL_AUTO_FALSE;
    }
    if (a->has_comment) {
        c->column->comment = a->comment;
    }
    return 0;
}

/* --- add_column --- */
static const char *follows(const struct applying *p, const char *before, bool *found)
{
    const char *last = NULL;
    *found = false;
    for (size_t i = 0; i < p->order.n; i++) {
        if (strcmp(p->order.items[i].before, before) == 0) {
            last = p->order.items[i].after;
            *found = true;
        }
    }
    return last;
}

static const char *precedes(const struct applying *p, const char *after, bool *found)
{
    const char *last = NULL;
    *found = false;
    for (size_t i = 0; i < p->order.n; i++) {
        if (strcmp(p->order.items[i].after, after) == 0) {
            last = p->order.items[i].before;
            *found = true;
        }
    }
    return last;
}

static size_t place_of(const strings_t *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return i;
        }
    }
    return names->n;
}

static void add_pair(struct applying *p, const char *before, const char *after)
{
    struct pair *pair = vec_push(p->a, &p->order);
    *pair = (struct pair){before, after};
}

/* Where the new column stands among the others. */
static int add_ordering(struct applying *p, const char *name, const char *before, const char *after)
{
    const strings_t *old = &p->t->ordering;
    bool found = true, free_order = !p->batch->partial_reordering;
    if (free_order && after && !before) {
        size_t at = place_of(old, after);
        before = at < old->n ? (at + 1 < old->n ? old->items[at + 1] : NULL) : follows(p, after, &found);
        if (!found) {
            batch_raise_key(p->py, after);
            return -1;
        }
    }
    if (free_order && before && !after) {
        size_t at = place_of(old, before);
        after = at < old->n ? (at > 0 ? old->items[at - 1] : NULL) : precedes(p, before, &found);
        if (!found) {
            batch_raise_key(p->py, before);
            return -1;
        }
    }
    if (before) {
        add_pair(p, name, before);
    }
    if (after) {
        add_pair(p, after, name);
    }
    if (free_order && !before && !after && old->n) {
        add_pair(p, old->items[old->n - 1], name);
    }
    return 0;
}

/* A column without a table; references are constraints of their own by now. */
static struct ddl_column *copy_column(struct arena *a, const struct ddl_column *from, bool flags)
{
    struct ddl_column *c = arena_alloc(a, sizeof(*c));
    *c = *from;
    c->table = NULL;
    c->expr = NULL;
    c->unique = flags && from->unique;
    c->index = flags && from->index;
    memset(&c->constraints, 0, sizeof(c->constraints));
    struct ddl_constraint **k;
    vec_each (k, &from->constraints) {
        if ((*k)->kind == DDL_FOREIGN_KEY) {
            continue;
        }
        struct ddl_constraint *own = arena_alloc(a, sizeof(*own));
        *own = **k;
        own->table = NULL;
        own->order = 0;
        *(struct ddl_constraint **)vec_push(a, &c->constraints) = own;
    }
    return c;
}

static int add_column(struct applying *p, const struct op_item *i)
{
    const char *name = i->column->name.text;
    if (add_ordering(p, name, i->insert_before, i->insert_after)) {
        return -1;
    }
    struct batch_column *c = batch_find_column(p->t, name);
    if (!c) {
        c = vec_push(p->a, &p->t->columns);
    }
    *c = (struct batch_column){.key = name, .column = copy_column(p->a, i->column, true)};
    return 0;
}

/* --- drop_column --- */
static int check_dropped(struct applying *p, const char *key)
{
    const struct batch_index *x;
    vec_each (x, &p->t->indexes) {
        if (x->definition && live_text_mentions(x->definition, key)) {
            py_refuse(p->py, "dropping column %s, which index %s names: drop the index first", key, x->name);
            return -1;
        }
    }
    for (size_t i = 0; i < p->t->triggers.n; i++) {
        if (live_text_mentions(p->t->triggers.items[i], key)) {
            py_refuse(p->py, "dropping column %s, which a trigger of the table names", key);
            return -1;
        }
    }
    return 0;
}

static int drop_column(struct applying *p, const struct op_item *i)
{
    const char *key = i->column->name.text;
    struct batch_column *c = batch_find_column(p->t, key);
    if (!c) {
        batch_raise_key(p->py, key);
        return -1;
    }
    if (check_dropped(p, key)) {
        return -1;
    }
    if (has_name(&p->t->key, key)) {
        remove_name(&p->t->key, key);
        struct batch_constraint *k;
        vec_each (k, &p->t->constraints) {
            ddl_names_t *names = &k->constraint->columns;
            for (size_t n = 0; k->constraint->kind == DDL_PRIMARY_KEY && n < names->n; n++) {
                if (strcmp(names->items[n].text, key) == 0) {
                    memmove(&names->items[n], &names->items[n + 1],
                            (names->n - n - 1) * sizeof(*names->items));
                    names->n--;
                }
            }
        }
    }
    /* A CHECK without a name goes with the column that it names. */
    for (size_t n = p->t->constraints.n; n-- > 0;) {
        const struct batch_constraint *k = &p->t->constraints.items[n];
        if (k->kept && k->text && live_text_mentions(k->text, key)) {
            remove_constraint(p->t, k);
        }
    }
    size_t at = (size_t)(c - p->t->columns.items);
    memmove(c, c + 1, (p->t->columns.n - at - 1) * sizeof(*c));
    p->t->columns.n--;
    remove_name(&p->t->ordering, key);
    const struct ddl_type *type = i->existing_type;
    if (has_events(type) && type->name.text) {
        remove_named(p->t, type->name.text);
    }
    return 0;
}

/* --- constraints --- */
/* The name that the constraint has in the end, under the convention of the operation's metadata. */
static int final_name(struct applying *p, const struct ddl_constraint *c, struct ddl_name *out)
{
    struct err err = {0};
    if (ddl_constraint_name(p->a, migration_of(p->py)->dialect, c, out, &err) < 0) {
        schema_raise(p->py, &err);
        return -1;
    }
    return 0;
}

/* Columns that an expression names. */
static void gather(struct arena *a, const struct sql_expr *e, strings_t *out, int depth)
{
    if (!e || depth > 100) {
        return;
    }
    if (e->kind == SQL_E_COLUMN && e->name.text) {
        *vec_push(a, out) = e->name.text;
    }
    gather(a, e->left, out, depth + 1);
    gather(a, e->right, out, depth + 1);
    for (size_t i = 0; i < e->n; i++) {
        gather(a, e->items[i], out, depth + 1);
    }
}

static int check_column(struct applying *p, const char *name)
{
    const struct batch_column *b;
    if (batch_find_column(p->t, name)) {
        return 0;
    }
    vec_each (b, &p->t->columns) {
        if (strcmp(b->column->name.text, name) == 0) {
            py_refuse(p->py,
                      "a constraint on column %s, which is renamed in the same batch: Alembic would leave it "
                      "out; name it as it was before, or use a batch of its own",
                      name);
            return -1;
        }
    }
    py_refuse(p->py, "a constraint on column %s, which the table does not have: Alembic would leave it out",
              name);
    return -1;
}

/* Alembic leaves out a constraint on a column that it does not find. */
static int check_columns(struct applying *p, const struct ddl_constraint *c)
{
    strings_t names = {0};
    for (size_t i = 0; i < c->columns.n; i++) {
        *vec_push(p->a, &names) = c->columns.items[i].text;
    }
    gather(p->a, c->check, &names, 0);
    for (size_t i = 0; i < names.n; i++) {
        if (check_column(p, names.items[i])) {
            return -1;
        }
    }
    return 0;
}

static int add_constraint(struct applying *p, const struct op_item *i)
{
    struct ddl_name name;
    if (final_name(p, i->constraint, &name) ||
        (!i->constraint->type_bound && check_columns(p, i->constraint))) {
        return -1;
    }
    if (!name.text && !i->constraint->type_bound && !i->constraint->name.none_name) {
        py_raise(p->py, "ValueError", "Constraint must have a name");
        return -1;
    }
    struct ddl_constraint *own = arena_alloc(p->a, sizeof(*own));
    *own = *i->constraint;
    own->table = NULL;
    own->order = 0;
    own->name = name;
    own->name.conv = true;
    own->name.none_name = !name.text;
    if (own->kind == DDL_PRIMARY_KEY) {
        for (size_t n = p->t->constraints.n; n-- > 0;) {
            const struct batch_constraint *k = &p->t->constraints.items[n];
            if (k->constraint->kind == DDL_PRIMARY_KEY && !k->name) {
                remove_constraint(p->t, k);
            }
        }
    }
    if (name.text) {
        struct batch_constraint *same = find_constraint(p->t, name.text);
        if (same) { /* it takes the place of the other in Python's dict */
            *same = (struct batch_constraint){.name = name.text, .constraint = own};
            return 0;
        }
    }
    struct batch_constraint *b = vec_push(p->a, &p->t->constraints);
    *b = (struct batch_constraint){.name = name.text, .constraint = own};
    return 0;
}

static int drop_constraint(struct applying *p, const struct op_item *i)
{
    struct ddl_name name;
    if (final_name(p, i->constraint, &name)) {
        return -1;
    }
    if (!name.text) {
        if (i->constraint->type_bound) {
            return 0;
        }
        py_raise(p->py, "ValueError", "Constraint must have a name");
        return -1;
    }
    struct batch_constraint *c = find_constraint(p->t, name.text);
    if (!c) {
        if (i->constraint->type_bound) {
            return 0;
        }
        py_raise(p->py, "ValueError", "No such constraint: '%s'", name.text);
        return -1;
    }
    if (c->constraint->kind == DDL_PRIMARY_KEY) {
        for (size_t n = 0; n < c->constraint->columns.n; n++) {
            struct batch_column *own = batch_find_column(p->t, c->constraint->columns.items[n].text);
            if (own) {
                own->column->primary_key = false;
            }
        }
    }
    if (c->of_column) {
        struct batch_column *own = batch_find_column(p->t, c->column);
        for (size_t n = own ? own->column->constraints.n : 0; n-- > 0;) {
            const struct ddl_name *k = &own->column->constraints.items[n]->name;
            if (k->text && strcmp(k->text, name.text) == 0) {
                own->column->constraints.n--;
                memmove(&own->column->constraints.items[n], &own->column->constraints.items[n + 1],
                        (own->column->constraints.n - n) * sizeof(*own->column->constraints.items));
            }
        }
    }
    remove_constraint(p->t, c);
    return 0;
}

/* --- indexes --- */
/* A new one stands on columns alone: Alembic knows them by their keys. */
static int create_index(struct applying *p, const struct op_item *i)
{
    struct err err = {0};
    struct ddl_name name;
    const struct ddl_index_element *e;
    if (i->if_not_exists >= 0) {
        py_refuse(p->py, "create_index(if_not_exists=) in a batch that makes the table anew");
        return -1;
    }
    if (ddl_index_name(p->a, migration_of(p->py)->dialect, i->index, &name, &err) < 0) {
        schema_raise(p->py, &err);
        return -1;
    }
    struct ddl_index *own = arena_alloc(p->a, sizeof(*own));
    *own = *i->index;
    own->name = name;
    own->name.conv = true;
    vec_each (e, &own->elements) {
        if (e->expr || e->clause) {
            py_refuse(p->py, "an index of expressions in a batch that makes the table anew: create it with "
                             "op.create_index() behind the batch");
            return -1;
        }
    }
    struct batch_index *x;
    vec_each (x, &p->created) {
        if (name.text && x->name && strcmp(x->name, name.text) == 0) {
            x->index = own;
            return 0;
        }
    }
    x = vec_push(p->a, &p->created);
    *x = (struct batch_index){.name = name.text, .index = own};
    return 0;
}

static int drop_index(struct applying *p, const struct op_item *i)
{
    struct batch_index *x;
    if (i->exists) {
        py_refuse(p->py, "drop_index(if_exists=True) in a batch that makes the table anew");
        return -1;
    }
    vec_each (x, &p->t->indexes) {
        if (i->index->name.text && strcmp(x->name, i->index->name.text) == 0) {
            size_t at = (size_t)(x - p->t->indexes.items);
            memmove(x, x + 1, (p->t->indexes.n - at - 1) * sizeof(*x));
            p->t->indexes.n--;
            return 0;
        }
    }
    py_raise(p->py, "ValueError", "No such index: '%s'", i->index->name.text ? i->index->name.text : "None");
    return -1;
}

/* --- the order of columns --- */
static int take_reordering(struct applying *p, pyv list)
{
    pyv tuples = py_listed(p->py, list);
    struct py_list *l = (struct py_list *)(void *)tuples;
    for (size_t i = 0; l && i < l->n; i++) {
        ddl_names_t names = {0};
        if (schema_names(p->py, l->items[i], &names)) {
            return -1;
        }
        for (size_t k = 1; k < names.n; k++) {
            add_pair(p, names.items[k - 1].text, names.items[k].text);
        }
    }
    return l ? 0 : -1;
}

static bool waits(const struct applying *p, const struct batch_column *c, const bool *done)
{
    for (size_t i = 0; i < p->order.n; i++) {
        const struct pair *pair = &p->order.items[i];
        if (strcmp(pair->after, c->key) != 0 || strcmp(pair->before, c->key) == 0) {
            continue;
        }
        for (size_t k = 0; k < p->t->columns.n; k++) {
            if (!done[k] && strcmp(p->t->columns.items[k].key, pair->before) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* All that wait for nothing, then those that waited for these alone, and so on. */
static int sort_columns(struct applying *p)
{
    size_t n = p->t->columns.n, placed = 0;
    struct batch_column *sorted = arena_array(p->a, n + 1, sizeof(*sorted));
    bool *done = arena_array(p->a, n + 1, sizeof(*done)), *next = arena_array(p->a, n + 1, sizeof(*next));
    while (placed < n) {
        size_t before = placed;
        for (size_t i = 0; i < n; i++) {
            next[i] = done[i];
            if (!done[i] && !waits(p, &p->t->columns.items[i], done)) {
                sorted[placed++] = p->t->columns.items[i];
                next[i] = true;
            }
        }
        if (placed == before || !py_spend(p->py, n * (p->order.n + 1), 0)) {
            if (py_stopped(p->py) == PY_RUNNING) {
                py_raise(p->py, "sqlalchemy.exc.CircularDependencyError", "Circular dependency detected.");
            }
            return -1;
        }
        memcpy(done, next, n * sizeof(*done));
    }
    for (size_t i = 0; i < n; i++) {
        p->t->columns.items[i] = sorted[i];
    }
    return 0;
}

static int order_columns(struct applying *p)
{
    if (p->batch->partial_reordering) {
        return take_reordering(p, p->batch->partial_reordering) ? -1 : sort_columns(p);
    }
    if (p->order.n == 0) {
        return 0;
    }
    for (size_t i = 1; i < p->t->ordering.n; i++) {
        add_pair(p, p->t->columns.items[i - 1].key, p->t->ordering.items[i]);
    }
    return sort_columns(p);
}

static int apply_one(struct applying *p, const struct op_item *i)
{
    switch (i->kind) {
    case OP_ALTER_COLUMN:
        return alter_column(p, i);
    case OP_ADD_COLUMN:
        return add_column(p, i);
    case OP_DROP_COLUMN:
        return drop_column(p, i);
    case OP_ADD_CONSTRAINT:
        return add_constraint(p, i);
    case OP_DROP_CONSTRAINT:
        return drop_constraint(p, i);
    case OP_CREATE_INDEX:
        return create_index(p, i);
    case OP_DROP_INDEX:
        return drop_index(p, i);
    case OP_RENAME_TABLE:
        py_raise(p->py, "NotImplementedError", "a batch operation cannot rename its table");
        return -1;
    default:
        return 0; /* comments: SQLite has none */
    }
}

int batch_apply(struct py *py, struct batch_table *t, const struct op_batch *batch)
{
    struct applying p = {.py = py, .a = py_arena(py), .t = t, .batch = batch};
    const struct op_item *i;
    vec_each (i, &batch->items) {
        if (apply_one(&p, i)) {
            return -1;
        }
    }
    if (order_columns(&p)) {
        return -1;
    }
    const struct batch_index *x;
    vec_each (x, &p.created) {
        struct batch_index *own = vec_push(p.a, &t->indexes);
        *own = *x;
        own->created = true;
    }
    return 0;
}

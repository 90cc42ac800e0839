/* What an inspector tells of SQLite's tables. */
#include "engine/alembic/vocabulary/live_inspect.h"
#include <string.h>
#include <strings.h>

static pyv column_dict(struct py *py, const struct live_seen *seen, const struct schema_column *c)
{
    const struct ddl_type *type = schema_column_type(py_arena(py), seen->schema, c, NULL);
    struct live_dict d = live_dict_new(py);
    live_put_text(&d, "name", c->name);
    live_put(&d, "type", vocab_type_wrap(py, type));
    live_put(&d, "nullable", py_bool(c->nullable));
    live_put_text(&d, "default", c->default_text);
    live_put(&d, "primary_key", py_int_new(py, c->key_position));
    if (c->generated) {
        struct live_dict computed = live_dict_new(py);
        live_put_text(&computed, "sqltext", live_sqlite_generated(py_arena(py), seen->table->definition, c));
        live_put(&computed, "persisted", py_bool(c->stored));
        live_put(&d, "computed", computed.dict);
    }
    return d.dict;
}

static pyv columns(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    for (size_t i = 0; i < seen->table->columns.n; i++) {
        const struct schema_column *c = &seen->table->columns.items[i];
        if (!c->hidden) {
            list = live_append(py, list, column_dict(py, seen, c));
        }
    }
    return list;
}

/* The columns of the key in its order, which columns know by themselves. */
static void key_columns(struct arena *a, const struct schema_table *t, strings_t *out)
{
    const struct schema_column *c;
    for (int64_t position = 1; position <= (int64_t)t->columns.n; position++) {
        vec_each (c, &t->columns) {
            if (c->key_position == position) {
                *vec_push(a, out) = c->name;
            }
        }
    }
}

static const char *key_name(struct arena *a, const struct schema_table *t)
{
    const struct schema_constraint *k = schema_primary_key(t);
    bool spelled = k && strncasecmp(t->definition + k->offset, "PRIMARY KEY", 11) == 0;
    return spelled ? live_sqlite_name(a, t->definition, k->offset) : NULL;
}

static pyv primary_key(struct py *py, const struct live_seen *seen)
{
    strings_t names = {0};
    struct live_dict d = live_dict_new(py);
    key_columns(py_arena(py), seen->table, &names);
    if (names.n) {
        live_put(&d, "constrained_columns", live_strings(py, &names));
        live_put_text(&d, "name", key_name(py_arena(py), seen->table));
    } else {
        live_put_text(&d, "name", NULL);
        live_put(&d, "constrained_columns", py_list_new(py));
    }
    return d.dict;
}

/* A foreign key as it is: of those that are the same in columns and target one is left. */
struct key {
    const struct schema_constraint *is;
    strings_t ref_columns;
    struct live_sqlite_key text; /* seen: what the text said */
    bool told;
};
struct keys {
    VEC(struct key) v;
};

static bool same_names(const strings_t *a, const strings_t *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0) {
            return false;
        }
    }
    return a->n == b->n;
}

static struct key *find(struct keys *keys, const strings_t *columns_, const char *table,
                        const strings_t *ref_columns)
{
    struct key *k;
    vec_each (k, &keys->v) {
        if (same_names(&k->is->columns, columns_) && strcmp(k->is->ref_table, table) == 0 &&
            same_names(&k->ref_columns, ref_columns)) {
            return k;
        }
    }
    return NULL;
}

/* The database counts its foreign keys from the last one on. */
static int gather(struct py *py, const struct live_seen *seen, struct keys *keys)
{
    const schema_constraints_t *all = &seen->table->constraints;
    for (size_t i = all->n; i-- > 0;) {
        const struct schema_constraint *k = &all->items[i];
        if (k->kind != SCHEMA_FOREIGN_KEY) {
            continue;
        }
        strings_t ref_columns = k->ref_columns;
        if (ref_columns.n == 0) {
            bool failed = false;
            const struct schema_constraint *own = seen->key_of(py, seen, k->ref_table, &failed);
            if (failed) {
                return -1;
            }
            ref_columns = own ? own->columns : (strings_t){0};
        }
        struct key *found = find(keys, &k->columns, k->ref_table, &ref_columns);
        if (!found) {
            found = vec_push(py_arena(py), &keys->v);
        }
        found->is = k;
        found->ref_columns = ref_columns;
    }
    return 0;
}

static pyv foreign_key_dict(struct py *py, const struct live_seen *seen, const struct key *k)
{
    const struct live_sqlite_key *t = &k->text;
    struct live_dict options = live_dict_new(py), d = live_dict_new(py);
    if (t->seen) {
        const char *const keys[2] = {t->update_first ? "onupdate" : "ondelete",
                                     t->update_first ? "ondelete" : "onupdate"};
        const char *const actions[2] = {t->update_first ? t->on_update : t->on_delete,
                                        t->update_first ? t->on_delete : t->on_update};
        for (int i = 0; i < 2; i++) {
            if (actions[i]) {
                live_put_text(&options, keys[i], actions[i]);
            }
        }
        if (t->deferrable >= 0) {
            live_put(&options, "deferrable", py_bool(t->deferrable == 1));
        }
        if (t->initially) {
            live_put_text(&options, "initially", t->initially);
        }
    }
    live_put_text(&d, "name", t->seen ? t->name : NULL);
    live_put(&d, "constrained_columns", live_strings(py, &k->is->columns));
    live_put_text(&d, "referred_schema", seen->asked);
    live_put_text(&d, "referred_table", k->is->ref_table);
    live_put(&d, "referred_columns", live_strings(py, &k->ref_columns));
    live_put(&d, "options", options.dict);
    return d.dict;
}

static pyv foreign_keys(struct py *py, const struct live_seen *seen)
{
    struct keys keys = {0};
    pyv list = py_list_new(py);
    const struct schema_constraint *k;
    struct key *each;
    if (gather(py, seen, &keys)) {
        return NULL;
    }
    vec_each (k, &seen->table->constraints) {
        struct live_sqlite_key text = {0};
        if (k->kind != SCHEMA_FOREIGN_KEY || k->column) {
            continue;
        }
        live_sqlite_foreign_key(py_arena(py), seen->table->definition, k->offset, &text);
        struct key *found = text.seen ? find(&keys, &text.columns, text.ref_table, &text.ref_columns) : NULL;
        if (found && !found->told) {
            found->text = text;
            found->told = true;
            list = live_append(py, list, foreign_key_dict(py, seen, found));
        }
    }
    vec_each (each, &keys.v) {
        if (!each->told) {
            list = live_append(py, list, foreign_key_dict(py, seen, each));
        }
    }
    return list;
}

/* A partial index: text() of the predicate's first line. */
static pyv index_options(struct py *py, const struct schema_index *x)
{
    struct live_dict d = live_dict_new(py);
    if (x->predicate) {
        size_t n = strcspn(x->predicate, "\n");
        live_put(&d, "sqlite_where", live_text_clause(py, arena_dupn(py_arena(py), x->predicate, n)));
    }
    return d.dict;
}

static pyv index_dict(struct py *py, const struct schema_index *x)
{
    struct live_dict d = live_dict_new(py);
    pyv names = py_list_new(py);
    const struct schema_key *k;
    vec_each (k, &x->keys) {
        if (!k->column) {
            return &py_none; /* of expressions: passed over */
        }
        names = live_append(py, names, py_str_of(py, k->column));
    }
    live_put_text(&d, "name", x->name);
    live_put(&d, "column_names", names);
    live_put(&d, "unique", py_int_new(py, x->unique));
    live_put(&d, "dialect_options", index_options(py, x));
    return d.dict;
}

static pyv indexes(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_index *x;
    vec_each (x, &seen->table->indexes) {
        pyv dict = strncmp(x->name, "sqlite_autoindex", 16) == 0 ? &py_none : index_dict(py, x);
        list = dict && py_is_none(dict) ? list : live_append(py, list, dict);
    }
    return live_sort_by_name(py, list);
}

/* Has a UNIQUE or PRIMARY KEY with these columns an index of its own that was not told yet? */
static bool take_automatic(const struct schema_table *t, const strings_t *names, bool *taken)
{
    for (size_t i = 0; i < t->indexes.n; i++) {
        const struct schema_index *x = &t->indexes.items[i];
        bool same = strncmp(x->name, "sqlite_autoindex", 16) == 0 && x->keys.n == names->n && !taken[i];
        for (size_t k = 0; same && k < names->n; k++) {
            same = x->keys.items[k].column && strcmp(x->keys.items[k].column, names->items[k]) == 0;
        }
        if (same) {
            taken[i] = true;
            return true;
        }
    }
    return false;
}

static pyv uniques(struct py *py, const struct live_seen *seen)
{
    const struct schema_table *t = seen->table;
    bool *taken = py_alloc_array(py, t->indexes.n + 1, sizeof(*taken));
    pyv list = taken ? py_list_new(py) : NULL;
    for (int inner = 0; inner < 2; inner++) {
        const struct schema_constraint *k;
        vec_each (k, &t->constraints) {
            if (k->kind != SCHEMA_UNIQUE || (k->column != NULL) != (inner == 1) ||
                !live_sqlite_unique(t->definition, k) || !take_automatic(t, &k->columns, taken)) {
                continue;
            }
            struct live_dict d = live_dict_new(py);
            live_put_text(&d, "name",
                          inner ? NULL : live_sqlite_name(py_arena(py), t->definition, k->offset));
            live_put(&d, "column_names", live_strings(py, &k->columns));
            list = live_append(py, list, d.dict);
        }
    }
    return list;
}

static pyv checks(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_constraint *k;
    vec_each (k, &seen->table->constraints) {
        if (k->kind == SCHEMA_CHECK) {
            struct live_dict d = live_dict_new(py);
            live_put_text(&d, "sqltext", k->expression);
            live_put_text(&d, "name", k->name);
            list = live_append(py, list, d.dict);
        }
    }
    return live_sort_by_name(py, list);
}

const struct live_inspection live_inspection_sqlite = {.columns = columns,
                                                       .primary_key = primary_key,
                                                       .foreign_keys = foreign_keys,
                                                       .indexes = indexes,
                                                       .uniques = uniques,
                                                       .checks = checks};

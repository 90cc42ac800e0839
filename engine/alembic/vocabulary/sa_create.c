/*
 * Table.create(bind), metadata.create_all(bind) and their counterparts: the statements that SQLAlchemy's
 * schema generator sends, in its order.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <stdlib.h>
#include <string.h>

struct create_args {
    pyv tables; /* list of Table, or NULL */
    bool checkfirst;
};

static int bind_args(struct py *py, const struct py_args *args, const char *function, bool all, bool check,
                     struct create_args *out)
{
    static const struct py_arg one[] = {{"bind", PY_ARG_REQUIRED}, {"checkfirst", 0}, {0}};
    static const struct py_arg many[] = {{"bind", PY_ARG_REQUIRED}, {"tables", 0}, {"checkfirst", 0}, {0}};
    pyv v[3] = {NULL};
    if (py_bind(py, function, args, all ? many : one, v, NULL, NULL)) {
        return -1;
    }
    out->tables = all && schema_given(v[1]) ? py_listed(py, v[1]) : NULL;
    if (py_stopped(py) != PY_RUNNING || schema_flag(py, all ? v[2] : v[1], check, &out->checkfirst)) {
        return -1;
    }
    /* Alembic's stand-in for a connection never looks. */
    out->checkfirst = out->checkfirst && migration_of(py)->mode != MIGRATION_OFFLINE;
    return 0;
}

/* Is there something to do? 1, 0, -1. */
static int table_wanted(struct py *py, const struct schema_table *t, bool create, bool checkfirst)
{
    bool has = !create;
    if (checkfirst && live_has_table(py, t->table->name, t->table->schema, &has)) {
        return -1;
    }
    return has != create;
}

static int sequences_of(struct py *py, struct ddl_out *out, const struct schema_table *t, bool create)
{
    struct ddl_column **c;
    vec_each (c, &t->table->columns) {
        const struct ddl_sequence *s = (*c)->sequence;
        if (!s || !out->dialect->sequences || (out->dialect->kind == DDL_POSTGRESQL && s->optional)) {
            continue;
        }
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        struct err err = {0};
        bool exists = migration_of(py)->mode != MIGRATION_OFFLINE;
        int r = create ? ddl_create_sequence(&text, out->dialect, s, exists, &err)
                       : ddl_drop_sequence(&text, out->dialect, s, exists, &err);
        r = r < 0 ? r : ddl_out_statement(out, &text, &err);
        if (r < 0) {
            schema_raise(py, &err);
            return -1;
        }
    }
    return 0;
}

static int create_one(struct py *py, const struct ddl_out *from, struct schema_table *t)
{
    struct ddl_out out = *from;
    struct err err = {0};
    if (schema_table_resolve(py, t) || sequences_of(py, &out, t, true)) {
        return -1;
    }
    if (ddl_op_create_table(&out, t->table, false, &err) < 0) {
        schema_raise(py, &err);
        return -1;
    }
    return 0;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* DROP TYPE for what the table's columns had of their own, each once. */
static int drop_types(struct py *py, struct ddl_out *out, const struct ddl_table *t)
{
    struct ddl_column **c;
    vec_each (c, &t->columns) {
        const struct ddl_type *named = ddl_type_named(out->dialect, (*c)->type);
        struct ddl_seen_type *s;
        bool done = !named || named->has_metadata || !named->create_type;
        vec_each (s, &out->seen->items) {
            done = done || (same_text(s->name, named->name.text) && same_text(s->schema, named->schema));
        }
        if (done) {
            continue;
        }
        s = vec_push(out->seen->arena, &out->seen->items);
        *s = (struct ddl_seen_type){named->schema, named->name.text};
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        struct err err = {0};
        int r = ddl_type_drop(&text, out->dialect, named, &err);
        r = r < 0 ? r : ddl_out_statement(out, &text, &err);
        if (r < 0) {
            schema_raise(py, &err);
            return -1;
        }
    }
    return 0;
}

static int drop_one(struct py *py, struct ddl_out *out, struct schema_table *t)
{
    struct err err = {0};
    if (ddl_op_drop_table(out, t->table, false, &err) < 0) {
        schema_raise(py, &err);
        return -1;
    }
    return sequences_of(py, out, t, false);
}

/* A generator of its own: types are remembered within one call. With a server each type is looked for. */
static int begin(struct py *py, struct ddl_out *out, struct ddl_seen_types *seen, bool checkfirst)
{
    struct ddl_out *common = vocab_out(py);
    if (!common) {
        return -1;
    }
    *out = *common;
    *seen = (struct ddl_seen_types){.arena = py_arena(py)};
    out->seen = seen;
    if (!checkfirst) {
        out->type_exists = NULL;
    }
    return 0;
}

pyv schema_table_create(struct py *py, pyv self, const struct py_args *args)
{
    struct schema_table *t = (struct schema_table *)(void *)self;
    struct create_args a;
    struct ddl_out out;
    struct ddl_seen_types seen;
    if (bind_args(py, args, "create", false, false, &a)) {
        return NULL;
    }
    int wanted = table_wanted(py, t, true, a.checkfirst);
    if (wanted < 0 || begin(py, &out, &seen, a.checkfirst)) {
        return NULL;
    }
    return wanted && create_one(py, &out, t) ? NULL : &py_none;
}

pyv schema_table_drop(struct py *py, pyv self, const struct py_args *args)
{
    struct schema_table *t = (struct schema_table *)(void *)self;
    struct create_args a;
    struct ddl_out out;
    struct ddl_seen_types seen;
    if (bind_args(py, args, "drop", false, false, &a)) {
        return NULL;
    }
    int wanted = table_wanted(py, t, false, a.checkfirst);
    if (wanted < 0 || begin(py, &out, &seen, a.checkfirst)) {
        return NULL;
    }
    return wanted && (drop_one(py, &out, t) || drop_types(py, &out, t->table)) ? NULL : &py_none;
}

static pyv index_ddl(struct py *py, pyv self, const struct py_args *args, bool create)
{
    struct ddl_index *i = ((struct schema_index *)(void *)self)->index;
    struct create_args a;
    struct err err = {0};
    struct ddl_out *out = vocab_out(py);
    if (!out || bind_args(py, args, create ? "create" : "drop", false, false, &a)) {
        return NULL;
    }
    if (a.checkfirst) {
        return py_refuse(py, "Index.%s(checkfirst=True)", create ? "create" : "drop");
    }
    if (!i->table) {
        return py_raise(py, "sqlalchemy.exc.CompileError", "Index '%s' is not associated with any table.",
                        i->name.text);
    }
    int r = create ? ddl_op_create_index(out, i, -1, &err) : ddl_op_drop_index(out, i, false, &err);
    return r < 0 ? schema_raise(py, &err) : &py_none;
}
pyv schema_index_create(struct py *py, pyv self, const struct py_args *args)
{
    return index_ddl(py, self, args, true);
}
pyv schema_index_drop(struct py *py, pyv self, const struct py_args *args)
{
    return index_ddl(py, self, args, false);
}

/* --- order of tables --- */
static const char *key_of(struct py *py, const struct schema_table *t)
{
    return schema_table_key(py, t->table->name, t->table->schema);
}

static bool refers(const struct ddl_constraint *c, const struct schema_table *other)
{
    return strcmp(c->ref_table.text, other->table->name.text) == 0 &&
           same_text(c->ref_schema.text, other->table->schema.text);
}

/* Do constraints of t refer to `other`? */
static bool depends(const struct schema_table *t, const struct schema_table *other)
{
    struct ddl_constraint **c;
    vec_each (c, &t->table->constraints) {
        if ((*c)->kind == DDL_FOREIGN_KEY && !(*c)->use_alter && t != other && refers(*c, other)) {
            return true;
        }
    }
    return false;
}

/* References within a circle get statements of their own, where the dialect can add them later. */
static void break_circle(const struct py_list *l, const bool *done)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct schema_table *t = (const struct schema_table *)(const void *)l->items[i];
        struct ddl_constraint **c;
        vec_each (c, &t->table->constraints) {
            for (size_t k = 0; !done[i] && k < l->n; k++) {
                const struct schema_table *other = (const struct schema_table *)(const void *)l->items[k];
                if (!done[k] && other != t && (*c)->kind == DDL_FOREIGN_KEY && refers(*c, other)) {
                    (*c)->use_alter = true;
                }
            }
        }
    }
}

/* Tables in the order of their references, those given first coming first. */
static struct schema_table **sorted(struct py *py, pyv list, size_t *n)
{
    struct py_list *l = (struct py_list *)(void *)list;
    struct schema_table **out = py_alloc_array(py, l->n + 1, sizeof(*out));
    bool *done = py_alloc_array(py, l->n + 1, sizeof(*done));
    size_t count = 0;
    bool broken = false;
    if (!out || !done) {
        return NULL;
    }
    for (bool more = true; more && count < l->n;) {
        size_t level = count;
        more = false;
        for (size_t i = 0; i < l->n; i++) {
            struct schema_table *t = (struct schema_table *)(void *)l->items[i];
            bool ready = !done[i];
            for (size_t k = 0; ready && k < l->n; k++) {
                struct schema_table *other = (struct schema_table *)(void *)l->items[k];
                bool placed = false;
                for (size_t p = 0; p < level && !placed; p++) {
                    placed = out[p] == other;
                }
                ready = placed || !depends(t, other);
            }
            if (ready) {
                out[count++] = t;
                done[i] = true;
                more = true;
            }
        }
        if (!more && count < l->n && !broken) {
            break_circle(l, done);
            more = broken = true;
        }
    }
    *n = count;
    return count == l->n ? out : py_refuse(py, "tables that refer to each other in a circle");
}

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All tables of the metadata by key, or those given. */
static pyv chosen_tables(struct py *py, struct py_metadata *m, pyv given, bool by_name)
{
    pyv key, value, list = py_list_new(py);
    size_t n = 0;
    if (given) {
        struct py_list *l = (struct py_list *)(void *)given;
        for (size_t i = 0; i < l->n; i++) {
            if (!py_is(l->items[i], &py_type_table)) {
                return py_refuse(py, "tables=[%s]", py_repr_of(py, l->items[i]));
            }
        }
        return given;
    }
    const char **keys = py_alloc_array(py, py_dict_len(m->tables) + 1, sizeof(*keys));
    for (size_t at = 0; keys && py_dict_next(m->tables, &at, &key, &value);) {
        keys[n++] = key_of(py, (struct schema_table *)(void *)value);
    }
    if (n && by_name) {
        qsort(keys, n, sizeof(*keys), by_key);
    }
    for (size_t i = 0; list && keys && i < n; i++) {
        pyv t = py_dict_get_str(py, m->tables, keys[i]);
        if (t && py_list_append(py, list, t)) {
            return NULL;
        }
    }
    return keys ? list : NULL;
}

pyv schema_sorted_tables(struct py *py, pyv self, UNUSED const struct py_args *args)
{
    size_t n;
    pyv list = chosen_tables(py, (struct py_metadata *)(void *)self, NULL, true), out = py_list_new(py);
    struct schema_table **tables = list ? sorted(py, list, &n) : NULL;
    for (size_t i = 0; tables && out && i < n; i++) {
        if (py_list_append(py, out, (pyv)tables[i])) {
            return NULL;
        }
    }
    return tables ? out : NULL;
}

/* Types of all tables of the metadata: made before the first table, dropped after the last. */
static int all_types(struct py *py, struct py_metadata *m, struct ddl_out *out, bool create)
{
    pyv key, value;
    for (size_t at = 0; py_dict_next(m->tables, &at, &key, &value);) {
        const struct ddl_table *t = ((struct schema_table *)(void *)value)->table;
        struct err err = {0};
        if (create && ddl_op_create_types(out, t, &err) < 0) {
            schema_raise(py, &err);
            return -1;
        }
        if (!create && drop_types(py, out, t)) {
            return -1;
        }
    }
    return 0;
}

/* References with use_alter=True have statements of their own. */
static int altered_keys(struct py *py, struct ddl_out *out, struct schema_table **tables, size_t n,
                        bool create)
{
    for (size_t i = 0; i < n && out->dialect->kind != DDL_SQLITE; i++) {
        struct ddl_constraint **c;
        vec_each (c, &tables[i]->table->constraints) {
            struct err err = {0};
            int r = (*c)->kind != DDL_FOREIGN_KEY || !(*c)->use_alter ? 0
                    : create                                          ? ddl_op_add_constraint(out, *c, &err)
                             : ddl_op_drop_constraint(out, *c, NULL, false, &err);
            if (r < 0) {
                schema_raise(py, &err);
                return -1;
            }
        }
    }
    return 0;
}

static int each_table(struct py *py, struct ddl_out *out, struct schema_table **tables, size_t n,
                      const struct create_args *a, bool create)
{
    for (size_t i = 0; i < n; i++) {
        struct schema_table *t = tables[create ? i : n - 1 - i];
        int wanted = table_wanted(py, t, create, a->checkfirst);
        if (wanted < 0 || (wanted && (create ? create_one(py, out, t) : drop_one(py, out, t)))) {
            return -1;
        }
    }
    return 0;
}

static pyv all_tables(struct py *py, pyv self, const struct py_args *args, bool create)
{
    struct py_metadata *m = (struct py_metadata *)(void *)self;
    struct create_args a;
    struct ddl_out out;
    struct ddl_seen_types seen;
    size_t n;
    if (bind_args(py, args, create ? "create_all" : "drop_all", true, true, &a) ||
        begin(py, &out, &seen, a.checkfirst)) {
        return NULL;
    }
    if (((struct py_list *)(void *)m->sequences)->n) {
        return py_refuse(py, "sequences of a MetaData in %s", create ? "create_all()" : "drop_all()");
    }
    pyv list = chosen_tables(py, m, a.tables, false);
    struct py_list *l = list ? (struct py_list *)(void *)list : NULL;
    for (size_t i = 0; l && i < l->n; i++) {
        if (schema_table_resolve(py, (struct schema_table *)(void *)l->items[i])) {
            return NULL;
        }
    }
    struct schema_table **tables = l ? sorted(py, list, &n) : NULL;
    bool done =
        tables &&
        (create ? all_types(py, m, &out, true) == 0 && each_table(py, &out, tables, n, &a, true) == 0 &&
                      altered_keys(py, &out, tables, n, true) == 0
                : altered_keys(py, &out, tables, n, false) == 0 &&
                      each_table(py, &out, tables, n, &a, false) == 0 && all_types(py, m, &out, false) == 0);
    return done ? &py_none : NULL;
}

pyv schema_create_all(struct py *py, pyv self, const struct py_args *args)
{
    return all_tables(py, self, args, true);
}
pyv schema_drop_all(struct py *py, pyv self, const struct py_args *args)
{
    return all_tables(py, self, args, false);
}

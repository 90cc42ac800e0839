/* What an inspector tells of PostgreSQL's tables. */
#include "engine/alembic/vocabulary/live_inspect.h"
#include <string.h>

static pyv identity_dict(struct py *py, const struct schema_identity *i)
{
    struct live_dict d = live_dict_new(py);
    live_put(&d, "always", py_bool(i->always));
    live_put(&d, "start", py_int_new(py, i->start));
    live_put(&d, "increment", py_int_new(py, i->increment));
    live_put(&d, "minvalue", py_int_new(py, i->min));
    live_put(&d, "maxvalue", py_int_new(py, i->max));
    live_put(&d, "cache", py_int_new(py, i->cache));
    live_put(&d, "cycle", py_bool(i->cycle));
    return d.dict;
}

/* nextval('x'::regclass): the column counts, and the sequence's name gets the schema that was asked for. */
static const char *sequence_default(struct arena *a, const char *text, const char *schema, bool *counts)
{
    const char *begin = strstr(text, "nextval('");
    const char *name = begin ? begin + 9 : NULL, *end = name ? strchr(name, '\'') : NULL;
    if (!end || end == name) {
        return text;
    }
    *counts = true;
    if (schema && !memchr(name, '.', (size_t)(end - name))) {
        return arena_printf(a, "%.*s\"%s\".%s", (int)(name - text), text, schema, name);
    }
    return text;
}

static pyv column_dict(struct py *py, const struct live_seen *seen, const struct schema_column *c)
{
    struct arena *a = py_arena(py);
    const struct ddl_type *type = schema_column_type(a, seen->schema, c, NULL);
    const char *text = c->default_text;
    bool nullable = c->nullable, counts = false;
    if (type->class->id == DDL_TYPE_PG_DOMAIN) {
        text = text || !type->domain_default_text.ptr ? text : slice_dup(a, type->domain_default_text);
        nullable = nullable && !type->domain_not_null;
    }
    if (text) {
        text = sequence_default(a, text, seen->asked, &counts);
        counts = counts && ddl_type_affinity(type) == AFFINITY_INTEGER;
    }
    struct live_dict d = live_dict_new(py);
    live_put_text(&d, "name", c->name);
    live_put(&d, "type", vocab_type_wrap(py, type));
    live_put(&d, "nullable", py_bool(nullable));
    live_put_text(&d, "default", text);
    live_put(&d, "autoincrement", py_bool(counts || c->identity));
    live_put_text(&d, "comment", c->comment);
    if (c->generated) {
        struct live_dict computed = live_dict_new(py);
        live_put_text(&computed, "sqltext", c->generated);
        live_put(&computed, "persisted", py_bool(c->stored));
        live_put(&d, "computed", computed.dict);
    }
    if (c->identity) {
        live_put(&d, "identity", identity_dict(py, c->identity));
    }
    return d.dict;
}

static pyv columns(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    for (size_t i = 0; i < seen->table->columns.n; i++) {
        list = live_append(py, list, column_dict(py, seen, &seen->table->columns.items[i]));
    }
    return list;
}

static pyv primary_key(struct py *py, const struct live_seen *seen)
{
    const struct schema_constraint *k = schema_primary_key(seen->table);
    struct live_dict d = live_dict_new(py);
    if (!k) {
        live_put_text(&d, "name", NULL);
        live_put(&d, "constrained_columns", py_list_new(py));
        return d.dict;
    }
    struct live_dict options = live_dict_new(py);
    live_put(&options, "postgresql_include", live_strings(py, &k->include));
    live_put(&d, "constrained_columns", live_strings(py, &k->columns));
    live_put_text(&d, "name", k->name);
    live_put_text(&d, "comment", k->comment);
    live_put(&d, "dialect_options", options.dict);
    return d.dict;
}

static pyv foreign_key_dict(struct py *py, const struct live_seen *seen, const struct schema_constraint *k)
{
    const char *schema = k->ref_schema;
    if (!schema && seen->asked && k->ref_owner && strcmp(seen->asked, k->ref_owner) == 0) {
        schema = seen->asked;
    }
    struct live_dict options = live_dict_new(py);
    if (k->on_update) {
        live_put_text(&options, "onupdate", k->on_update);
    }
    if (k->on_delete) {
        live_put_text(&options, "ondelete", k->on_delete);
    }
    if (k->initially) {
        live_put_text(&options, "initially", k->initially);
    }
    if (k->deferrable == 1) {
        live_put(&options, "deferrable", &py_true);
    }
    if (k->match) {
        live_put_text(&options, "match", k->match);
    }
    struct live_dict d = live_dict_new(py);
    live_put_text(&d, "name", k->name);
    live_put(&d, "constrained_columns", live_strings(py, &k->columns));
    live_put_text(&d, "referred_schema", schema);
    live_put_text(&d, "referred_table", k->ref_table);
    live_put(&d, "referred_columns", live_strings(py, &k->ref_columns));
    live_put(&d, "options", options.dict);
    live_put_text(&d, "comment", k->comment);
    return d.dict;
}

static pyv unique_dict(struct py *py, const struct live_seen *seen, const struct schema_constraint *k)
{
    (void)seen;
    struct live_dict options = live_dict_new(py);
    live_put(&options, "postgresql_include", live_strings(py, &k->include));
    live_put(&options, "postgresql_nulls_not_distinct", py_bool(k->nulls_not_distinct));
    struct live_dict d = live_dict_new(py);
    live_put(&d, "column_names", live_strings(py, &k->columns));
    live_put_text(&d, "name", k->name);
    live_put_text(&d, "comment", k->comment);
    live_put(&d, "dialect_options", options.dict);
    return d.dict;
}

/* Without one pair of parentheses that stands around all of it. */
static const char *without_parentheses(struct arena *a, const char *text)
{
    struct slice s = slice_trim(slice_of(text));
    int depth = 0;
    char quote = '\0';
    if (s.len < 2 || s.ptr[0] != '(' || s.ptr[s.len - 1] != ')') {
        return text;
    }
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else {
            depth += (c == '(') - (c == ')');
            if (depth == 0) {
                return i + 1 == s.len ? arena_dupn(a, s.ptr + 1, s.len - 2) : text;
            }
        }
    }
    return text;
}

static pyv check_dict(struct py *py, const struct live_seen *seen, const struct schema_constraint *k)
{
    (void)seen;
    struct live_dict d = live_dict_new(py), options = live_dict_new(py);
    live_put_text(&d, "name", k->name);
    live_put_text(&d, "sqltext", without_parentheses(py_arena(py), k->expression));
    live_put_text(&d, "comment", k->comment);
    if (k->not_valid) {
        live_put(&options, "not_valid", &py_true);
    }
    if (k->no_inherit) {
        live_put(&options, "no_inherit", &py_true);
    }
    if (k->not_valid || k->no_inherit) {
        live_put(&d, "dialect_options", options.dict);
    }
    return d.dict;
}

static pyv constraints(struct py *py, const struct live_seen *seen, enum schema_constraint_kind kind,
                       pyv (*make)(struct py *, const struct live_seen *, const struct schema_constraint *))
{
    pyv list = py_list_new(py);
    const struct schema_constraint *k;
    vec_each (k, &seen->table->constraints) {
        if (k->kind == kind) {
            list = live_append(py, list, make(py, seen, k));
        }
    }
    return list;
}

static pyv foreign_keys(struct py *py, const struct live_seen *seen)
{
    return constraints(py, seen, SCHEMA_FOREIGN_KEY, foreign_key_dict);
}
static pyv uniques(struct py *py, const struct live_seen *seen)
{
    return constraints(py, seen, SCHEMA_UNIQUE, unique_dict);
}
static pyv checks(struct py *py, const struct live_seen *seen)
{
    return constraints(py, seen, SCHEMA_CHECK, check_dict);
}

static const char *element(const struct schema_key *k)
{
    return k->column ? k->column : k->expression;
}

static pyv sorting_of(struct py *py, const struct schema_key *k)
{
    pyv words[2];
    size_t n = 0;
    if (k->descending) {
        words[n++] = py_str_of(py, "desc");
        if (!k->nulls_first) {
            words[n++] = py_str_of(py, "nulls_last");
        }
    } else if (k->nulls_first) {
        words[n++] = py_str_of(py, "nulls_first");
    }
    return py_tuple_new(py, words, n);
}

static void put_elements(struct live_dict *d, const struct schema_index *x)
{
    struct py *py = d->py;
    pyv names = py_list_new(py), elements = py_list_new(py);
    bool expressions = false;
    struct live_dict sorting = live_dict_new(py);
    const struct schema_key *k;
    vec_each (k, &x->keys) {
        names = live_append(py, names, py_str_of(py, k->column));
        elements = live_append(py, elements, py_str_of(py, element(k)));
        expressions = expressions || !k->column;
        if (k->descending || k->nulls_first) {
            live_put(&sorting, element(k), sorting_of(py, k));
        }
    }
    live_put(d, "column_names", names);
    if (expressions) {
        live_put(d, "expressions", elements);
    }
    if (!sorting.dict || py_dict_len(sorting.dict)) {
        live_put(d, "column_sorting", sorting.dict);
    }
}

static pyv index_options(struct py *py, const struct schema_index *x)
{
    struct live_dict d = live_dict_new(py), ops = live_dict_new(py), with = live_dict_new(py);
    const struct schema_key *k;
    vec_each (k, &x->keys) {
        if (!k->opclass_default) {
            live_put_text(&ops, element(k), k->opclass);
        }
    }
    for (size_t i = 0; i < x->options.n; i++) {
        const char *pair = x->options.items[i], *equals = strchr(pair, '=');
        if (equals) {
            live_put_text(&with, arena_dupn(py_arena(py), pair, (size_t)(equals - pair)), equals + 1);
        }
    }
    if (!ops.dict || py_dict_len(ops.dict)) {
        live_put(&d, "postgresql_ops", ops.dict);
    }
    if (!with.dict || py_dict_len(with.dict)) {
        live_put(&d, "postgresql_with", with.dict);
    }
    if (strcmp(x->method, "btree") != 0) {
        live_put_text(&d, "postgresql_using", x->method);
    }
    if (x->predicate) {
        live_put_text(&d, "postgresql_where", x->predicate);
    }
    live_put(&d, "postgresql_include", live_strings(py, &x->include));
    if (x->nulls_not_distinct) {
        live_put(&d, "postgresql_nulls_not_distinct", &py_true);
    }
    return d.dict;
}

static pyv index_dict(struct py *py, const struct schema_index *x)
{
    struct live_dict d = live_dict_new(py);
    live_put_text(&d, "name", x->name);
    live_put(&d, "unique", py_bool(x->unique));
    put_elements(&d, x);
    if (x->constraint) {
        live_put_text(&d, "duplicates_constraint", x->name);
    }
    live_put(&d, "include_columns", live_strings(py, &x->include));
    live_put(&d, "dialect_options", index_options(py, x));
    return d.dict;
}

static pyv indexes(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_index *x;
    vec_each (x, &seen->table->indexes) {
        if (!x->primary) {
            list = live_append(py, list, index_dict(py, x));
        }
    }
    return list;
}

const struct live_inspection live_inspection_postgresql = {.columns = columns,
                                                           .primary_key = primary_key,
                                                           .foreign_keys = foreign_keys,
                                                           .indexes = indexes,
                                                           .uniques = uniques,
                                                           .checks = checks};

/* What an inspector tells of tables of MySQL and MariaDB. */
#include "engine/alembic/vocabulary/live_inspect.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A name that has a backquote keeps it doubled, as it stands in SHOW CREATE TABLE. */
static const char *spelled(struct py *py, const char *name)
{
    if (!name || !strchr(name, '`')) {
        return name;
    }
    char *out = arena_alloc(py_arena(py), 2 * strlen(name) + 1);
    for (char *p = out; *name; name++) {
        *p++ = *name;
        if (*name == '`') {
            *p++ = '`';
        }
    }
    return out;
}

static pyv spelled_list(struct py *py, const strings_t *names)
{
    pyv list = py_list_new(py);
    for (size_t i = 0; i < names->n; i++) {
        list = live_append(py, list, py_str_of(py, spelled(py, names->items[i])));
    }
    return list;
}

/* SQLAlchemy reads a column's line from left to right, and gives up where it meets what it does not know: a
 * default that is neither a literal nor one word (of letters, digits and parentheses), or a column that is
 * INVISIBLE. Nothing behind that counts. */
static bool known_default(const char *text)
{
    if (!text || *text == '\'' || *text == '(') {
        return true;
    }
    for (; *text; text++) {
        if (!isalnum((unsigned char)*text) && !strchr("-_.()", *text) && (unsigned char)*text < 0x80) {
            return false;
        }
    }
    return true;
}

static const char *default_of(struct arena *a, const struct schema_column *c)
{
    if (!c->default_text || *c->default_text == '\'' || *c->default_text == '(' || !c->on_update) {
        return c->default_text;
    }
    return arena_printf(a, "%s ON UPDATE %s", c->default_text, c->on_update);
}

static pyv column_dict(struct py *py, const struct live_seen *seen, const struct schema_column *c)
{
    struct arena *a = py_arena(py);
    const struct ddl_type *type = schema_column_type(a, seen->schema, c, NULL);
    bool whole = !c->hidden && known_default(c->default_text);
    struct live_dict d = live_dict_new(py);
    live_put_text(&d, "name", spelled(py, c->name));
    live_put(&d, "type", vocab_type_wrap(py, type));
    live_put_text(&d, "default", whole ? default_of(a, c) : NULL);
    live_put_text(&d, "comment", whole ? c->comment : NULL);
    live_put(&d, "nullable", py_bool(c->nullable));
    if (c->autoincrement) {
        live_put(&d, "autoincrement", &py_true);
    } else if (ddl_type_affinity(type) == AFFINITY_INTEGER) {
        live_put(&d, "autoincrement", &py_false);
    }
    if (c->generated) {
        struct live_dict computed = live_dict_new(py);
        live_put_text(&computed, "sqltext", arena_printf(a, "(%s)", c->generated));
        live_put(&computed, "persisted", py_bool(c->stored));
        live_put(&d, "computed", computed.dict);
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
    if (k) {
        live_put(&d, "constrained_columns", spelled_list(py, &k->columns));
        live_put_text(&d, "name", NULL);
    } else {
        live_put_text(&d, "name", NULL);
        live_put(&d, "constrained_columns", py_list_new(py));
    }
    return d.dict;
}

static pyv foreign_key_dict(struct py *py, const struct live_seen *seen, const struct schema_constraint *k)
{
    const char *schema = k->ref_schema ? k->ref_schema : seen->asked;
    struct live_dict options = live_dict_new(py), d = live_dict_new(py);
    if (k->on_update) {
        live_put_text(&options, "onupdate", k->on_update);
    }
    if (k->on_delete) {
        live_put_text(&options, "ondelete", k->on_delete);
    }
    live_put_text(&d, "name", spelled(py, k->name));
    live_put(&d, "constrained_columns", spelled_list(py, &k->columns));
    live_put_text(&d, "referred_schema", schema);
    live_put_text(&d, "referred_table", k->ref_table);
    live_put(&d, "referred_columns", live_strings(py, &k->ref_columns));
    live_put(&d, "options", options.dict);
    return d.dict;
}

static pyv foreign_keys(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_constraint *k;
    vec_each (k, &seen->table->constraints) {
        if (k->kind == SCHEMA_FOREIGN_KEY) {
            list = live_append(py, list, foreign_key_dict(py, seen, k));
        }
    }
    return list;
}

/* "mysql_length", "mariadb_prefix" */
static const char *option_name(struct py *py, const struct live_seen *seen, const char *name)
{
    return arena_printf(py_arena(py), "%s_%s", seen->schema->dialect, name);
}

static bool is_kind_of_index(const char *method)
{
    return method && (strcasecmp(method, "FULLTEXT") == 0 || strcasecmp(method, "SPATIAL") == 0);
}

static pyv index_dict(struct py *py, const struct live_seen *seen, const struct schema_index *x)
{
    struct live_dict d = live_dict_new(py), options = live_dict_new(py), lengths = live_dict_new(py);
    pyv names = py_list_new(py);
    const struct schema_key *k;
    vec_each (k, &x->keys) {
        if (k->column) {
            names = live_append(py, names, py_str_of(py, spelled(py, k->column)));
            if (k->length) {
                live_put(&lengths, spelled(py, k->column), py_int_new(py, k->length));
            }
        }
    }
    if (is_kind_of_index(x->method)) {
        live_put_text(&options, option_name(py, seen, "prefix"), x->method);
    }
    if (x->parser) {
        live_put_text(&options, option_name(py, seen, "with_parser"), x->parser);
    }
    if (!lengths.dict || py_dict_len(lengths.dict)) {
        live_put(&options, option_name(py, seen, "length"), lengths.dict);
    }
    live_put_text(&d, "name", spelled(py, x->name));
    live_put(&d, "column_names", names);
    live_put(&d, "unique", py_bool(x->unique));
    if (x->unique || is_kind_of_index(x->method)) {
        live_put_text(&d, "type", x->unique ? "UNIQUE" : x->method);
    }
    if (!options.dict || py_dict_len(options.dict)) {
        live_put(&d, "dialect_options", options.dict);
    }
    return d.dict;
}

static pyv indexes(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_index *x;
    vec_each (x, &seen->table->indexes) {
        if (!x->primary) {
            list = live_append(py, list, index_dict(py, seen, x));
        }
    }
    return live_sort_by_name(py, list);
}

static pyv uniques(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_constraint *k;
    vec_each (k, &seen->table->constraints) {
        if (k->kind == SCHEMA_UNIQUE) {
            struct live_dict d = live_dict_new(py);
            live_put_text(&d, "name", spelled(py, k->name));
            live_put(&d, "column_names", spelled_list(py, &k->columns));
            live_put_text(&d, "duplicates_index", spelled(py, k->name));
            list = live_append(py, list, d.dict);
        }
    }
    return live_sort_by_name(py, list);
}

/* A CHECK within a column's definition is not looked for. */
static pyv checks(struct py *py, const struct live_seen *seen)
{
    pyv list = py_list_new(py);
    const struct schema_constraint *k;
    vec_each (k, &seen->table->constraints) {
        if (k->kind == SCHEMA_CHECK && k->name) {
            struct live_dict d = live_dict_new(py);
            live_put_text(&d, "name", spelled(py, k->name));
            live_put_text(&d, "sqltext", k->expression);
            list = live_append(py, list, d.dict);
        }
    }
    return live_sort_by_name(py, list);
}

const struct live_inspection live_inspection_mysql = {.columns = columns,
                                                      .primary_key = primary_key,
                                                      .foreign_keys = foreign_keys,
                                                      .indexes = indexes,
                                                      .uniques = uniques,
                                                      .checks = checks};

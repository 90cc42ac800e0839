/*
 * Keywords named for a dialect: which ones SQLAlchemy takes for which construct, and their values.
 */
#include "engine/alembic/vocabulary/sa_schema.h"
#include <string.h>

/* Dialects that SQLAlchemy brings along. Keywords of others it cannot check: it warns and takes them. */
static const char *const known_dialects[] = {"postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"};

/* Arguments of construct_arguments, by class; "*": any. Constraints have those of Constraint too. */
static const struct {
    const char *construct, *dialect, *names;
} accepted[] = {
    {"Index", "postgresql", " using include where ops concurrently with tablespace nulls_not_distinct "},
    {"Table", "postgresql",
     " ignore_search_path tablespace partition_by with_oids on_commit inherits using "},
    {"CheckConstraint", "postgresql", " not_valid "},
    {"ForeignKeyConstraint", "postgresql", " not_valid "},
    {"PrimaryKeyConstraint", "postgresql", " include "},
    {"UniqueConstraint", "postgresql", " include nulls_not_distinct "},
    {"Table", "mysql", "*"},
    {"PrimaryKeyConstraint", "mysql", " using "},
    {"Index", "mysql", " using length prefix with_parser "},
    {"Table", "mariadb", "*"},
    {"PrimaryKeyConstraint", "mariadb", " using "},
    {"Index", "mariadb", " using length prefix with_parser "},
    {"Table", "sqlite", " autoincrement with_rowid strict "},
    {"Index", "sqlite", " where "},
    {"Column", "sqlite", " on_conflict_primary_key on_conflict_not_null on_conflict_unique "},
    {"Constraint", "sqlite", " on_conflict "},
    {"PrimaryKeyConstraint", "mssql", " clustered "},
    {"UniqueConstraint", "mssql", " clustered "},
    {"Index", "mssql", " clustered include where columnstore "},
    {"Column", "mssql", " identity_start identity_increment "},
    {"Table", "oracle", " resolve_synonyms on_commit compress tablespace "},
    {"Index", "oracle", " bitmap compress vector "},
};

static bool dialect_known(const char *name, size_t n)
{
    for (size_t i = 0; i < COUNT_OF(known_dialects); i++) {
        if (strlen(known_dialects[i]) == n && strncmp(known_dialects[i], name, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool argument_known(const char *class, const char *dialect, size_t n, const char *argument)
{
    const char *constraint = strstr(class, "Constraint");
    char word[128];
    if (strlen(argument) + 3 > sizeof(word)) {
        return false;
    }
    size_t len = strlen(argument);
    word[0] = ' ';
    memcpy(word + 1, argument, len);
    memcpy(word + 1 + len, " ", 2);
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        bool mine = strcmp(accepted[i].construct, class) == 0 ||
                    (constraint && strcmp(accepted[i].construct, "Constraint") == 0);
        if (mine && strlen(accepted[i].dialect) == n && strncmp(accepted[i].dialect, dialect, n) == 0 &&
            (*accepted[i].names == '*' || strstr(accepted[i].names, word))) {
            return true;
        }
    }
    return false;
}

/* "postgresql_where": the part before the first "_" that has at least one character on each side. */
static int check_keyword(struct py *py, const char *class, const char *key)
{
    const char *sep = *key ? strchr(key + 1, '_') : NULL;
    if (!sep || !sep[1]) {
        py_raise(py, "TypeError", "Additional arguments should be named <dialectname>_<argument>, got '%s'",
                 key);
        return -1;
    }
    size_t n = (size_t)(sep - key);
    const char *name = strrchr(class, '.');
    if (dialect_known(key, n) && !argument_known(name ? name + 1 : class, key, n, sep + 1)) {
        py_raise(py, "sqlalchemy.exc.ArgumentError",
                 "Argument '%s' is not accepted by dialect '%.*s' on behalf of <class '%s'>", key, (int)n,
                 key, class);
        return -1;
    }
    return 0;
}

/* A column given as such stands for its name. */
static int option_names(struct py *py, pyv v, struct sql_value *out)
{
    struct py_list *l = (struct py_list *)(void *)v;
    struct sql_value *items = py_alloc_array(py, l->n + 1, sizeof(*items));
    if (!items) {
        return -1;
    }
    for (size_t i = 0; i < l->n; i++) {
        pyv item = l->items[i];
        if (py_is(item, &py_type_expr) && ((struct py_expr *)(void *)item)->expr->kind == SQL_E_COLUMN) {
            const char *name = ((struct py_expr *)(void *)item)->expr->name.text;
            items[i] = (struct sql_value){.kind = SQL_VALUE_STR, .text = slice_of(name)};
        } else if (vocab_value(py, item, &items[i])) {
            return -1;
        }
    }
    *out = (struct sql_value){.kind = SQL_VALUE_LIST, .items = items, .n = l->n};
    return 0;
}

static int option_value(struct py *py, const char *key, pyv v, struct ddl_option *out);

static int option_dict(struct py *py, const char *key, pyv v, struct ddl_option *out)
{
    pyv name, value;
    size_t n = py_dict_len(v);
    out->dict = py_alloc_array(py, n + 1, sizeof(*out->dict));
    if (!out->dict) {
        return -1;
    }
    for (size_t at = 0; py_dict_next(v, &at, &name, &value);) {
        const char *text;
        if (schema_text(py, name, key, &text) || !text) {
            return -1;
        }
        struct ddl_option *o = &out->dict[out->ndict++];
        o->key = text;
        if (option_value(py, key, value, o)) {
            return -1;
        }
    }
    return 0;
}

static int option_value(struct py *py, const char *key, pyv v, struct ddl_option *out)
{
    if (py_is(v, &py_type_clause)) {
        out->expr = vocab_expr(py, v, VOCAB_DDL_TEXT, NULL);
        return out->expr ? 0 : -1;
    }
    if (py_is(v, &py_type_dict)) {
        return option_dict(py, key, v, out);
    }
    if (py_is(v, &py_type_list) || py_is(v, &py_type_tuple)) {
        return option_names(py, v, &out->value);
    }
    bool plain = py_is_none(v) || py_text(v).ptr || py_is(v, &py_type_int) || py_is(v, &py_type_bool) ||
                 py_is(v, &py_type_float);
    if (!plain) {
        py_refuse(py, "%s=%s", key, py_repr_of(py, v));
        return -1;
    }
    return vocab_value(py, v, &out->value);
}

int vocab_options(struct py *py, const char *function, pyv keywords, ddl_options_t *out)
{
    pyv key, value;
    for (size_t at = 0; keywords && py_dict_next(keywords, &at, &key, &value);) {
        const char *name = py_cstr(py, key);
        if (!name || check_keyword(py, function, name)) {
            return -1;
        }
        struct ddl_option *o = vec_push(py_arena(py), out);
        *o = (struct ddl_option){.key = name};
        if (option_value(py, name, value, o)) {
            return -1;
        }
    }
    return 0;
}

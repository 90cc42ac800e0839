/* op.create_primary_key, create_unique_constraint, create_foreign_key, create_check_constraint,
 * create_exclude_constraint and drop_constraint. */
#include "engine/alembic/vocabulary/op.h"
#include <string.h>

static struct ddl_constraint *constraint_new(struct py *py, enum ddl_constraint_kind kind,
                                             struct ddl_name table, struct ddl_name schema)
{
    struct ddl_constraint *c = py_alloc(py, sizeof(*c));
    struct ddl_table *t = c ? schema_bare_table(py, table, schema) : NULL;
    if (!t) {
        return NULL;
    }
    *c = (struct ddl_constraint){.kind = kind, .table = t, .deferrable = -1};
    return c;
}

static pyv add(struct py *py, struct op_batch *batch, struct ddl_constraint *c)
{
    struct op_item item = {.kind = OP_ADD_CONSTRAINT, .table = c->table, .constraint = c};
    return schema_check_name(py, c) || op_apply(py, batch, &item) ? NULL : &py_none;
}

/* Keywords that every constraint takes besides its dialects' options. */
static int common_keywords(struct py *py, struct ddl_constraint *c, pyv kw, const char *class)
{
    pyv key, value, left = py_dict_new(py);
    for (size_t at = 0; left && py_dict_next(kw, &at, &key, &value);) {
        struct slice name = py_text(key);
        int r = slice_eq(name, "deferrable")  ? schema_tristate(py, value, &c->deferrable)
                : slice_eq(name, "initially") ? schema_text(py, value, "initially", &c->initially)
                : slice_eq(name, "comment")   ? schema_text(py, value, "a comment", &c->comment)
                : slice_eq(name, "info")      ? 0
                                              : py_dict_set(py, left, key, value);
        if (r) {
            return -1;
        }
    }
    return left ? vocab_options(py, class, left, &c->options) : -1;
}

/* Alembic makes a table of the columns: none may come twice. */
static int check_columns(struct py *py, const struct ddl_constraint *c)
{
    for (size_t i = 0; i < c->columns.n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(c->columns.items[i].text, c->columns.items[k].text) == 0) {
                py_raise(py, "sqlalchemy.exc.DuplicateColumnError",
                         "A column with name '%s' is already present in table '%s'.",
                         c->columns.items[i].text, c->table->name.text);
                return -1;
            }
        }
        if (!*c->columns.items[i].text) {
            py_raise(py, "sqlalchemy.exc.ArgumentError",
                     "Column must be constructed with a non-blank name or assign a non-blank .name before "
                     "adding to a Table.");
            return -1;
        }
    }
    return 0;
}

static pyv columns_constraint(struct py *py, pyv self, const struct py_args *args, const char *function,
                              enum ddl_constraint_kind kind, bool keywords, const char *class)
{
    static const struct py_arg table[] = {{"constraint_name", PY_ARG_REQUIRED},
                                          {"table_name", PY_ARG_REQUIRED},
                                          {"columns", PY_ARG_REQUIRED},
                                          {"schema", PY_ARG_KEYWORD},
                                          {0}};
    static const struct py_arg batch_table[] = {
        {"constraint_name", PY_ARG_REQUIRED}, {"columns", PY_ARG_REQUIRED}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[4] = {NULL}, kw = NULL;
    struct ddl_name name, schema;
    if (py_bind(py, function, args, batch ? batch_table : table, v, NULL, keywords ? &kw : NULL) ||
        op_target(py, batch, v[1], v[3], &name, &schema)) {
        return NULL;
    }
    struct ddl_constraint *c = constraint_new(py, kind, name, schema);
    if (!c || vocab_name(py, v[0], &c->name) || schema_names(py, batch ? v[1] : v[2], &c->columns) ||
        check_columns(py, c) || (kw && common_keywords(py, c, kw, class))) {
        return NULL;
    }
    return add(py, batch, c);
}

pyv op_create_primary_key(struct py *py, pyv self, const struct py_args *args)
{
    return columns_constraint(py, self, args, "create_primary_key", DDL_PRIMARY_KEY, false, NULL);
}

pyv op_create_unique_constraint(struct py *py, pyv self, const struct py_args *args)
{
    return columns_constraint(py, self, args, "create_unique_constraint", DDL_UNIQUE, true,
                              "sqlalchemy.sql.schema.UniqueConstraint");
}

/* --- foreign keys --- */
enum {
    FK_NAME,
    FK_SOURCE,
    FK_REFERENT,
    FK_LOCAL,
    FK_REMOTE,
    FK_ONUPDATE,
    FK_ONDELETE,
    FK_DEFERRABLE,
    FK_INITIALLY,
    FK_MATCH,
    FK_SOURCE_SCHEMA,
    FK_REFERENT_SCHEMA,
    FK_N
};

static int bind_foreign_key(struct py *py, const struct op_batch *batch, const struct py_args *args, pyv *v,
                            pyv *kw)
{
    static const struct py_arg table[] = {[FK_NAME] = {"constraint_name", PY_ARG_REQUIRED},
                                          [FK_SOURCE] = {"source_table", PY_ARG_REQUIRED},
                                          [FK_REFERENT] = {"referent_table", PY_ARG_REQUIRED},
                                          [FK_LOCAL] = {"local_cols", PY_ARG_REQUIRED},
                                          [FK_REMOTE] = {"remote_cols", PY_ARG_REQUIRED},
                                          [FK_ONUPDATE] = {"onupdate", PY_ARG_KEYWORD},
                                          [FK_ONDELETE] = {"ondelete", PY_ARG_KEYWORD},
                                          [FK_DEFERRABLE] = {"deferrable", PY_ARG_KEYWORD},
                                          [FK_INITIALLY] = {"initially", PY_ARG_KEYWORD},
                                          [FK_MATCH] = {"match", PY_ARG_KEYWORD},
                                          [FK_SOURCE_SCHEMA] = {"source_schema", PY_ARG_KEYWORD},
                                          [FK_REFERENT_SCHEMA] = {"referent_schema", PY_ARG_KEYWORD},
                                          [FK_N] = {0}};
    static const struct py_arg batch_table[] = {{"constraint_name", PY_ARG_REQUIRED},
                                                {"referent_table", PY_ARG_REQUIRED},
                                                {"local_cols", PY_ARG_REQUIRED},
                                                {"remote_cols", PY_ARG_REQUIRED},
                                                {"referent_schema", PY_ARG_KEYWORD},
                                                {"onupdate", PY_ARG_KEYWORD},
                                                {"ondelete", PY_ARG_KEYWORD},
                                                {"deferrable", PY_ARG_KEYWORD},
                                                {"initially", PY_ARG_KEYWORD},
                                                {"match", PY_ARG_KEYWORD},
                                                {0}};
    static const int to[] = {FK_NAME,     FK_REFERENT, FK_LOCAL,      FK_REMOTE,    FK_REFERENT_SCHEMA,
                             FK_ONUPDATE, FK_ONDELETE, FK_DEFERRABLE, FK_INITIALLY, FK_MATCH};
    if (!batch) {
        return py_bind(py, "create_foreign_key", args, table, v, NULL, kw);
    }
    pyv b[COUNT_OF(to)] = {NULL};
    if (py_bind(py, "create_foreign_key", args, batch_table, b, NULL, kw)) {
        return -1;
    }
    for (size_t i = 0; i < COUNT_OF(to); i++) {
        v[to[i]] = b[i];
    }
    return 0;
}

/* use_alter, link_to_name and the like say nothing in ALTER TABLE. */
static int foreign_key_keywords(struct py *py, struct ddl_constraint *c, pyv kw)
{
    static const char *const silent[] = {"use_alter", "link_to_name", "info"};
    for (size_t i = 0; i < COUNT_OF(silent); i++) {
        pyv key = py_dict_get_str(py, kw, silent[i]) ? py_str_of(py, silent[i]) : NULL;
        if (key && py_dict_del(py, kw, key) < 0) {
            return -1;
        }
    }
    return common_keywords(py, c, kw, "sqlalchemy.sql.schema.ForeignKeyConstraint");
}

static bool repeats(const ddl_names_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(names->items[i].text, names->items[k].text) == 0) {
                return true;
            }
        }
    }
    return false;
}

static int check_counts(struct py *py, const struct ddl_constraint *c)
{
    bool twice = repeats(&c->columns);
    if (!twice && c->columns.n == c->ref_columns.n) {
        return 0;
    }
    py_raise(py, "sqlalchemy.exc.ArgumentError", "%s",
             twice ? "ForeignKeyConstraint with duplicate source column references are not supported."
                   : "ForeignKeyConstraint number of constrained columns must match the number of referenced "
                     "columns.");
    return -1;
}

pyv op_create_foreign_key(struct py *py, pyv self, const struct py_args *args)
{
    struct op_batch *batch = op_batch_of(self);
    pyv v[FK_N] = {NULL}, kw = NULL;
    struct ddl_name name, schema;
    if (bind_foreign_key(py, batch, args, v, &kw) ||
        op_target(py, batch, v[FK_SOURCE], v[FK_SOURCE_SCHEMA], &name, &schema)) {
        return NULL;
    }
    struct ddl_constraint *c = constraint_new(py, DDL_FOREIGN_KEY, name, schema);
    if (!c || vocab_name(py, v[FK_NAME], &c->name) || vocab_name(py, v[FK_REFERENT], &c->ref_table) ||
        vocab_schema(py, v[FK_REFERENT_SCHEMA], &c->ref_schema) ||
        schema_names(py, v[FK_LOCAL], &c->columns) || schema_names(py, v[FK_REMOTE], &c->ref_columns) ||
        schema_text(py, v[FK_ONUPDATE], "onupdate", &c->onupdate) ||
        schema_text(py, v[FK_ONDELETE], "ondelete", &c->ondelete) ||
        schema_tristate(py, v[FK_DEFERRABLE], &c->deferrable) ||
        schema_text(py, v[FK_INITIALLY], "initially", &c->initially) ||
        schema_text(py, v[FK_MATCH], "match", &c->match) || foreign_key_keywords(py, c, kw) ||
        check_counts(py, c)) {
        return NULL;
    }
    if (!c->ref_table.text || c->columns.n == 0) {
        return py_refuse(py, "op.create_foreign_key() without a table or columns to refer to");
    }
    if (strchr(c->ref_table.text, '.')) {
        return py_refuse(py, "op.create_foreign_key() to \"%s\": give the schema as referent_schema",
                         c->ref_table.text);
    }
    return add(py, batch, c);
}

/* --- CHECK and EXCLUDE --- */
pyv op_create_check_constraint(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {{"constraint_name", PY_ARG_REQUIRED},
                                          {"table_name", PY_ARG_REQUIRED},
                                          {"condition", PY_ARG_REQUIRED},
                                          {"schema", PY_ARG_KEYWORD},
                                          {0}};
    static const struct py_arg batch_table[] = {
        {"constraint_name", PY_ARG_REQUIRED}, {"condition", PY_ARG_REQUIRED}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[4] = {NULL}, kw = NULL;
    struct ddl_name name, schema;
    if (py_bind(py, "create_check_constraint", args, batch ? batch_table : table, v, NULL, &kw) ||
        op_target(py, batch, v[1], v[3], &name, &schema)) {
        return NULL;
    }
    struct ddl_constraint *c = constraint_new(py, DDL_CHECK, name, schema);
    if (!c || vocab_name(py, v[0], &c->name) ||
        common_keywords(py, c, kw, "sqlalchemy.sql.schema.CheckConstraint")) {
        return NULL;
    }
    c->check = vocab_expr(py, batch ? v[1] : v[2], VOCAB_DDL_TEXT, NULL);
    return c->check ? add(py, batch, c) : NULL;
}

pyv op_create_exclude_constraint(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"constraint_name", PY_ARG_REQUIRED}, {"table_name", PY_ARG_REQUIRED}, {0}};
    static const struct py_arg batch_table[] = {{"constraint_name", PY_ARG_REQUIRED}, {0}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[2] = {NULL}, rest = NULL, kw = NULL;
    struct ddl_name name, schema;
    if (py_bind(py, "create_exclude_constraint", args, batch ? batch_table : table, v, &rest, &kw)) {
        return NULL;
    }
    pyv given = py_dict_get_str(py, kw, "schema"), key = given ? py_str_of(py, "schema") : NULL;
    if ((key && py_dict_del(py, kw, key) < 0) || op_target(py, batch, v[1], given, &name, &schema)) {
        return NULL;
    }
    /* The constraint is made as ExcludeConstraint(*elements, name=, **kw). */
    struct py_list *elements = (struct py_list *)(void *)rest;
    struct py_args made = {.pos = elements->items, .npos = elements->n};
    size_t n = py_dict_len(kw);
    made.names = py_alloc_array(py, n + 1, sizeof(*made.names));
    made.values = py_alloc_array(py, n + 1, sizeof(*made.values));
    if (!made.names || !made.values) {
        return NULL;
    }
    pyv k, value;
    for (size_t at = 0; py_dict_next(kw, &at, &k, &value);) {
        made.names[made.nkw] = py_cstr(py, k);
        made.values[made.nkw++] = value;
    }
    made.names[made.nkw] = "name";
    made.values[made.nkw++] = v[0];
    pyv constraint = py_type_exclude.construct(py, &py_type_exclude, &made);
    if (!constraint) {
        return NULL;
    }
    struct ddl_constraint *c = ((struct schema_item *)(void *)constraint)->constraint;
    for (size_t i = 0; i < c->elements.n; i++) {
        if (!c->elements.items[i].name || !*c->elements.items[i].name) {
            return py_raise(
                py, "sqlalchemy.exc.ArgumentError",
                "Column must be constructed with a non-blank name or assign a non-blank .name before "
                "adding to a Table.");
        }
    }
    c->table = schema_bare_table(py, name, schema);
    return c->table ? add(py, batch, c) : NULL;
}

/* --- drop --- */
pyv op_drop_constraint(struct py *py, pyv self, const struct py_args *args)
{
    static const struct py_arg table[] = {
        {"constraint_name", PY_ARG_REQUIRED}, {"table_name", PY_ARG_REQUIRED}, {"type_", 0},
        {"schema", PY_ARG_KEYWORD},           {"if_exists", PY_ARG_KEYWORD},   {0}};
    static const struct py_arg batch_table[] = {{"constraint_name", PY_ARG_REQUIRED}, {"type_", 0}, {0}};
    static const struct {
        const char *type;
        enum ddl_constraint_kind kind;
    } kinds[] = {{"foreignkey", DDL_FOREIGN_KEY},
                 {"primary", DDL_PRIMARY_KEY},
                 {"unique", DDL_UNIQUE},
                 {"check", DDL_CHECK}};
    struct op_batch *batch = op_batch_of(self);
    pyv v[5] = {NULL};
    struct ddl_name name, schema;
    struct op_item item = {.kind = OP_DROP_CONSTRAINT};
    if (py_bind(py, "drop_constraint", args, batch ? batch_table : table, v, NULL, NULL) ||
        op_target(py, batch, v[1], v[3], &name, &schema) ||
        schema_text(py, batch ? v[1] : v[2], "the type of a constraint", &item.constraint_type) ||
        schema_flag(py, schema_given(v[4]) ? v[4] : NULL, false, &item.exists)) {
        return NULL;
    }
    struct ddl_constraint *c = constraint_new(py, DDL_CONSTRAINT_COUNT, name, schema);
    if (!c || vocab_name(py, v[0], &c->name)) {
        return NULL;
    }
    for (size_t i = 0; item.constraint_type && i < COUNT_OF(kinds); i++) {
        c->kind = strcmp(kinds[i].type, item.constraint_type) == 0 ? kinds[i].kind : c->kind;
    }
    if (item.constraint_type && c->kind == DDL_CONSTRAINT_COUNT) {
        return py_raise(py, "TypeError",
                        "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None");
    }
    item.table = c->table;
    item.constraint = c;
    return schema_check_name(py, c) || op_apply(py, batch, &item) ? NULL : &py_none;
}

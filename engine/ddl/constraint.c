/*
 * Constraints: their clause in CREATE TABLE, and ALTER TABLE with ADD and DROP.
 */
#include "engine/ddl/clause.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char pattern_on_delete[] = "^(?:RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT)$";
static const char pattern_on_delete_columns[] =
    "^(?:RESTRICT|CASCADE|SET (?:NULL|DEFAULT)(?:\\\\s*\\\\(.+\\\\))?|NO ACTION)$";
static const char pattern_initially[] = "^(?:DEFERRED|IMMEDIATE)$";
static const char pattern_using[] = "^(?:btree|hash|gist|gin|[\\\\w_]+)$";

static int bad_phrase(struct err *err, const char *phrase, const char *pattern)
{
    return err_set(err, ERR_FILE, "Unexpected SQL phrase: '%s' (matching against '%s')", phrase, pattern);
}

static bool is_action(const char *phrase)
{
    static const char *const actions[] = {"RESTRICT", "CASCADE", "SET NULL", "NO ACTION", "SET DEFAULT"};
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        if (strcasecmp(actions[i], phrase) == 0) {
            return true;
        }
    }
    return false;
}

/* PostgreSQL: SET NULL (a, b) */
static bool is_action_with_columns(const char *phrase)
{
    size_t n = strncasecmp(phrase, "SET NULL", 8) == 0       ? 8
               : strncasecmp(phrase, "SET DEFAULT", 11) == 0 ? 11
                                                             : 0;
    size_t len = strlen(phrase);
    if (!n) {
        return false;
    }
    while (isspace((unsigned char)phrase[n])) {
        n++;
    }
    return phrase[n] == '(' && len > n + 2 && phrase[len - 1] == ')' && !strchr(phrase + n, '\n');
}

static int add_action(struct strbuf *out, const struct ddl_dialect *d, const char *what, const char *phrase,
                      bool columns, struct err *err)
{
    if (!phrase) {
        return 0;
    }
    bool wide = columns && d->kind == DDL_POSTGRESQL;
    if (!is_action(phrase) && !(wide && is_action_with_columns(phrase))) {
        return bad_phrase(err, phrase, wide ? pattern_on_delete_columns : pattern_on_delete);
    }
    strbuf_addf(out, " ON %s %s", what, phrase);
    return 0;
}

static int add_deferrability(struct strbuf *out, const struct ddl_constraint *c, struct err *err)
{
    if (c->deferrable >= 0) {
        strbuf_adds(out, c->deferrable ? " DEFERRABLE" : " NOT DEFERRABLE");
    }
    if (c->initially) {
        if (strcasecmp(c->initially, "DEFERRED") != 0 && strcasecmp(c->initially, "IMMEDIATE") != 0) {
            return bad_phrase(err, c->initially, pattern_initially);
        }
        strbuf_addf(out, " INITIALLY %s", c->initially);
    }
    return 0;
}

int ddl_references_tail(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c,
                        struct err *err)
{
    if (c->match && ddl_is_mysql(d)) {
        return err_set(err, ERR_FILE,
                       "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE "
                       "clauses to be ignored.");
    }
    if (c->match) {
        strbuf_addf(out, " MATCH %s", c->match);
    }
    int r = add_action(out, d, "DELETE", c->ondelete, true, err);
    if (r == 0) {
        r = add_action(out, d, "UPDATE", c->onupdate, false, err);
    }
    return r < 0 ? r : add_deferrability(out, c, err);
}

static void add_names(struct strbuf *out, const struct ddl_dialect *d, const ddl_names_t *names)
{
    for (size_t i = 0; i < names->n; i++) {
        strbuf_adds(out, i ? ", " : "");
        ddl_quote_name(out, d, &names->items[i]);
    }
}

/* The column that `key` means: of the table, or where that has none, one of `own`. */
static const struct ddl_name *column_by_key(const struct ddl_table *t, const ddl_names_t *own,
                                            const char *key)
{
    struct ddl_column **c;
    const struct ddl_name *n;
    vec_each (c, &t->columns) {
        const char *other = (*c)->expr && (*c)->expr->key ? (*c)->expr->key : (*c)->name.text;
        if (strcmp(other, key) == 0) {
            return &(*c)->name;
        }
    }
    vec_each (n, own) {
        if (t->columns.n == 0 && strcmp(n->text, key) == 0) {
            return n;
        }
    }
    return NULL;
}

int ddl_add_include(struct strbuf *out, const struct ddl_dialect *d, const ddl_options_t *options,
                    const struct ddl_table *t, const ddl_names_t *own, struct err *err)
{
    const struct ddl_option *o = ddl_option_get(options, "postgresql_include");
    if (!o || o->value.kind != SQL_VALUE_LIST || o->value.n == 0) {
        return 0;
    }
    strbuf_adds(out, " INCLUDE (");
    for (size_t i = 0; i < o->value.n; i++) {
        AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
        strbuf_add(&name, o->value.items[i].text.ptr, o->value.items[i].text.len);
        const struct ddl_name plain = DDL_NAME(strbuf_cstr(&name));
        const struct ddl_name *column = own ? column_by_key(t, own, plain.text) : &plain;
        if (!column) {
            return ddl_fail(err, DDL_KEY, "%s", plain.text);
        }
        strbuf_adds(out, i ? ", " : "");
        ddl_quote_name(out, d, column);
    }
    strbuf_addch(out, ')');
    return 0;
}

static const struct ddl_option *dialect_option(const struct ddl_dialect *d, const ddl_options_t *options,
                                               const char *mysql, const char *mariadb)
{
    const struct ddl_option *o = d->kind == DDL_MARIADB ? ddl_option_get(options, mariadb) : NULL;
    return o && o->value.kind != SQL_VALUE_NULL ? o : ddl_option_get(options, mysql);
}

/* The columns of a key that columns' flags made begin with the one that counts by itself. */
static int primary_key_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c,
                            struct err *err)
{
    int r = c->implicit && c->table ? ddl_autoincrement_check(d, c->table, err) : 0;
    if (r < 0) {
        return r;
    }
    const struct ddl_column *first = c->implicit && c->table ? ddl_autoincrement_column(c->table) : NULL;
    strbuf_adds(out, "PRIMARY KEY (");
    if (first) {
        ddl_quote_name(out, d, &first->name);
    }
    bool any = first != NULL;
    for (size_t i = 0; i < c->columns.n; i++) {
        if (!first || strcmp(first->name.text, c->columns.items[i].text) != 0) {
            strbuf_adds(out, any ? ", " : "");
            ddl_quote_name(out, d, &c->columns.items[i]);
            any = true;
        }
    }
    strbuf_addch(out, ')');
    return 0;
}

static void add_using(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c)
{
    const struct ddl_option *o = dialect_option(d, &c->options, "mysql_using", "mariadb_using");
    if (ddl_is_mysql(d) && o && o->value.kind == SQL_VALUE_STR && o->value.text.len) {
        AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
        strbuf_add(&name, o->value.text.ptr, o->value.text.len);
        strbuf_adds(out, " USING ");
        ddl_quote_text(out, d, strbuf_cstr(&name));
    }
}

static void unique_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c)
{
    const struct ddl_option *nulls = ddl_option_get(&c->options, "postgresql_nulls_not_distinct");
    strbuf_adds(out, "UNIQUE ");
    if (d->kind == DDL_POSTGRESQL && nulls && nulls->value.kind == SQL_VALUE_BOOL) {
        strbuf_adds(out, nulls->value.integer ? "NULLS NOT DISTINCT " : "NULLS DISTINCT ");
    }
    strbuf_addch(out, '(');
    add_names(out, d, &c->columns);
    strbuf_addch(out, ')');
}

static int foreign_key_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c,
                            struct err *err)
{
    strbuf_adds(out, "FOREIGN KEY(");
    add_names(out, d, &c->columns);
    strbuf_adds(out, ") REFERENCES ");
    ddl_quote_table(out, d, d->kind == DDL_SQLITE ? NULL : &c->ref_schema, &c->ref_table);
    strbuf_adds(out, " (");
    add_names(out, d, &c->ref_columns);
    strbuf_addch(out, ')');
    int r = ddl_references_tail(out, d, c, err);
    if (r == 0 && d->kind == DDL_POSTGRESQL && ddl_option_true(&c->options, "postgresql_not_valid")) {
        strbuf_adds(out, " NOT VALID");
    }
    return r;
}

static int check_text(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                      const struct ddl_constraint *c, struct err *err)
{
    const struct sql_expr *check = c->check;
    if (c->type_bound) {
        const struct sql_value *values;
        size_t n;
        const struct ddl_column *column = ddl_table_column(c->table, c->columns.items[0].text);
        if (!column || !ddl_type_check_values(a, d, c->of_type, &values, &n)) {
            return 0;
        }
        if (d->kind == DDL_POSTGRESQL &&
            ddl_type_resolve(a, d, c->of_type)->class->affinity == AFFINITY_ARRAY) {
            return err_set(err, ERR_FILE,
                           "PostgreSQL dialect cannot produce the CHECK constraint for ARRAY of non-native "
                           "ENUM; please specify create_constraint=False on this Enum datatype.");
        }
        const struct ddl_type *type =
            n && values[0].kind == SQL_VALUE_INT ? ddl_type_integer() : ddl_type_string();
        check = sql_in_values(a, sql_column(a, column->name, type, NULL), values, n);
    }
    strbuf_adds(out, "CHECK (");
    int r = sql_render(out, d, check, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
    if (r < 0) {
        return r;
    }
    strbuf_addch(out, ')');
    return 0;
}

bool ddl_valid_using(const char *using)
{
    for (const char *p = using; *p; p++) {
        if (!isalnum((unsigned char)*p) && *p != '_' && (unsigned char)*p < 0x80) {
            return false;
        }
    }
    return *using != '\0';
}

int ddl_add_using(struct strbuf *out, const char *using, struct err *err)
{
    if (!ddl_valid_using(using)) {
        return bad_phrase(err, using, pattern_using);
    }
    strbuf_adds(out, "USING ");
    for (const char *p = using; *p; p++) {
        strbuf_addch(out, (char)tolower((unsigned char)*p));
    }
    strbuf_addch(out, ' ');
    return 0;
}

static int exclude_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_constraint *c,
                        struct err *err)
{
    strbuf_adds(out, "EXCLUDE ");
    int r = ddl_add_using(out, c->using ? c->using : "gist", err);
    strbuf_addch(out, '(');
    for (size_t i = 0; r == 0 && i < c->elements.n; i++) {
        const struct ddl_exclude_element *e = &c->elements.items[i];
        const struct ddl_option *op = e->name ? ddl_option_get(&c->ops, e->name) : NULL;
        strbuf_adds(out, i ? ", " : "");
        r = sql_render(out, d, e->expr, SQL_NO_TABLE | SQL_DDL_LITERAL, err);
        if (op) {
            strbuf_addf(out, " %.*s", (int)op->value.text.len, op->value.text.ptr);
        }
        strbuf_addf(out, " WITH %s", e->op);
    }
    strbuf_addch(out, ')');
    if (r == 0 && c->where) {
        strbuf_adds(out, " WHERE (");
        r = sql_render(out, d, c->where, SQL_DDL_LITERAL, err);
        strbuf_addch(out, ')');
    }
    return r;
}

/* sqlite_on_conflict, and what a lone column says with sqlite_on_conflict_unique and ..._primary_key. */
static int add_conflict(struct strbuf *out, const struct ddl_constraint *c, struct err *err)
{
    const struct ddl_option *o = ddl_option_get(&c->options, "sqlite_on_conflict");
    bool given = o && o->value.kind == SQL_VALUE_STR;
    if (given && c->kind == DDL_CHECK && c->inline_column) {
        return err_set(err, ERR_FILE,
                       "SQLite does not support on conflict clause for column check constraint");
    }
    if (!given && c->columns.n == 1 && c->table && (c->kind == DDL_UNIQUE || c->kind == DDL_PRIMARY_KEY)) {
        const struct ddl_column *column = ddl_table_column(c->table, c->columns.items[0].text);
        o = column
                ? ddl_option_get(&column->options, c->kind == DDL_UNIQUE ? "sqlite_on_conflict_unique"
                                                                         : "sqlite_on_conflict_primary_key")
                : NULL;
        given = o && o->value.kind == SQL_VALUE_STR;
    }
    if (given && c->kind != DDL_FOREIGN_KEY) {
        strbuf_addf(out, " ON CONFLICT %.*s", (int)o->value.text.len, o->value.text.ptr);
    }
    return 0;
}

bool ddl_constraint_wanted(const struct ddl_dialect *d, const struct ddl_constraint *c)
{
    const struct sql_value *values;
    size_t n;
    return !c->type_bound || ddl_type_check_values(NULL, d, c->of_type, &values, &n);
}

/* SQLite has no references across schemas, and writes the key of sqlite_autoincrement with its column. */
static bool left_out(const struct ddl_dialect *d, const struct ddl_constraint *c)
{
    if (d->kind != DDL_SQLITE || !c->table) {
        return false;
    }
    if (c->kind == DDL_FOREIGN_KEY) {
        const char *own = c->table->schema.text, *other = c->ref_schema.text;
        return (own == NULL) != (other == NULL) || (own && strcmp(own, other) != 0);
    }
    if (c->kind == DDL_PRIMARY_KEY && c->columns.n == 1) {
        const struct ddl_column *column = ddl_table_column(c->table, c->columns.items[0].text);
        return column && ddl_sqlite_counts(column);
    }
    return false;
}

static int unsupported(struct err *err, const struct ddl_dialect *d, const char *what)
{
    static const char *const compilers[DDL_DIALECT_COUNT] = {[DDL_POSTGRESQL] =
                                                                 "postgresql.base.PGDDLCompiler",
                                                             [DDL_MYSQL] = "mysql.base.MySQLDDLCompiler",
                                                             [DDL_MARIADB] = "mysql.base.MySQLDDLCompiler",
                                                             [DDL_SQLITE] = "sqlite.base.SQLiteDDLCompiler"};
    return ddl_fail(
        err, DDL_UNSUPPORTED,
        "Compiler <sqlalchemy.dialects.%s> can't render element of type <class '%s'> (Background on this "
        "error at: https://sqlalche.me/e/20/l7de)",
        compilers[d->kind], what);
}

static int kind_text(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_constraint *c, struct err *err)
{
    int r = 0;
    switch (c->kind) {
    case DDL_PRIMARY_KEY:
        r = primary_key_text(out, d, c, err);
        break;
    case DDL_UNIQUE:
        unique_text(out, d, c);
        break;
    case DDL_FOREIGN_KEY:
        return foreign_key_text(out, d, c, err);
    case DDL_CHECK:
        r = check_text(a, out, d, c, err);
        break;
    case DDL_EXCLUDE:
        r = exclude_text(out, d, c, err);
        break;
    case DDL_CONSTRAINT_COUNT:
        return unsupported(err, d, "sqlalchemy.sql.schema.Constraint");
    }
    if (r == 0 && d->kind == DDL_POSTGRESQL && (c->kind == DDL_PRIMARY_KEY || c->kind == DDL_UNIQUE)) {
        r = ddl_add_include(out, d, &c->options, c->table, &c->columns, err);
    }
    if (r == 0) {
        r = add_deferrability(out, c, err);
    }
    if (r == 0 && c->kind == DDL_CHECK && d->kind == DDL_POSTGRESQL && !c->inline_column &&
        ddl_option_true(&c->options, "postgresql_not_valid")) {
        strbuf_adds(out, " NOT VALID");
    }
    if (c->kind == DDL_PRIMARY_KEY) {
        add_using(out, d, c);
    }
    return r;
}

int ddl_constraint_text(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_constraint *c, struct err *err)
{
    if (left_out(d, c) || (c->columns.n == 0 && (c->kind == DDL_UNIQUE || c->kind == DDL_PRIMARY_KEY))) {
        return 0;
    }
    if (c->kind == DDL_EXCLUDE && d->kind != DDL_POSTGRESQL) {
        return unsupported(err, d, "sqlalchemy.dialects.postgresql.ext.ExcludeConstraint");
    }
    struct ddl_name name;
    int r = ddl_constraint_name(a, d, c, &name, err);
    if (r < 0) {
        return r;
    }
    if (name.text) {
        strbuf_adds(out, "CONSTRAINT ");
        ddl_quote_name(out, d, &name);
        strbuf_addch(out, ' ');
    }
    r = kind_text(a, out, d, c, err);
    return r == 0 && d->kind == DDL_SQLITE ? add_conflict(out, c, err) : r;
}

int ddl_add_constraint(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                       const struct ddl_constraint *c, struct err *err)
{
    strbuf_adds(out, "ALTER TABLE ");
    ddl_quote_table(out, d, &c->table->schema, &c->table->name);
    strbuf_adds(out, " ADD ");
    return ddl_constraint_text(a, out, d, c, err);
}

static const char *mysql_drop_word(const struct ddl_dialect *d, const struct ddl_constraint *c)
{
    switch (c->kind) {
    case DDL_FOREIGN_KEY:
        return "FOREIGN KEY ";
    case DDL_PRIMARY_KEY:
        return "PRIMARY KEY";
    case DDL_UNIQUE:
        return "INDEX ";
    case DDL_CHECK:
        return d->kind == DDL_MARIADB ? "CONSTRAINT " : "CHECK ";
    default:
        return NULL;
    }
}

int ddl_drop_constraint(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_constraint *c, bool if_exists, bool cascade, struct err *err)
{
    static const char *const classes[] = {
        [DDL_PRIMARY_KEY] = "PrimaryKeyConstraint", [DDL_UNIQUE] = "UniqueConstraint",
        [DDL_FOREIGN_KEY] = "ForeignKeyConstraint", [DDL_CHECK] = "CheckConstraint",
        [DDL_EXCLUDE] = "ExcludeConstraint",        [DDL_CONSTRAINT_COUNT] = "Constraint"};
    struct ddl_name name;
    bool mysql = ddl_is_mysql(d);
    const char *word = mysql ? mysql_drop_word(d, c) : NULL;
    if (mysql && !word) {
        return ddl_fail(err, DDL_NOT_IMPLEMENTED,
                        "No generic 'DROP CONSTRAINT' in MySQL - please specify constraint type");
    }
    int r = ddl_constraint_name(a, d, c, &name, err);
    if (r < 0) {
        return r;
    }
    bool nameless = mysql && c->kind == DDL_PRIMARY_KEY;
    if (!name.text && mysql && !nameless) {
        return ddl_fail(err, DDL_ASSERTION, "%s", "");
    }
    if (!name.text && !nameless) {
        return err_set(err, ERR_FILE, "Can't emit DROP CONSTRAINT for constraint %s(); it has no name",
                       classes[c->kind]);
    }
    strbuf_adds(out, "ALTER TABLE ");
    ddl_quote_table(out, d, &c->table->schema, &c->table->name);
    strbuf_addf(out, " DROP %s", mysql ? word : if_exists ? "CONSTRAINT IF EXISTS " : "CONSTRAINT ");
    if (!nameless) {
        ddl_quote_name(out, d, &name);
    }
    strbuf_adds(out, cascade && !mysql ? " CASCADE" : "");
    return 0;
}

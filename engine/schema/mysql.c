/*
 * MySQL's and MariaDB's information_schema as a schema: six queries, sent together. One table alone is read
 * from SHOW CREATE TABLE, which tells more of it and costs the server less.
 */
#include "engine/schema/catalog.h"
#include "engine/schema/mysql_table.h"
#include "engine/schema/sql.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_mariadb(struct conn *c)
{
    return strncmp(conn_driver(c)->server(c), "MariaDB", 7) == 0;
}

/* "MariaDB 10.11.19" as 1011019 */
static int version(struct conn *c)
{
    int value = 0;
    const char *p = conn_driver(c)->server(c);
    for (int i = 0; i < 3; i++) {
        char *end;
        p += strcspn(p, "0123456789");
        value = value * (i == 2 ? 1000 : 100) + (int)strtol(p, &end, 10);
        p = end;
    }
    return value;
}

static const char *scope_text(struct arena *a, struct conn *c, const struct schema_scope *scope,
                              const char *schema, const char *table)
{
    const char *within =
        scope->everything
            ? arena_printf(a, "%s NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')",
                           schema)
        : scope->schema ? arena_printf(a, "%s = %s", schema, catalog_literal(a, c, scope->schema))
                        : arena_printf(a, "%s = DATABASE()", schema);
    return scope->table
               ? arena_printf(a, "%s AND %s = %s", within, table, catalog_literal(a, c, scope->table))
               : within;
}

enum query { TABLES, COLUMNS, INDEXES, FOREIGN_KEYS, CHECKS, TRIGGERS, QUERY_COUNT };

static const struct {
    const char *template;
    unsigned part; /* 0: always */
} queries[QUERY_COUNT] = {
    [TABLES] = {sql_schema_mysql_tables, 0},
    [COLUMNS] = {sql_schema_mysql_columns, SCHEMA_COLUMNS},
    [INDEXES] = {sql_schema_mysql_indexes, SCHEMA_INDEXES | SCHEMA_CONSTRAINTS},
    [FOREIGN_KEYS] = {sql_schema_mysql_foreign_keys, SCHEMA_CONSTRAINTS},
    [CHECKS] = {sql_schema_mysql_checks, SCHEMA_CONSTRAINTS},
    [TRIGGERS] = {sql_schema_mysql_triggers, SCHEMA_TRIGGERS},
};

static void add_option(struct arena *a, struct schema_table *t, const char *name, const char *value)
{
    if (value && *value) {
        struct schema_option *o = vec_push(a, &t->options);
        o->name = name;
        o->value = value;
    }
}

static void add_tables(struct arena *a, struct schema *s, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        const char *type = catalog_text(r, i, 2), *collation = catalog_text(r, i, 4);
        bool view = strcmp(type, "VIEW") == 0 || strcmp(type, "SYSTEM VIEW") == 0;
        if (strcmp(type, "SEQUENCE") == 0) {
            struct schema_sequence *q = vec_push(a, &s->sequences);
            q->schema = catalog_text(r, i, 0);
            q->name = catalog_text(r, i, 1);
            q->type = "bigint";
            q->visible = true;
            continue;
        }
        struct schema_table *t = catalog_add_table(a, s);
        t->schema = catalog_text(r, i, 0);
        t->name = catalog_text(r, i, 1);
        t->kind = view ? SCHEMA_VIEW : SCHEMA_TABLE;
        t->visible = true;
        t->definition = catalog_text(r, i, 8);
        if (view) {
            continue;
        }
        add_option(a, t, "ENGINE", catalog_text(r, i, 3));
        if (collation) {
            add_option(a, t, "DEFAULT CHARSET", arena_dupn(a, collation, strcspn(collation, "_")));
            add_option(a, t, "COLLATE", collation);
        }
        add_option(a, t, "CREATE_OPTIONS", catalog_text(r, i, 6));
        const char *comment = catalog_text(r, i, 7);
        t->comment = comment && *comment ? comment : NULL;
        add_option(a, t, "COMMENT", t->comment);
    }
}

/* The table of rows that come in its order, looking first at the one found last. */
static struct schema_table *table_of(const struct schema *s, const struct rowset *r, size_t i, size_t *hint)
{
    const char *schema = catalog_text(r, i, 0), *name = catalog_text(r, i, 1);
    for (size_t k = 0; k < s->tables.n; k++) {
        size_t at = (*hint + k) % s->tables.n;
        struct schema_table *t = s->tables.items[at];
        if (strcmp(t->name, name) == 0 && strcmp(t->schema, schema) == 0) {
            *hint = at;
            return t;
        }
    }
    return NULL;
}

static const char *option(const struct schema_table *t, const char *name)
{
    for (size_t i = 0; i < t->options.n; i++) {
        if (strcasecmp(t->options.items[i].name, name) == 0) {
            return t->options.items[i].value;
        }
    }
    return NULL;
}

static const char *quoted(struct arena *a, const char *text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_addch(&b, '\'');
    for (; *text; text++) {
        strbuf_adds(&b, *text == '\'' ? "''" : (char[]){*text, '\0'});
    }
    strbuf_addch(&b, '\'');
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

/* MariaDB gives defaults as they stand in CREATE TABLE; MySQL gives values. */
static const char *default_of(struct arena *a, bool mariadb, const char *text, const char *extra)
{
    if (!text || (mariadb && strcmp(text, "NULL") == 0)) {
        return NULL;
    }
    if (mariadb || strncasecmp(text, "CURRENT_TIMESTAMP", 17) == 0 || strncmp(text, "b'", 2) == 0) {
        return text;
    }
    return strstr(extra, "DEFAULT_GENERATED") ? arena_printf(a, "(%s)", text) : quoted(a, text);
}

static void add_columns(struct arena *a, struct schema *s, const struct rowset *r)
{
    bool mariadb = strcmp(s->dialect, "mariadb") == 0;
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = table_of(s, r, i, &hint);
        if (!t) {
            continue;
        }
        struct schema_column *c = vec_push(a, &t->columns);
        const char *extra = catalog_text(r, i, 6), *collation = catalog_text(r, i, 8);
        const char *update = strcasestr(extra, "on update ");
        const char *own = option(t, "COLLATE"), *charset = catalog_text(r, i, 7);
        c->name = catalog_text(r, i, 2);
        c->type = catalog_text(r, i, 3);
        c->nullable = catalog_flag(r, i, 4);
        c->default_text = default_of(a, mariadb, catalog_text(r, i, 5), extra);
        c->on_update = update ? arena_dupn(a, update + 10, strcspn(update + 10, " ")) : NULL;
        c->autoincrement = strcasestr(extra, "auto_increment") != NULL;
        c->hidden = strcasestr(extra, "INVISIBLE") != NULL;
        if (strcasestr(extra, "VIRTUAL") || strcasestr(extra, "STORED") || strcasestr(extra, "PERSISTENT")) {
            c->generated = catalog_text(r, i, 10);
            c->stored = !strcasestr(extra, "VIRTUAL");
        }
        if (collation && own && strcmp(collation, own) != 0) {
            c->collation = collation;
            size_t n = strlen(charset);
            c->charset = strncmp(own, charset, n) == 0 && own[n] == '_' ? NULL : charset;
        }
        const char *comment = catalog_text(r, i, 9);
        c->comment = comment && *comment ? comment : NULL;
    }
}

static void add_key_constraint(struct arena *a, struct schema_table *t, const struct schema_index *x)
{
    struct schema_constraint *k = vec_push(a, &t->constraints);
    const struct schema_key *key;
    *k = (struct schema_constraint){.kind = x->primary ? SCHEMA_PRIMARY_KEY : SCHEMA_UNIQUE,
                                    .name = x->primary ? NULL : x->name,
                                    .deferrable = -1,
                                    .index = x->name};
    vec_each (key, &x->keys) {
        if (key->column) {
            *vec_push(a, &k->columns) = key->column;
        }
    }
}

static void add_index(struct arena *a, struct schema_table *t, const struct rowset *r, size_t i)
{
    struct schema_index *x = vec_push(a, &t->indexes);
    const char *type = catalog_text(r, i, 4), *comment = catalog_text(r, i, 8);
    x->name = catalog_text(r, i, 2);
    x->primary = strcmp(x->name, "PRIMARY") == 0;
    x->unique = catalog_number(r, i, 3) == 0;
    x->method = strcmp(type, "BTREE") == 0 ? NULL : type;
    x->comment = comment && *comment ? comment : NULL;
    x->valid = true;
    x->plain = true;
}

static void add_indexes(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = table_of(s, r, i, &hint);
        if (!t) {
            continue;
        }
        if (catalog_number(r, i, 10) == 1) {
            add_index(a, t, r, i);
        }
        struct schema_index *x = &t->indexes.items[t->indexes.n - 1];
        struct schema_key *k = vec_push(a, &x->keys);
        const char *order = catalog_text(r, i, 7);
        k->column = catalog_text(r, i, 5);
        k->expression = catalog_text(r, i, 9);
        k->length = catalog_number(r, i, 6);
        k->descending = order && *order == 'D';
        k->nulls_first = !k->descending;
        x->plain = x->plain && k->column && !k->length && !k->descending;
    }
    struct schema_table **t;
    vec_each (t, &s->tables) {
        const struct schema_index *x;
        vec_each (x, &(*t)->indexes) {
            if (x->unique) {
                add_key_constraint(a, *t, x);
            }
        }
    }
}

/* RESTRICT is what a key without a rule has here, and the same as NO ACTION. */
static const char *action(const char *rule)
{
    return rule && strcmp(rule, "NO ACTION") != 0 && strcmp(rule, "RESTRICT") != 0 ? rule : NULL;
}

static void add_foreign_keys(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = table_of(s, r, i, &hint);
        if (!t) {
            continue;
        }
        if (catalog_number(r, i, 9) == 1) {
            const char *ref_schema = catalog_text(r, i, 4);
            struct schema_constraint *k = vec_push(a, &t->constraints);
            *k = (struct schema_constraint){.kind = SCHEMA_FOREIGN_KEY, .deferrable = -1};
            k->name = catalog_text(r, i, 2);
            k->ref_schema = strcmp(ref_schema, t->schema) == 0 ? NULL : ref_schema;
            k->ref_table = catalog_text(r, i, 5);
            k->on_delete = action(catalog_text(r, i, 7));
            k->on_update = action(catalog_text(r, i, 8));
        }
        struct schema_constraint *k = &t->constraints.items[t->constraints.n - 1];
        *vec_push(a, &k->columns) = catalog_text(r, i, 3);
        *vec_push(a, &k->ref_columns) = catalog_text(r, i, 6);
    }
}

static void add_checks(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = table_of(s, r, i, &hint);
        if (!t) {
            continue;
        }
        struct schema_constraint *k = vec_push(a, &t->constraints);
        bool of_column = strcasecmp(catalog_text(r, i, 5), "Column") == 0;
        *k = (struct schema_constraint){.kind = SCHEMA_CHECK, .deferrable = -1};
        k->name = of_column ? NULL : catalog_text(r, i, 2);
        k->column = of_column ? catalog_text(r, i, 2) : NULL;
        k->expression = catalog_text(r, i, 3);
        k->not_valid = strcasecmp(catalog_text(r, i, 4), "NO") == 0;
    }
}

static void add_triggers(struct arena *a, struct schema *s, const struct rowset *r)
{
    size_t hint = 0;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = table_of(s, r, i, &hint);
        if (t) {
            struct schema_trigger *g = vec_push(a, &t->triggers);
            g->name = catalog_text(r, i, 2);
            g->definition = catalog_text(r, i, 3);
        }
    }
}

static int read_set(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    bool mariadb = is_mariadb(c);
    bool checks = version(c) >= (mariadb ? 1002022 : 800016);
    const struct catalog_place places[] = {
        {"scope", scope_text(a, c, scope, "t.TABLE_SCHEMA", "t.TABLE_NAME")},
        {"trigger_scope", scope_text(a, c, scope, "t.EVENT_OBJECT_SCHEMA", "t.EVENT_OBJECT_TABLE")},
        {"expression", !mariadb && version(c) >= 800013 ? "t.EXPRESSION" : "NULL"},
        {"enforced", mariadb ? "'YES'" : "t.ENFORCED"},
        {"level", mariadb ? "c.LEVEL" : "'Table'"},
        {"same_table", mariadb ? "AND c.TABLE_NAME = t.TABLE_NAME" : ""},
        {NULL, NULL}};
    const char *texts[QUERY_COUNT];
    struct rowset rows[QUERY_COUNT];
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        bool wanted = (!queries[i].part || (scope->parts & queries[i].part)) && (i != CHECKS || checks);
        texts[i] = wanted ? catalog_fill(a, queries[i].template, places) : NULL;
    }
    int rc = catalog_run(a, c, texts, QUERY_COUNT, rows, err);
    if (rc) {
        return rc;
    }
    add_tables(a, s, &rows[TABLES]);
    add_columns(a, s, &rows[COLUMNS]);
    add_indexes(a, s, &rows[INDEXES]);
    add_foreign_keys(a, s, &rows[FOREIGN_KEYS]);
    add_checks(a, s, &rows[CHECKS]);
    add_triggers(a, s, &rows[TRIGGERS]);
    return 0;
}

static const char *full_name(struct arena *a, struct conn *c, const char *schema, const char *name)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (schema) {
        conn_driver(c)->quote_ident(&b, schema);
        strbuf_addch(&b, '.');
    }
    conn_driver(c)->quote_ident(&b, name);
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

/* What DESCRIBE says of a view's columns, as it would stand in CREATE TABLE: nothing of them is NOT NULL. */
static int read_view(struct arena *a, struct conn *c, const char *name, struct schema_table *t,
                     struct err *err)
{
    const char *query = arena_printf(a, "DESCRIBE %s", name);
    struct rowset r;
    int rc = catalog_run(a, c, &query, 1, &r, err);
    for (size_t i = 0; i < (rc ? 0 : r.nrows); i++) {
        struct schema_column *column = vec_push(a, &t->columns);
        const char *value = catalog_text(&r, i, 4);
        column->name = catalog_text(&r, i, 0);
        column->type = catalog_text(&r, i, 1);
        column->nullable = true;
        if (value && *value && strcmp(value, "NULL") != 0) {
            bool plain = strncmp(column->type, "timestamp", 9) == 0 && *value == 'C';
            column->default_text = plain ? value : quoted(a, value);
        }
    }
    return rc;
}

static int read_one(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    const char *name = full_name(a, c, scope->schema, scope->table);
    const char *query = arena_printf(a, "SHOW CREATE TABLE %s", name);
    struct rowset rows;
    struct err refusal;
    int rc = catalog_run(a, c, &query, 1, &rows, &refusal);
    if (rc) {
        if (conn_driver(c)->is_missing_table(&refusal)) {
            return 0;
        }
        *err = refusal;
        return rc;
    }
    struct schema_table *t = catalog_add_table(a, s);
    t->name = catalog_text(&rows, 0, 0);
    t->schema = scope->schema ? scope->schema : s->name;
    t->visible = true;
    t->definition = catalog_text(&rows, 0, 1);
    t->temporary = t->definition && strncasecmp(t->definition, "CREATE TEMPORARY", 16) == 0;
    if (rows.ncols > 2) { /* a view has its character set and collation behind it */
        t->kind = SCHEMA_VIEW;
        return read_view(a, c, name, t, err);
    }
    mysql_parse_table(a, t);
    return 0;
}

/* MySQL 8 writes the names that a foreign key refers to in lower case. */
static int spell_references(struct arena *a, struct conn *c, struct schema *s, struct err *err)
{
    struct schema_table **t;
    AUTO(strbuf_release) struct strbuf where = STRBUF_INIT;
    struct schema_constraint *k;
    vec_each (t, &s->tables) {
        vec_each (k, &(*t)->constraints) {
            if (k->kind == SCHEMA_FOREIGN_KEY) {
                strbuf_addf(&where, "%s(t.TABLE_SCHEMA = %s AND LOWER(t.TABLE_NAME) = LOWER(%s))",
                            where.len ? " OR " : "",
                            catalog_literal(a, c, k->ref_schema ? k->ref_schema : (*t)->schema),
                            catalog_literal(a, c, k->ref_table));
            }
        }
    }
    if (!where.len) {
        return 0;
    }
    const char *query =
        arena_printf(a, "SELECT t.TABLE_NAME, t.COLUMN_NAME FROM information_schema.COLUMNS t WHERE %s",
                     strbuf_cstr(&where));
    struct rowset rows;
    int rc = catalog_run(a, c, &query, 1, &rows, err);
    for (size_t i = 0; i < (rc ? 0 : rows.nrows); i++) {
        const char *table = catalog_text(&rows, i, 0), *column = catalog_text(&rows, i, 1);
        vec_each (t, &s->tables) {
            vec_each (k, &(*t)->constraints) {
                if (k->kind != SCHEMA_FOREIGN_KEY || strcasecmp(k->ref_table, table) != 0) {
                    continue;
                }
                k->ref_table = table;
                for (size_t n = 0; n < k->ref_columns.n; n++) {
                    if (strcasecmp(k->ref_columns.items[n], column) == 0) {
                        k->ref_columns.items[n] = column;
                    }
                }
            }
        }
    }
    return rc;
}

static int read_all(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    int rc = schema_current(a, c, &s->name, err);
    if (rc || !scope->table || scope->everything) {
        return rc ? rc : read_set(a, c, scope, s, err);
    }
    rc = read_one(a, c, scope, s, err);
    return rc || is_mariadb(c) ? rc : spell_references(a, c, s, err);
}

static const char *names_query(struct arena *a, struct conn *c, enum schema_names_kind kind,
                               const char *schema)
{
    AUTO(strbuf_release) struct strbuf from = STRBUF_INIT;
    if (schema) {
        strbuf_adds(&from, " FROM ");
        conn_driver(c)->quote_ident(&from, schema);
    }
    switch (kind) {
    case SCHEMA_NAMES_SCHEMAS:
        return "SHOW SCHEMAS";
    case SCHEMA_NAMES_TABLES:
        return arena_printf(a, "SHOW FULL TABLES%s WHERE Table_type = 'BASE TABLE'", strbuf_cstr(&from));
    case SCHEMA_NAMES_VIEWS:
        return arena_printf(a, "SHOW FULL TABLES%s WHERE Table_type IN ('VIEW', 'SYSTEM VIEW')",
                            strbuf_cstr(&from));
    case SCHEMA_NAMES_SEQUENCES:
        return is_mariadb(c)
                   ? arena_printf(a, "SHOW FULL TABLES%s WHERE Table_type = 'SEQUENCE'", strbuf_cstr(&from))
                   : NULL;
    default:
        return NULL;
    }
}

/* DESCRIBE finds temporary tables too. */
static int has_table(struct arena *a, struct conn *c, const char *schema, const char *name, bool *has,
                     struct err *err)
{
    struct err refusal;
    int rc =
        catalog_has_row(a, c, arena_printf(a, "DESCRIBE %s", full_name(a, c, schema, name)), has, &refusal);
    if (rc && conn_driver(c)->is_missing_table(&refusal)) {
        *has = false;
        return 0;
    }
    if (rc) {
        *err = refusal;
    }
    return rc;
}

const struct catalog_reader catalog_mysql = {
    .read = read_all, .names = names_query, .has_table = has_table, .current = "SELECT DATABASE()"};

/* SQLite's schema: sqlite_master, what the PRAGMAs tell as tables, and the statements themselves. */
#include "engine/schema/catalog.h"
#include "engine/schema/sql.h"
#include "engine/schema/sqlite_parse.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *quoted_name(struct arena *a, const char *name)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_addch(&b, '"');
    for (; *name; name++) {
        if (*name == '"') {
            strbuf_addch(&b, '"');
        }
        strbuf_addch(&b, *name);
    }
    strbuf_addch(&b, '"');
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

static const char *master_of(struct arena *a, const char *database)
{
    return strcmp(database, "temp") == 0 ? "sqlite_temp_master"
                                         : arena_printf(a, "%s.sqlite_master", quoted_name(a, database));
}

struct reading {
    struct arena *a;
    struct schema *s;
    const char *database;
    size_t first;   /* the database's first table in s->tables */
    bool canonical; /* texts are for comparison */
};

static const char *text_for(const struct reading *r, const char *text)
{
    return r->canonical && text ? sqlite_canonical(r->a, text) : text;
}

static void add_objects(const struct reading *in, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        const char *type = catalog_text(r, i, 1), *sql = catalog_text(r, i, 4);
        bool view = strcmp(type, "view") == 0;
        if (!view && strcmp(type, "table") != 0) {
            continue;
        }
        struct schema_table *t = catalog_add_table(in->a, in->s);
        t->id = catalog_number(r, i, 0);
        t->schema = in->database;
        t->name = catalog_text(r, i, 2);
        t->system = catalog_flag(r, i, 5);
        t->temporary = strcmp(t->schema, "temp") == 0;
        t->visible = t->temporary || strcmp(t->schema, "main") == 0;
        t->kind = view                                                  ? SCHEMA_VIEW
                  : sql && strncasecmp(sql, "CREATE VIRTUAL ", 15) == 0 ? SCHEMA_VIRTUAL
                                                                        : SCHEMA_TABLE;
        /* A table's own text is read further, and tells where in it things stand. */
        t->definition = t->kind == SCHEMA_TABLE ? sql : text_for(in, sql);
    }
}

static int by_name(const void *x, const void *y)
{
    return strcasecmp((*(struct schema_table *const *)x)->name, (*(struct schema_table *const *)y)->name);
}

/* A trigger names its table as whoever wrote it did. */
static void add_triggers(const struct reading *in, const struct rowset *r)
{
    size_t n = in->s->tables.n - in->first;
    struct schema_table **sorted = arena_array(in->a, n + 1, sizeof(struct schema_table *));
    if (n) {
        memcpy(sorted, in->s->tables.items + in->first, n * sizeof(struct schema_table *));
        qsort(sorted, n, sizeof(struct schema_table *), by_name);
    }
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table wanted = {.name = catalog_text(r, i, 3)}, *key = &wanted;
        struct schema_table **t = n && strcmp(catalog_text(r, i, 1), "trigger") == 0
                                      ? bsearch(&key, sorted, n, sizeof(struct schema_table *), by_name)
                                      : NULL;
        if (t) {
            struct schema_trigger *g = vec_push(in->a, &(*t)->triggers);
            g->name = catalog_text(r, i, 2);
            g->definition = text_for(in, catalog_text(r, i, 4));
        }
    }
}

/* "INTEGER GENERATED ALWAYS": some versions take that for a part of the type. */
static const char *declared_type(struct arena *a, const char *type, bool generated)
{
    size_t n = type ? strlen(type) : 0;
    static const char tail[] = "GENERATED ALWAYS";
    if (generated && n >= sizeof(tail) - 1 && strcasecmp(type + n - (sizeof(tail) - 1), tail) == 0) {
        struct slice s = slice_trim((struct slice){type, n - (sizeof(tail) - 1)});
        return arena_dupn(a, s.ptr, s.len);
    }
    return type ? type : "";
}

static void add_columns(const struct reading *in, const struct rowset *r)
{
    size_t hint = in->first;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_table_by_id(in->s, catalog_number(r, i, 0), &hint);
        int64_t hidden = catalog_number(r, i, 6);
        if (!t) {
            continue;
        }
        struct schema_column *c = vec_push(in->a, &t->columns);
        c->name = catalog_text(r, i, 1);
        c->type = text_for(in, declared_type(in->a, catalog_text(r, i, 2), hidden > 1));
        c->nullable = !catalog_flag(r, i, 3);
        c->default_text = text_for(in, catalog_text(r, i, 4));
        c->key_position = catalog_number(r, i, 5);
        c->hidden = hidden == 1;
        c->generated = hidden > 1 ? "" : NULL; /* the text comes from the definition */
        c->stored = hidden == 3;
    }
}

static void add_key(struct arena *a, struct schema_index *x, const struct rowset *r, size_t i)
{
    struct schema_key *k = vec_push(a, &x->keys);
    const char *collation = catalog_text(r, i, 7);
    k->column = catalog_text(r, i, 5);
    k->descending = catalog_flag(r, i, 6);
    k->nulls_first = !k->descending;
    k->collation = collation;
}

static void add_indexes(const struct reading *in, const struct rowset *r)
{
    struct schema_index *x = NULL;
    size_t hint = in->first;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = catalog_table_by_id(in->s, catalog_number(r, i, 0), &hint);
        if (!t) {
            continue;
        }
        if (catalog_number(r, i, 9) == 0) {
            const char *origin = catalog_text(r, i, 3);
            x = vec_push(in->a, &t->indexes);
            x->name = catalog_text(r, i, 1);
            x->unique = catalog_flag(r, i, 2);
            x->primary = strcmp(origin, "pk") == 0;
            x->automatic = strcmp(origin, "c") != 0;
            x->predicate = catalog_flag(r, i, 4) ? "" : NULL;
            x->definition = catalog_text(r, i, 8);
            x->valid = true;
        }
        add_key(in->a, x, r, i);
    }
}

/* A key's collation is told for every one: it counts where the column has another. */
static void finish_index(struct arena *a, struct schema_table *t, struct schema_index *x)
{
    struct schema_key *k;
    if (!x->automatic && (!x->definition || !sqlite_parse_index(a, x))) {
        t->partly_read = true;
    }
    x->plain = !x->predicate;
    vec_each (k, &x->keys) {
        const struct schema_column *c = k->column ? schema_column(t, k->column) : NULL;
        const char *usual = c && c->collation ? c->collation : "BINARY";
        k->collation = k->collation && strcasecmp(k->collation, usual) != 0 ? k->collation : NULL;
        x->plain = x->plain && k->column && !k->descending && !k->collation;
    }
}

static void canonical_texts(const struct reading *in, struct schema_table *t)
{
    struct schema_column *c;
    vec_each (c, &t->columns) {
        c->generated = text_for(in, c->generated);
    }
    struct schema_constraint *k;
    vec_each (k, &t->constraints) {
        k->expression = text_for(in, k->expression);
    }
    struct schema_index *x;
    vec_each (x, &t->indexes) {
        struct schema_key *key;
        vec_each (key, &x->keys) {
            key->expression = text_for(in, key->expression);
        }
        x->predicate = text_for(in, x->predicate);
    }
}

static void finish(const struct reading *in, struct schema_table *t)
{
    struct schema_index *x;
    if (t->kind == SCHEMA_TABLE && t->columns.n) {
        sqlite_parse_table(in->a, t);
    }
    vec_each (x, &t->indexes) {
        finish_index(in->a, t, x);
    }
    if (in->canonical) {
        canonical_texts(in, t);
    }
}

enum query { OBJECTS, COLUMNS, INDEXES, QUERY_COUNT };

static void fill_queries(const struct reading *in, struct conn *c, const struct schema_scope *scope,
                         bool doubtful, const char **texts)
{
    struct arena *a = in->a;
    const char *table = scope->table ? catalog_literal(a, c, scope->table) : NULL;
    const struct catalog_place places[] = {
        {"database", catalog_literal(a, c, in->database)},
        {"master", master_of(a, in->database)},
        {"and_table", table ? arena_printf(a, "AND lower(m.tbl_name) = lower(%s)", table) : ""},
        {"types", doubtful ? "'table', 'view'" : "'table'"},
        {"and_readable", doubtful ? "" : "AND m.sql NOT LIKE 'CREATE VIRTUAL %'"},
        {NULL, NULL}};
    texts[OBJECTS] = catalog_fill(a, sql_schema_sqlite_objects, places);
    /* constraints name columns, and are read from the text with them */
    texts[COLUMNS] = catalog_fill(a, sql_schema_sqlite_columns, places);
    texts[INDEXES] = scope->parts & (SCHEMA_INDEXES | SCHEMA_CONSTRAINTS)
                         ? catalog_fill(a, sql_schema_sqlite_indexes, places)
                         : NULL;
}

/* One view on a table that is gone, or one virtual table whose module is not loaded, and a PRAGMA about all
 * tables fails: then without those, whose texts tell what they are. */
static int run_queries(const struct reading *in, struct conn *c, const struct schema_scope *scope,
                       struct rowset *rows, struct err *err)
{
    const char *texts[QUERY_COUNT];
    struct err first = {0};
    fill_queries(in, c, scope, true, texts);
    int rc = catalog_run(in->a, c, texts, QUERY_COUNT, rows, &first);
    if (rc == ERR_FAILED) {
        fill_queries(in, c, scope, false, texts);
        rc = catalog_run(in->a, c, texts, QUERY_COUNT, rows, err);
        if (rc == 0) {
            *vec_push(in->a, &in->s->unseen) =
                arena_printf(in->a, "the columns of views and virtual tables: %s", first.message);
        }
        return rc;
    }
    if (rc) {
        *err = first;
    }
    return rc;
}

static int read_database(struct arena *a, struct conn *c, const struct schema_scope *scope,
                         const char *database, struct schema *s, struct err *err)
{
    const struct reading in = {a, s, database, s->tables.n, scope->parts & SCHEMA_REST};
    struct rowset rows[QUERY_COUNT];
    int rc = run_queries(&in, c, scope, rows, err);
    if (rc == 0) {
        add_objects(&in, &rows[OBJECTS]);
        add_triggers(&in, &rows[OBJECTS]);
        add_columns(&in, &rows[COLUMNS]);
        add_indexes(&in, &rows[INDEXES]);
    }
    for (size_t i = in.first; rc == 0 && i < s->tables.n; i++) {
        finish(&in, s->tables.items[i]);
    }
    return rc;
}

static int read_databases(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                          struct err *err)
{
    strings_t databases = {0};
    const char **database;
    int rc = 0;
    if (scope->everything) {
        rc = schema_list(a, c, SCHEMA_NAMES_SCHEMAS, NULL, &databases, err);
    } else {
        *vec_push(a, &databases) = scope->schema ? scope->schema : "main";
        if (!scope->schema) {
            *vec_push(a, &databases) = "temp";
        }
    }
    vec_each (database, &databases) {
        rc = rc ? rc : read_database(a, c, scope, *database, s, err);
    }
    return rc;
}

/* A savepoint is a read transaction outside of a transaction, and within one it leaves that alone. */
static int read_all(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    struct err ignored = {0};
    int rc = conn_exec(c, "SAVEPOINT lockstep_schema", err);
    if (rc) {
        return err_wrap(err, "cannot read the schema");
    }
    rc = read_databases(a, c, scope, s, err);
    int released = conn_exec(c, "RELEASE lockstep_schema", rc ? &ignored : err);
    s->name = scope->schema ? scope->schema : "main";
    return rc ? rc : released;
}

static const char *names_query(struct arena *a, struct conn *c, enum schema_names_kind kind,
                               const char *schema)
{
    const char *type = "'table'", *master = schema ? master_of(a, schema) : "sqlite_master";
    (void)c;
    switch (kind) {
    case SCHEMA_NAMES_SCHEMAS:
        return sql_schema_sqlite_schemas;
    case SCHEMA_NAMES_VIEWS:
        type = "'view'";
        break;
    case SCHEMA_NAMES_TEMPORARY_VIEWS:
        type = "'view'";
        master = "sqlite_temp_master";
        break;
    case SCHEMA_NAMES_TEMPORARY_TABLES:
        master = "sqlite_temp_master";
        break;
    case SCHEMA_NAMES_TABLES:
        break;
    default:
        return NULL;
    }
    const struct catalog_place places[] = {{"master", master}, {"type", type}, {NULL, NULL}};
    return catalog_fill(a, sql_schema_sqlite_names, places);
}

/* A schema that is not there is an error for a PRAGMA. */
static int is_attached(struct arena *a, struct conn *c, const char *schema, bool *is, struct err *err)
{
    strings_t databases;
    int rc = schema_list(a, c, SCHEMA_NAMES_SCHEMAS, NULL, &databases, err);
    *is = false;
    for (size_t i = 0; i < (rc ? 0 : databases.n); i++) {
        *is = *is || strcmp(databases.items[i], schema) == 0;
    }
    return rc;
}

static int has_table(struct arena *a, struct conn *c, const char *schema, const char *name, bool *has,
                     struct err *err)
{
    bool attached = true;
    int rc = schema ? is_attached(a, c, schema, &attached, err) : 0;
    if (rc || !attached) {
        *has = false;
        return rc;
    }
    const struct catalog_place places[] = {{"name", catalog_literal(a, c, name)},
                                           {"database", catalog_literal(a, c, schema ? schema : "main")},
                                           {"other", catalog_literal(a, c, schema ? schema : "temp")},
                                           {NULL, NULL}};
    return catalog_has_row(a, c, catalog_fill(a, sql_schema_sqlite_has_table, places), has, err);
}

const struct catalog_reader catalog_sqlite = {
    .read = read_all, .names = names_query, .has_table = has_table, .current = "SELECT 'main'"};

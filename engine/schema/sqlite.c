/* SQLite's schema: sqlite_master, what the PRAGMAs tell as tables, and the statements themselves. */
#include "engine/schema/catalog.h"
#include "engine/schema/sql.h"
#include "engine/schema/sqlite_parse.h"
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

static void add_objects(struct arena *a, struct schema *s, const struct rowset *r)
{
    for (size_t i = 0; i < r->nrows; i++) {
        const char *type = catalog_text(r, i, 1), *sql = catalog_text(r, i, 4);
        bool view = strcmp(type, "view") == 0;
        if (!view && strcmp(type, "table") != 0) {
            continue;
        }
        struct schema_table *t = catalog_add_table(a, s);
        t->schema = catalog_text(r, i, 0);
        t->name = catalog_text(r, i, 2);
        t->definition = sql;
        t->temporary = strcmp(t->schema, "temp") == 0;
        t->visible = t->temporary || strcmp(t->schema, "main") == 0;
        t->kind = view                                                  ? SCHEMA_VIEW
                  : sql && strncasecmp(sql, "CREATE VIRTUAL ", 15) == 0 ? SCHEMA_VIRTUAL
                                                                        : SCHEMA_TABLE;
    }
}

static void add_triggers(struct arena *a, struct schema *s, const struct rowset *r, const char *database)
{
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = NULL, **each;
        vec_each (each, &s->tables) {
            bool same = strcmp((*each)->schema, database) == 0 &&
                        strcasecmp((*each)->name, catalog_text(r, i, 3)) == 0;
            t = same ? *each : t;
        }
        if (t && strcmp(catalog_text(r, i, 1), "trigger") == 0) {
            struct schema_trigger *g = vec_push(a, &t->triggers);
            g->name = catalog_text(r, i, 2);
            g->definition = catalog_text(r, i, 4);
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

static void add_columns(struct arena *a, struct schema *s, const struct rowset *r, const char *database)
{
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = schema_table(s, database, catalog_text(r, i, 0));
        int64_t hidden = catalog_number(r, i, 6);
        if (!t) {
            continue;
        }
        struct schema_column *c = vec_push(a, &t->columns);
        c->name = catalog_text(r, i, 1);
        c->type = declared_type(a, catalog_text(r, i, 2), hidden > 1);
        c->nullable = !catalog_flag(r, i, 3);
        c->default_text = catalog_text(r, i, 4);
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

static void add_indexes(struct arena *a, struct schema *s, const struct rowset *r, const char *database)
{
    struct schema_index *x = NULL;
    for (size_t i = 0; i < r->nrows; i++) {
        struct schema_table *t = schema_table(s, database, catalog_text(r, i, 0));
        if (!t) {
            continue;
        }
        if (catalog_number(r, i, 9) == 0) {
            const char *origin = catalog_text(r, i, 3);
            x = vec_push(a, &t->indexes);
            x->name = catalog_text(r, i, 1);
            x->unique = catalog_flag(r, i, 2);
            x->primary = strcmp(origin, "pk") == 0;
            x->automatic = strcmp(origin, "c") != 0;
            x->predicate = catalog_flag(r, i, 4) ? "" : NULL;
            x->definition = catalog_text(r, i, 8);
            x->valid = true;
        }
        add_key(a, x, r, i);
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

static void finish(struct arena *a, struct schema_table *t)
{
    struct schema_index *x;
    if (t->kind == SCHEMA_TABLE && t->columns.n) {
        sqlite_parse_table(a, t);
    }
    vec_each (x, &t->indexes) {
        finish_index(a, t, x);
    }
}

enum query { OBJECTS, COLUMNS, INDEXES, QUERY_COUNT };

static int read_database(struct arena *a, struct conn *c, const struct schema_scope *scope,
                         const char *database, struct schema *s, struct err *err)
{
    const char *table = scope->table ? catalog_literal(a, c, scope->table) : NULL;
    const struct catalog_place places[] = {
        {"database", catalog_literal(a, c, database)},
        {"master", master_of(a, database)},
        {"and_table", table ? arena_printf(a, "AND lower(m.tbl_name) = lower(%s)", table) : ""},
        {NULL, NULL}};
    bool indexes = scope->parts & (SCHEMA_INDEXES | SCHEMA_CONSTRAINTS);
    const char *texts[QUERY_COUNT] = {[OBJECTS] = catalog_fill(a, sql_schema_sqlite_objects, places),
                                      /* constraints name columns, and are read from the text with them */
                                      [COLUMNS] = catalog_fill(a, sql_schema_sqlite_columns, places),
                                      [INDEXES] = indexes ? catalog_fill(a, sql_schema_sqlite_indexes, places)
                                                          : NULL};
    struct rowset rows[QUERY_COUNT];
    int rc = catalog_run(a, c, texts, QUERY_COUNT, rows, err);
    if (rc == 0) {
        add_objects(a, s, &rows[OBJECTS]);
        add_triggers(a, s, &rows[OBJECTS], database);
        add_columns(a, s, &rows[COLUMNS], database);
        add_indexes(a, s, &rows[INDEXES], database);
    }
    return rc;
}

static int read_all(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema *s,
                    struct err *err)
{
    strings_t databases = {0};
    const char **database;
    struct schema_table **t;
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
    vec_each (t, &s->tables) {
        finish(a, *t);
    }
    s->name = scope->schema ? scope->schema : "main";
    return rc;
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

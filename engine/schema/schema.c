/* The readers by driver, and looking things up in what they have read. */
#include "engine/schema/schema.h"
#include "engine/schema/catalog.h"
#include "engine/schema/sql.h"
#include <string.h>

static const struct catalog_reader *reader_of(struct conn *c)
{
    static const struct {
        const char *driver;
        const struct catalog_reader *reader;
    } readers[] = {
        {"postgresql", &catalog_postgresql}, {"mysql", &catalog_mysql}, {"sqlite", &catalog_sqlite}};
    for (size_t i = 0; i < COUNT_OF(readers); i++) {
        if (strcmp(readers[i].driver, conn_driver(c)->name) == 0) {
            return readers[i].reader;
        }
    }
    return NULL;
}

static int no_reader(struct conn *c, struct err *err)
{
    return err_set(err, ERR_REFUSED, "the schema of %s cannot be read", conn_driver(c)->title);
}

static struct schema *schema_new(struct arena *a, struct conn *c)
{
    struct schema *s = arena_alloc(a, sizeof(*s));
    bool mariadb = strncmp(conn_driver(c)->server(c), "MariaDB", 7) == 0;
    s->dialect = mariadb ? "mariadb" : conn_driver(c)->name;
    return s;
}

int schema_read(struct arena *a, struct conn *c, const struct schema_scope *scope, struct schema **out,
                struct err *err)
{
    const struct catalog_reader *reader = reader_of(c);
    if (!reader) {
        return no_reader(c, err);
    }
    struct schema *s = schema_new(a, c);
    int rc = reader->read(a, c, scope, s, err);
    if (rc == 0) {
        *out = s;
    }
    return rc;
}

int schema_read_whole(struct arena *a, struct conn *c, const char *only, unsigned parts, struct schema **out,
                      struct err *err)
{
    const struct catalog_reader *reader = reader_of(c);
    const struct schema_scope scope = {.schema = only, .parts = parts};
    if (!reader) {
        return no_reader(c, err);
    }
    struct schema *s = schema_new(a, c);
    int rc = reader->whole ? reader->whole(a, c, only, parts, s, err) : schema_current(a, c, &s->name, err);
    if (rc == 0 && !reader->whole) {
        rc = reader->read(a, c, &scope, s, err);
    }
    if (rc == 0) {
        *out = s;
    }
    return rc;
}

int schema_list(struct arena *a, struct conn *c, enum schema_names_kind kind, const char *schema,
                strings_t *out, struct err *err)
{
    const struct catalog_reader *reader = reader_of(c);
    const char *query = reader ? reader->names(a, c, kind, schema) : NULL;
    if (!query) {
        return no_reader(c, err);
    }
    struct rowset rows;
    int rc = catalog_run(a, c, &query, 1, &rows, err);
    if (rc) {
        return rc;
    }
    strings_t names = {0};
    for (size_t i = 0; i < rows.nrows; i++) {
        *vec_push(a, &names) = catalog_text(&rows, i, 0);
    }
    *out = names;
    return 0;
}

int schema_has_table(struct conn *c, const char *schema, const char *name, bool *has, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct catalog_reader *reader = reader_of(c);
    return reader ? reader->has_table(&a, c, schema, name, has, err) : no_reader(c, err);
}

int schema_has_sequence(struct conn *c, const char *schema, const char *name, bool *has, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    strings_t names;
    int rc = schema_list(&a, c, SCHEMA_NAMES_SEQUENCES, schema, &names, err);
    const char **n;
    bool found = false;
    if (rc) {
        return rc;
    }
    vec_each (n, &names) {
        found = found || strcmp(*n, name) == 0;
    }
    *has = found;
    return 0;
}

int schema_type_exists(struct conn *c, const char *schema, const char *name, bool *has, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    if (reader_of(c) != &catalog_postgresql) {
        *has = false;
        return 0;
    }
    const char *within = schema ? arena_printf(&a, "n.nspname = %s", catalog_literal(&a, c, schema))
                                : "pg_catalog.pg_type_is_visible(t.oid) AND n.nspname <> 'pg_catalog'";
    const struct catalog_place places[] = {
        {"name", catalog_literal(&a, c, name)}, {"type_scope", within}, {NULL, NULL}};
    return catalog_has_row(&a, c, catalog_fill(&a, sql_schema_postgresql_has_type, places), has, err);
}

int schema_current(struct arena *a, struct conn *c, const char **out, struct err *err)
{
    const struct catalog_reader *reader = reader_of(c);
    struct rowset rows;
    int rc = reader ? catalog_run(a, c, &reader->current, 1, &rows, err) : no_reader(c, err);
    if (rc == 0) {
        *out = catalog_text(&rows, 0, 0);
    }
    return rc;
}

struct schema_table *schema_table(const struct schema *s, const char *schema, const char *name)
{
    struct schema_table **t;
    vec_each (t, &s->tables) {
        if (strcmp((*t)->name, name) == 0 && (!schema || strcmp((*t)->schema, schema) == 0)) {
            return *t;
        }
    }
    return NULL;
}

struct schema_column *schema_column(const struct schema_table *t, const char *name)
{
    struct schema_column *c;
    vec_each (c, &t->columns) {
        if (strcmp(c->name, name) == 0) {
            return c;
        }
    }
    return NULL;
}

const struct schema_constraint *schema_primary_key(const struct schema_table *t)
{
    const struct schema_constraint *c;
    vec_each (c, &t->constraints) {
        if (c->kind == SCHEMA_PRIMARY_KEY) {
            return c;
        }
    }
    return NULL;
}

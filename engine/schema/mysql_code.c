/* Routines, events, grants and partitions of MySQL and MariaDB, as the statements that make them. */
#include "engine/schema/mysql_add.h"
#include "engine/schema/mysql_text.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct code {
    struct mysql_reading *r;
    const struct rowset *rows;
    bool triggers, events, routines; /* may be seen */
    size_t hidden;
};

static const char *cell(const struct code *x, size_t row, size_t col)
{
    const char *text = catalog_text(x->rows, row, col);
    return text && *text ? text : NULL;
}

static bool is(const char *text, const char *other)
{
    return text && strcasecmp(text, other) == 0;
}

/* varchar(10) CHARSET latin1 COLLATE latin1_swedish_ci: whatever the database's own are */
static void add_type(struct strbuf *b, const struct code *x, size_t i)
{
    const char *charset = cell(x, i, 5), *collation = cell(x, i, 6);
    strbuf_addf(b, "%s", cell(x, i, 4) ? cell(x, i, 4) : "");
    if (charset) {
        strbuf_addf(b, " CHARSET %s", charset);
    }
    if (collation) {
        strbuf_addf(b, " COLLATE %s", collation);
    }
}

static const char *kept(struct arena *a, const struct strbuf *b)
{
    return arena_dupn(a, b->len ? b->ptr : "", b->len);
}

/* Parameters come before their routine: "parameter" is less than "routine", so they are looked up. */
static void add_parameters(struct strbuf *b, const struct code *x, size_t routine)
{
    bool function = is(cell(x, routine, 3), "FUNCTION");
    const char *between = "";
    for (size_t i = 0; i < x->rows->nrows; i++) {
        if (!is(cell(x, i, 0), "parameter")) {
            continue;
        }
        bool same = strcmp(cell(x, i, 1), cell(x, routine, 1)) == 0 &&
                    is(cell(x, i, 2), cell(x, routine, 2)) && is(cell(x, i, 3), cell(x, routine, 3));
        if (same) {
            strbuf_addf(b, "%s%s%s%s ", between, function ? "" : cell(x, i, 7), function ? "" : " ",
                        mysql_name(x->r->a, cell(x, i, 8)));
            add_type(b, x, i);
            between = ", ";
        }
    }
}

static bool is_aggregate(const char *body)
{
    return strcasestr(body, "GROUP NEXT ROW") != NULL;
}

static void add_routine(struct code *x, size_t i)
{
    struct arena *a = x->r->a;
    struct schema_routine *f = vec_push(a, &x->r->s->routines);
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT, returns = STRBUF_INIT;
    const char *body = cell(x, i, 7), *comment = cell(x, i, 12), *access = cell(x, i, 9);
    bool function = is(cell(x, i, 3), "FUNCTION");
    f->schema = cell(x, i, 1);
    f->name = cell(x, i, 2);
    f->visible = true;
    f->kind = function ? SCHEMA_FUNCTION : SCHEMA_PROCEDURE;
    f->definer = cell(x, i, 13);
    f->sql_mode = mysql_mode(a, cell(x, i, 11));
    if (function) {
        add_type(&returns, x, i);
        f->returns = kept(a, &returns);
    }
    x->hidden += body == NULL;
    if (!body) {
        return;
    }
    strbuf_addf(&b, "CREATE %s%s %s(", function && is_aggregate(body) ? "AGGREGATE " : "",
                function ? "FUNCTION" : "PROCEDURE", mysql_name(a, f->name));
    add_parameters(&b, x, i);
    strbuf_addf(&b, ")%s%s", function ? " RETURNS " : "", function ? f->returns : "");
    strbuf_addf(&b, "%s", is(cell(x, i, 8), "YES") ? "\n    DETERMINISTIC" : "");
    if (access && !is(access, "CONTAINS SQL")) {
        strbuf_addf(&b, "\n    %s", access);
    }
    strbuf_addf(&b, "%s", is(cell(x, i, 10), "INVOKER") ? "\n    SQL SECURITY INVOKER" : "");
    if (comment) {
        strbuf_addf(&b, "\n    COMMENT %s", mysql_quoted(a, comment));
    }
    strbuf_addf(&b, "\n%s", body);
    f->definition = kept(a, &b);
}

static void add_event(struct code *x, size_t i)
{
    struct arena *a = x->r->a;
    struct schema_event *e = vec_push(a, &x->r->s->events);
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    e->name = cell(x, i, 2);
    e->definer = cell(x, i, 13);
    e->sql_mode = mysql_mode(a, cell(x, i, 11));
    e->disabled = catalog_flag(x->rows, i, 14);
    strbuf_addf(&b, "CREATE EVENT %s ON SCHEDULE ", mysql_name(a, e->name));
    if (cell(x, i, 4)) {
        strbuf_addf(&b, "AT '%s'", cell(x, i, 4));
    } else {
        strbuf_addf(&b, "EVERY %s %s", mysql_quoted(a, cell(x, i, 5) ? cell(x, i, 5) : ""), cell(x, i, 6));
    }
    if (cell(x, i, 8)) {
        strbuf_addf(&b, " STARTS '%s'", cell(x, i, 8));
    }
    if (cell(x, i, 9)) {
        strbuf_addf(&b, " ENDS '%s'", cell(x, i, 9));
    }
    strbuf_addf(&b, " ON COMPLETION %s", cell(x, i, 10));
    if (cell(x, i, 12)) {
        strbuf_addf(&b, " COMMENT %s", mysql_quoted(a, cell(x, i, 12)));
    }
    strbuf_addf(&b, " DO %s", cell(x, i, 7) ? cell(x, i, 7) : "");
    e->definition = kept(a, &b);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(strings_t *names)
{
    if (names->n > 1) {
        qsort(names->items, names->n, sizeof(*names->items), by_text);
    }
}

static void add_grant(struct code *x, size_t i)
{
    struct schema *s = x->r->s;
    struct schema_grant *g = s->grants.n ? &s->grants.items[s->grants.n - 1] : NULL;
    const char *name = cell(x, i, 2) ? cell(x, i, 2) : "";
    if (is(cell(x, i, 5), "USAGE")) {
        return;
    }
    if (!g || strcmp(g->grantee, cell(x, i, 4)) != 0 || strcmp(g->name, name) != 0 ||
        strcmp(g->on, cell(x, i, 3)) != 0 || strcmp(g->schema, cell(x, i, 1)) != 0) {
        g = vec_push(x->r->a, &s->grants);
        g->on = cell(x, i, 3);
        g->schema = cell(x, i, 1);
        g->name = name;
        g->grantee = cell(x, i, 4);
    }
    *vec_push(x->r->a, &g->privileges) = cell(x, i, 5);
    if (is(cell(x, i, 6), "YES")) {
        *vec_push(x->r->a, &g->grantable) = cell(x, i, 5);
    }
}

static void note_right(struct code *x, const char *right)
{
    x->triggers = x->triggers || is(right, "TRIGGER");
    x->events = x->events || is(right, "EVENT");
}

static void tell_unseen(struct code *x)
{
    strings_t *unseen = &x->r->s->unseen;
    if (x->hidden) {
        *vec_push(x->r->a, unseen) =
            arena_printf(x->r->a,
                         "the bodies of %zu routines: the right to see them is needed (SHOW_ROUTINE, "
                         "SHOW CREATE ROUTINE or SELECT on mysql.proc)",
                         x->hidden);
    }
    if (!x->triggers) {
        *vec_push(x->r->a, unseen) = "triggers, if there are some: TRIGGER on the database is needed";
    }
    if (!x->events) {
        *vec_push(x->r->a, unseen) = "events, if there are some: EVENT on the database is needed";
    }
}

void mysql_add_code(struct mysql_reading *r, const struct rowset *rows)
{
    struct code x = {.r = r, .rows = rows};
    for (size_t i = 0; i < rows->nrows; i++) {
        const char *what = catalog_text(rows, i, 0);
        if (is(what, "routine")) {
            bool package = cell(&x, i, 3) && strncasecmp(cell(&x, i, 3), "PACKAGE", 7) == 0;
            if (package) {
                *vec_push(r->a, &r->s->unseen) =
                    arena_printf(r->a, "the package %s: packages are not read", cell(&x, i, 2));
            } else {
                add_routine(&x, i);
            }
        } else if (is(what, "event")) {
            add_event(&x, i);
        } else if (is(what, "grant")) {
            add_grant(&x, i);
        } else if (is(what, "right")) {
            note_right(&x, cell(&x, i, 2));
        }
    }
    struct schema_grant *g;
    vec_each (g, &r->s->grants) {
        sort(&g->privileges);
        sort(&g->grantable);
    }
    if (r->scope->parts & SCHEMA_ROUTINES) {
        tell_unseen(&x);
    }
}

/* "RANGE (`y`)", "KEY (`id`)" */
static void add_method(struct strbuf *b, const struct rowset *rows, size_t i, size_t col)
{
    const char *text = catalog_text(rows, i, col + 1);
    strbuf_addf(b, "%s (%s)", catalog_text(rows, i, col), text ? text : "");
}

static void add_partition(struct strbuf *b, struct mysql_reading *r, const struct rowset *rows, size_t i)
{
    const char *method = catalog_text(rows, i, 2), *values = catalog_text(rows, i, 7);
    const char *comment = catalog_text(rows, i, 8);
    bool range = strncmp(method, "RANGE", 5) == 0, list = strncmp(method, "LIST", 4) == 0;
    strbuf_addf(b, "PARTITION %s", mysql_name(r->a, catalog_text(rows, i, 6)));
    if (range && strcmp(values, "MAXVALUE") == 0) {
        strbuf_adds(b, " VALUES LESS THAN MAXVALUE");
    } else if (range) {
        strbuf_addf(b, " VALUES LESS THAN (%s)", values);
    } else if (list && (!values || strcmp(values, "MAXVALUE") == 0)) {
        strbuf_adds(b, " DEFAULT");
    } else if (list) {
        strbuf_addf(b, " VALUES IN (%s)", values);
    }
    if (comment && *comment) {
        strbuf_addf(b, " COMMENT = %s", mysql_quoted(r->a, comment));
    }
}

/* Rows of one table, in their order; subpartitions have a row each. */
static void set_partitions(struct mysql_reading *r, struct schema_table *t, const struct rowset *rows,
                           size_t from, size_t to)
{
    AUTO(strbuf_release) struct strbuf key = STRBUF_INIT, parts = STRBUF_INIT;
    size_t within = 0;
    add_method(&key, rows, from, 2);
    for (size_t i = from; i < to; i++) {
        bool first = i == from || strcmp(catalog_text(rows, i, 6), catalog_text(rows, i - 1, 6)) != 0;
        within +=
            catalog_text(rows, i, 9) && strcmp(catalog_text(rows, i, 6), catalog_text(rows, from, 6)) == 0;
        if (first) {
            strbuf_adds(&parts, i == from ? "" : ", ");
            add_partition(&parts, r, rows, i);
        }
    }
    if (within) {
        strbuf_adds(&key, " SUBPARTITION BY ");
        add_method(&key, rows, from, 4);
        strbuf_addf(&key, " SUBPARTITIONS %zu", within);
    }
    t->partition_key = kept(r->a, &key);
    t->partition_bound = kept(r->a, &parts);
}

void mysql_add_partitions(struct mysql_reading *r, const struct rowset *rows)
{
    for (size_t i = 0, end; i < rows->nrows; i = end) {
        struct schema_table *t = mysql_table_of(r, rows, i);
        for (end = i + 1; end < rows->nrows && mysql_table_of(r, rows, end) == t; end++) {
        }
        if (t) {
            set_partitions(r, t, rows, i, end);
        }
    }
}

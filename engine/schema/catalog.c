/* Filling in catalogue queries, sending them, and reading their cells. */
#include "engine/schema/catalog.h"
#include <stdlib.h>
#include <string.h>

const char *catalog_fill(struct arena *a, const char *template, const struct catalog_place *places)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (const char *p = template; *p;) {
        const struct catalog_place *place = places;
        for (; *p == '{' && place->name; place++) {
            size_t n = strlen(place->name);
            if (strncmp(p + 1, place->name, n) == 0 && p[n + 1] == '}') {
                strbuf_adds(&b, place->value);
                p += n + 2;
                break;
            }
        }
        if (*p && (*p != '{' || !place->name)) {
            strbuf_addch(&b, *p++);
        }
    }
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

const char *catalog_literal(struct arena *a, struct conn *c, const char *text)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    conn_driver(c)->quote_literal(&b, slice_of(text));
    return arena_dupn(a, strbuf_cstr(&b), b.len);
}

int catalog_run(struct arena *a, struct conn *c, const char *const *texts, size_t n, struct rowset *rows,
                struct err *err)
{
    struct statement *statements = arena_array(a, n, sizeof(*statements));
    struct outcome *outcomes = arena_array(a, n, sizeof(*outcomes));
    size_t sent = 0, done = 0;
    for (size_t i = 0; i < n; i++) {
        if (texts[i]) {
            statements[sent].text = slice_of(texts[i]);
            statements[sent++].flags = STATEMENT_ROWS;
        }
    }
    int rc = conn_driver(c)->batch(c, a, statements, sent, outcomes, &done, err);
    if (rc) {
        return err_wrap(err, "cannot read the schema");
    }
    for (size_t i = 0, k = 0; i < n; i++) {
        rows[i] = texts[i] ? outcomes[k++].rows : (struct rowset){0};
    }
    return 0;
}

int catalog_stream(struct conn *c, const struct catalog_query *queries, size_t n, void *arg, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct statement *statements = arena_array(&a, n, sizeof(*statements));
    struct outcome *outcomes = arena_array(&a, n, sizeof(*outcomes));
    size_t sent = 0, done = 0;
    for (size_t i = 0; i < n; i++) {
        if (queries[i].text) {
            statements[sent++] = (struct statement){.text = slice_of(queries[i].text),
                                                    .flags = queries[i].row ? STATEMENT_ROWS : 0,
                                                    .row = queries[i].row,
                                                    .row_arg = arg};
        }
    }
    int rc = conn_driver(c)->batch(c, &a, statements, sent, outcomes, &done, err);
    if (rc) {
        return err_wrap(err, "cannot read the schema");
    }
    for (size_t i = 0; i < sent; i++) { /* of a driver that keeps them */
        struct rowset *all = &outcomes[i].rows, one = *all;
        for (one.nrows = 1; statements[i].row && all->nrows; all->nrows--, one.cells += one.ncols) {
            statements[i].row(arg, &one);
        }
    }
    return 0;
}

int catalog_has_row(struct arena *a, struct conn *c, const char *query, bool *has, struct err *err)
{
    struct rowset rows;
    int rc = catalog_run(a, c, &query, 1, &rows, err);
    if (rc == 0) {
        *has = rows.nrows > 0;
    }
    return rc;
}

const char *catalog_text(const struct rowset *r, size_t row, size_t col)
{
    return rowset_cell(r, row, col).ptr;
}

bool catalog_flag(const struct rowset *r, size_t row, size_t col)
{
    const char *text = catalog_text(r, row, col);
    return text && (*text == 't' || *text == '1' || *text == 'Y');
}

int64_t catalog_number(const struct rowset *r, size_t row, size_t col)
{
    const char *text = catalog_text(r, row, col);
    return text ? strtoll(text, NULL, 10) : 0;
}

/* How many items there are; items that are quoted may hold commas. */
static size_t array_items(const char *text)
{
    bool quoted = false;
    size_t n = text[1] != '}';
    for (const char *p = text + 1; *p; p++) {
        quoted ^= *p == '"';
        n += !quoted && *p == ',';
        p += *p == '\\' && p[1];
    }
    return n;
}

void catalog_array(struct arena *a, const char *text, strings_t *out)
{
    *out = (strings_t){0};
    if (!text || *text != '{') {
        return;
    }
    out->cap = array_items(text);
    out->items = out->cap ? arena_array(a, out->cap, sizeof(*out->items)) : NULL;
    for (const char *p = text + 1; *p && *p != '}';) {
        p += *p == '{';
        bool quoted = *p == '"';
        p += quoted;
        const char *end = p;
        while (*end && (quoted ? *end != '"' : *end != ',' && *end != '}')) {
            end += 1 + (*end == '\\' && end[1]);
        }
        char *item = arena_alloc(a, (size_t)(end - p) + 1);
        for (size_t n = 0; p < end; n++) {
            p += *p == '\\' && p[1];
            item[n] = *p++;
        }
        p += quoted && *p;
        p += p[0] == '}' && p[1] == ',';
        p += *p == ',';
        *vec_push(a, out) = !quoted && strcmp(item, "NULL") == 0 ? NULL : item;
    }
}

struct schema_table *catalog_add_table(struct arena *a, struct schema *s)
{
    struct schema_table *t = arena_alloc(a, sizeof(*t));
    *(struct schema_table **)vec_push(a, &s->tables) = t;
    return t;
}

struct schema_table *catalog_table_by_id(const struct schema *s, int64_t id, size_t *hint)
{
    for (size_t i = 0; i < s->tables.n; i++) {
        size_t at = (*hint + i) % s->tables.n;
        if (s->tables.items[at]->id == id) {
            *hint = at;
            return s->tables.items[at];
        }
    }
    return NULL;
}

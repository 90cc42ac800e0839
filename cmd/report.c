/* Reports: building them, and printing them as JSON. Text is in report_text.c. */
#include "base/str.h"
#include "cmd/report_data.h"
#include <stdarg.h>

struct report *report_new(struct app *app, const char *name, const struct column *columns, size_t n)
{
    struct report *r = arena_alloc(app->arena, sizeof(*r));
    *r = (struct report){.app = app, .name = name, .columns = columns, .ncolumns = n};
    return r;
}

struct report_row *report_row(struct report *r, struct report_row *parent)
{
    struct report_row *row = arena_alloc(r->app->arena, sizeof(*row));
    row->report = r;
    row->parent = parent;
    row->cells = arena_array(r->app->arena, r->ncolumns, sizeof(*row->cells));
    *vec_push(r->app->arena, parent ? &parent->children : &r->rows) = row;
    return row;
}

/* Every report_*() below fills one cell; an index beyond the columns is a mistake in the command. */
static struct cell *cell_at(struct report_row *row, size_t column, enum cell_kind kind)
{
    if (column >= row->report->ncolumns) {
        abort();
    }
    struct cell *c = &row->cells[column];
    c->kind = kind;
    return c;
}

static char *dup_text(struct report *r, const char *text)
{
    return arena_dup(r->app->arena, text);
}

void report_text(struct report_row *row, size_t column, const char *text)
{
    cell_at(row, column, text ? CELL_TEXT : CELL_NULL)->text = dup_text(row->report, text);
}

void report_textf(struct report_row *row, size_t column, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    cell_at(row, column, CELL_TEXT)->text = arena_vprintf(row->report->app->arena, fmt, ap);
    va_end(ap);
}

void report_int(struct report_row *row, size_t column, int64_t n)
{
    struct cell *c = cell_at(row, column, CELL_INT);
    c->number = n;
    c->text = arena_printf(row->report->app->arena, "%lld", (long long)n);
}

void report_shown(struct report_row *row, size_t column, int64_t n, const char *shown)
{
    struct cell *c = cell_at(row, column, CELL_INT);
    c->number = n;
    c->text = dup_text(row->report, shown);
}

void report_bool(struct report_row *row, size_t column, bool b)
{
    struct cell *c = cell_at(row, column, CELL_BOOL);
    c->number = b;
    c->text = b ? "yes" : "no";
}

static void fill_list(struct report *r, struct cell *c, const strings_t *list)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    c->kind = CELL_LIST;
    for (size_t i = 0; i < list->n; i++) {
        strbuf_addf(&text, "%s%s", i ? ", " : "", list->items[i]);
        *vec_push(r->app->arena, &c->list) = dup_text(r, list->items[i]);
    }
    c->text = dup_text(r, strbuf_cstr(&text));
}

void report_list(struct report_row *row, size_t column, const strings_t *list)
{
    fill_list(row->report, cell_at(row, column, CELL_LIST), list);
}

void report_style(struct report_row *row, size_t column, enum style style)
{
    row->cells[column].style = style;
}

static struct cell *new_fact(struct report *r, const char *key, const char *title, enum cell_kind kind)
{
    struct fact *f = vec_push(r->app->arena, &r->facts);
    *f = (struct fact){.key = key, .title = title, .value = {.kind = kind}};
    return &f->value;
}

void report_fact(struct report *r, const char *key, const char *title, const char *value)
{
    new_fact(r, key, title, value ? CELL_TEXT : CELL_NULL)->text = dup_text(r, value);
}

void report_fact_int(struct report *r, const char *key, const char *title, int64_t n)
{
    struct cell *c = new_fact(r, key, title, CELL_INT);
    c->number = n;
    c->text = arena_printf(r->app->arena, "%lld", (long long)n);
}

void report_fact_bool(struct report *r, const char *key, const char *title, bool b)
{
    struct cell *c = new_fact(r, key, title, CELL_BOOL);
    c->number = b;
    c->text = b ? "yes" : "no";
}

void report_fact_list(struct report *r, const char *key, const char *title, const strings_t *list)
{
    fill_list(r, new_fact(r, key, title, CELL_LIST), list);
}

void report_empty(struct report *r, const char *text)
{
    r->empty = dup_text(r, text);
}

json_t *json_text(const char *text)
{
    if (!text) {
        return json_null();
    }
    json_t *s = json_string(text);
    if (s) {
        return s;
    }
    AUTO(strbuf_release) struct strbuf copy = STRBUF_INIT;
    for (size_t left = strlen(text); left;) {
        size_t good = utf8_valid_length(text, left);
        strbuf_add(&copy, text, good);
        if (good < left) {
            strbuf_adds(&copy, "\xef\xbf\xbd");
            good++;
        }
        text += good;
        left -= good;
    }
    return json_string(strbuf_cstr(&copy));
}

json_t *json_list(const strings_t *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++) {
        json_array_append_new(array, json_text(list->items[i]));
    }
    return array;
}

void json_print(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(value);
}

static json_t *cell_json(const struct cell *c)
{
    switch (c->kind) {
    case CELL_TEXT:
        return json_text(c->text);
    case CELL_INT:
        return json_integer(c->number);
    case CELL_BOOL:
        return json_boolean(c->number);
    case CELL_LIST:
        return json_list(&c->list);
    default:
        return json_null();
    }
}

static json_t *rows_json(const struct report *r, const report_rows_t *rows, int depth)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows->n; i++) {
        const struct report_row *row = rows->items[i];
        json_t *o = json_object();
        for (size_t c = 0; c < r->ncolumns; c++) {
            if (!(r->columns[c].flags & COLUMN_TEXT_ONLY)) {
                json_object_set_new(o, r->columns[c].key, cell_json(&row->cells[c]));
            }
        }
        if (row->children.n && depth < REPORT_DEPTH_MAX) {
            json_object_set_new(o, "children", rows_json(r, &row->children, depth + 1));
        }
        json_array_append_new(array, o);
    }
    return array;
}

static void print_json(const struct report *r)
{
    json_t *o = json_object();
    for (size_t i = 0; i < r->facts.n; i++) {
        json_object_set_new(o, r->facts.items[i].key, cell_json(&r->facts.items[i].value));
    }
    if (r->ncolumns) {
        json_object_set_new(o, r->name, rows_json(r, &r->rows, 0));
    }
    json_print(o);
}

int report_print(struct report *r, struct err *err)
{
    if (r->app->json) {
        print_json(r);
        return 0;
    }
    return report_print_text(r, err);
}

/* Reports as text, through libsmartcols. */
#include "cmd/report_data.h"
#include <libsmartcols.h>

static void print_facts(const struct report *r)
{
    size_t width = 0;
    for (size_t i = 0; i < r->facts.n; i++) {
        size_t len = strlen(r->facts.items[i].title);
        width = len > width ? len : width;
    }
    for (size_t i = 0; i < r->facts.n; i++) {
        const struct fact *f = &r->facts.items[i];
        const char *text = f->value.text && f->value.text[0] ? f->value.text : "-";
        printf("%s%s:%s%*s %s\n", print_style(r->app, stdout, STYLE_BOLD), f->title,
               print_style(r->app, stdout, STYLE_PLAIN), (int)(width - strlen(f->title)), "", text);
    }
    if (r->facts.n && r->ncolumns && (r->rows.n || r->empty)) {
        putchar('\n');
    }
}

static size_t text_width(const char *text)
{
    size_t width = 0;
    for (; text && *text; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80; /* a character of several bytes counts once */
    }
    return width;
}

/* The widest of a column's texts; depth: of the branches of a tree before it. */
static size_t column_width(const struct report *r, size_t column, const report_rows_t *rows, size_t depth)
{
    size_t width = text_width(r->columns[column].title);
    for (size_t i = 0; i < rows->n; i++) {
        size_t w = text_width(rows->items[i]->cells[column].text) + 2 * depth;
        width = w > width ? w : width;
        w = column_width(r, column, &rows->items[i]->children, depth + 1);
        width = w > width ? w : width;
    }
    return width;
}

static bool has_text(size_t column, const report_rows_t *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const char *text = rows->items[i]->cells[column].text;
        if ((text && text[0]) || has_text(column, &rows->items[i]->children)) {
            return true;
        }
    }
    return false;
}

static bool is_shown(const struct report *r, size_t column)
{
    unsigned flags = r->columns[column].flags;
    return !(flags & COLUMN_JSON_ONLY) && (!(flags & COLUMN_OPTIONAL) || has_text(column, &r->rows));
}

/* What the other columns leave of the terminal for this one, at least enough for a few words. */
static size_t wrap_limit(const struct report *r, size_t column)
{
    const size_t least = 24, gap = 2;
    size_t others = 0, width = (size_t)print_width();
    for (size_t i = 0; i < r->ncolumns; i++) {
        if (i != column && is_shown(r, i)) {
            others += column_width(r, i, &r->rows, 0) + gap;
        }
    }
    return width == 0 ? SIZE_MAX : others + least > width ? least : width - others;
}

/* libsmartcols breaks a long text at any character; these two make it break at blanks. It asks how wide a
 * text wants to be, and, once the width is settled, where its next line begins. */
static size_t wrap_width(const struct libscols_column *c, const char *text, void *limit)
{
    (void)c;
    size_t width = text_width(text);
    return width < *(size_t *)limit ? width : *(size_t *)limit;
}

static char *wrap_next(const struct libscols_column *c, char *text, void *arg)
{
    (void)arg;
    size_t width = scols_column_get_width(c), used = 0;
    char *blank = NULL;
    for (char *p = text; *p; p++) {
        bool begins = ((unsigned char)*p & 0xC0) != 0x80;
        if (begins && used == width) {
            return blank ? (*blank = '\0', blank + 1) : p;
        }
        used += begins;
        blank = *p == ' ' && p > text ? p : blank;
    }
    return NULL;
}

static int add_columns(struct report *r, struct libscols_table *t, bool *titles)
{
    for (size_t i = 0; i < r->ncolumns; i++) {
        const struct column *c = &r->columns[i];
        if (!is_shown(r, i)) {
            continue;
        }
        int flags = (c->flags & COLUMN_RIGHT) ? SCOLS_FL_RIGHT : 0;
        flags |= (c->flags & COLUMN_TREE) ? SCOLS_FL_TREE : 0;
        flags |= (c->flags & COLUMN_WRAP) ? SCOLS_FL_WRAP : 0;
        struct libscols_column *column = scols_table_new_column(t, c->title ? c->title : "", 0, flags);
        if (!column) {
            return -1;
        }
        if (c->flags & COLUMN_WRAP) {
            size_t *limit = arena_alloc(r->app->arena, sizeof(*limit));
            *limit = wrap_limit(r, i);
            scols_column_set_wrapfunc(column, wrap_width, wrap_next, limit);
        }
        *titles = *titles || c->title;
    }
    return 0;
}

static int add_rows(const struct report *r, struct libscols_table *t, const report_rows_t *rows,
                    struct libscols_line *parent, const bool *shown)
{
    bool color = print_style(r->app, stdout, STYLE_BOLD)[0] != '\0';
    for (size_t i = 0; i < rows->n; i++) {
        const struct report_row *row = rows->items[i];
        struct libscols_line *line = scols_table_new_line(t, parent);
        if (!line) {
            return -1;
        }
        size_t at = 0;
        for (size_t c = 0; c < r->ncolumns; c++) {
            if (!shown[c]) {
                continue;
            }
            const struct cell *cell = &row->cells[c];
            if (scols_line_set_data(line, at, cell->text ? cell->text : "") != 0) {
                return -1;
            }
            if (color && cell->style != STYLE_PLAIN) {
                scols_cell_set_color(scols_line_get_cell(line, at), style_name(cell->style));
            }
            at++;
        }
        if (add_rows(r, t, &row->children, line, shown) != 0) {
            return -1;
        }
    }
    return 0;
}

static int fill_table(struct report *r, struct libscols_table *t)
{
    bool titles = false;
    bool *shown = arena_array(r->app->arena, r->ncolumns, sizeof(*shown));
    for (size_t i = 0; i < r->ncolumns; i++) {
        shown[i] = is_shown(r, i);
    }
    if (add_columns(r, t, &titles) != 0 || add_rows(r, t, &r->rows, NULL, shown) != 0) {
        return -1;
    }
    scols_table_set_stream(t, stdout);
    scols_table_enable_noheadings(t, !titles);
    scols_table_enable_colors(t, print_style(r->app, stdout, STYLE_BOLD)[0] != '\0');
    scols_table_set_column_separator(t, "  ");
    int width = print_width();
    scols_table_set_termforce(t, width ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
    if (width) {
        scols_table_set_termwidth(t, (size_t)width);
    }
    return scols_print_table(t);
}

int report_print_text(struct report *r, struct err *err)
{
    print_facts(r);
    if (r->ncolumns == 0) {
        return 0;
    }
    if (r->rows.n == 0) {
        if (r->empty) {
            printf("%s\n", r->empty);
        }
        return 0;
    }
    print_utf8(); /* libsmartcols measures text with the locale's characters */
    struct libscols_table *t = scols_new_table();
    int rc = t ? fill_table(r, t) : -1;
    scols_unref_table(t);
    return rc ? err_set(err, ERR_FAILED, "cannot lay out the table") : 0;
}

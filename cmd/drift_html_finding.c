/* A finding in the page: what differs, both definitions side by side, and the statements for either way out.
 */
#include "cmd/drift_html.h"
#include "cmd/line_diff.h"

#define CONTEXT 3

static void value(struct drift_page *p, const char *v)
{
    drift_page_element(p, v ? "code" : "i", v ? v : "none");
}

static void attributes(struct drift_page *p, const struct drift_finding *f)
{
    if (!f->attributes.n) {
        return;
    }
    strbuf_adds(p->out,
                "<div class=\"wide\"><table class=\"attributes\"><thead><tr><th scope=\"col\">what</th>");
    drift_page_element(p, "th scope=\"col\"", p->left);
    drift_page_element(p, "th scope=\"col\"", p->right);
    strbuf_adds(p->out, "</tr></thead><tbody>\n");
    const struct schema_attribute *at;
    vec_each (at, &f->attributes) {
        strbuf_adds(p->out, "<tr>");
        drift_page_element(p, "th scope=\"row\"", drift_field_title(p->arena, at->field));
        const char *const values[] = {drift_value(at->field, at->expected),
                                      drift_value(at->field, at->actual)};
        for (size_t i = 0; i < COUNT_OF(values); i++) {
            strbuf_adds(p->out, "<td>");
            value(p, values[i]);
            strbuf_adds(p->out, "</td>");
        }
        strbuf_adds(p->out, "</tr>\n");
    }
    strbuf_adds(p->out, "</tbody></table></div>\n");
}

/* One side of a row. mark: "-" or "+", NULL: the same on both sides. */
static void cell(struct drift_page *p, const struct line_row *row, struct slice line, const char *mark,
                 bool there)
{
    if (!there) {
        strbuf_adds(p->out, "<td class=\"nothing\"></td>");
        return;
    }
    bool minus = mark && *mark == '-';
    const char *tag = !mark ? "span" : minus ? "del" : "ins";
    strbuf_addf(p->out, "<td class=\"%s\"><span class=\"mark\">%s</span><%s>",
                !mark   ? "same"
                : minus ? "minus"
                        : "plus",
                !mark   ? " "
                : minus ? "\xe2\x88\x92"
                        : "+",
                tag);
    size_t head = row->kind == LINE_CHANGED ? row->prefix : line.len;
    size_t tail = row->kind == LINE_CHANGED ? row->suffix : 0;
    struct slice middle = {line.ptr + head, line.len - head - tail};
    markup_text_slice(p->out, (struct slice){line.ptr, head});
    if (middle.len && head + tail) {
        strbuf_adds(p->out, "<b>");
        markup_text_slice(p->out, middle);
        strbuf_adds(p->out, "</b>");
    } else {
        markup_text_slice(p->out, middle);
    }
    markup_text_slice(p->out, (struct slice){line.ptr + line.len - tail, tail});
    strbuf_addf(p->out, "</%s></td>", tag);
}

static void row(struct drift_page *p, const struct line_row *l)
{
    if (l->skipped) {
        strbuf_addf(p->out, "<tr class=\"skipped\"><td colspan=\"2\">%s the same</td></tr>\n",
                    drift_number(p->arena, l->skipped, "line"));
        return;
    }
    bool same = l->kind == LINE_SAME;
    strbuf_addf(p->out, "<tr%s>", same ? " class=\"both\"" : "");
    cell(p, l, l->left, same ? NULL : "-", l->kind != LINE_ADDED);
    cell(p, l, l->right, same ? NULL : "+", l->kind != LINE_REMOVED);
    strbuf_adds(p->out, "</tr>\n");
}

static void side_by_side(struct drift_page *p, const struct drift_finding *f)
{
    line_rows_t rows = {0};
    line_diff(p->arena, f->expected, f->actual, CONTEXT, &rows);
    strbuf_adds(p->out, "<table class=\"sides\"><caption>Definition</caption><thead><tr><th scope=\"col\">"
                        "<span class=\"mark\">\xe2\x88\x92</span>");
    markup_text(p->out, p->left);
    strbuf_adds(p->out, "</th><th scope=\"col\"><span class=\"mark\">+</span>");
    markup_text(p->out, p->right);
    strbuf_adds(p->out, "</th></tr></thead><tbody>\n");
    const struct line_row *l;
    vec_each (l, &rows) {
        row(p, l);
    }
    strbuf_adds(p->out, "</tbody></table>\n");
}

/* A definition that only one side has. */
static void one_side(struct drift_page *p, const char *text, bool actual)
{
    strbuf_addf(p->out,
                "<table class=\"sides one\"><caption>Definition</caption><thead><tr><th scope=\"col\">"
                "<span class=\"mark\">%s</span>%s</th></tr></thead><tbody>\n",
                actual ? "+" : "\xe2\x88\x92",
                actual ? (p->report->diff ? "only here" : "there, not expected")
                       : (p->report->diff ? "not here" : "expected, not there"));
    line_rows_t rows = {0};
    line_diff(p->arena, actual ? NULL : text, actual ? text : NULL, CONTEXT, &rows);
    const struct line_row *l;
    vec_each (l, &rows) {
        strbuf_adds(p->out, "<tr>");
        cell(p, l, actual ? l->right : l->left, actual ? "+" : "-", true);
        strbuf_adds(p->out, "</tr>\n");
    }
    strbuf_adds(p->out, "</tbody></table>\n");
}

static void definitions(struct drift_page *p, const struct drift_finding *f)
{
    if (f->expected && f->actual) {
        side_by_side(p, f);
    } else if (f->expected || f->actual) {
        one_side(p, f->actual ? f->actual : f->expected, f->actual != NULL);
    }
}

static void statements(struct drift_page *p, const char *title, const strings_t *list, const char *hazard,
                       const char *refused)
{
    if (!list->n && !hazard && !refused) {
        return;
    }
    drift_page_element(p, "h5", title);
    if (hazard) {
        strbuf_adds(p->out, "<p class=\"hazard\"><strong>\xe2\x9a\xa0 Careful:</strong> ");
        markup_text(p->out, hazard);
        strbuf_adds(p->out, "</p>\n");
    }
    if (refused) {
        strbuf_adds(p->out, "<p>There are no statements for it: ");
        markup_text(p->out, refused);
        strbuf_adds(p->out, "</p>\n");
    }
    if (!list->n) {
        return;
    }
    strbuf_adds(p->out, "<pre tabindex=\"0\"><code>");
    for (size_t i = 0; i < list->n; i++) {
        markup_text(p->out, list->items[i]);
        strbuf_adds(p->out, ";\n");
    }
    strbuf_adds(p->out, "</code></pre>\n");
}

static void title(struct drift_page *p, const struct drift_finding *f)
{
    const char *mark = drift_change_mark(f), *label = "changed", *class = "changed";
    if (f->kind != DRIFT_SCHEMA) {
        label = drift_kind_name(f->kind);
    } else if (f->change != SCHEMA_CHANGED) {
        label = class = drift_change_name(f->change);
    }
    strbuf_addf(p->out, "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</span> ", class,
                *mark == '-' ? "\xe2\x88\x92" : mark, label);
    markup_text(p->out, f->word);
    strbuf_addch(p->out, ' ');
    drift_page_element(p, "code", f->path);
}

void drift_page_finding(struct drift_page *p, const struct drift_finding *f, const char *id)
{
    strbuf_addf(p->out, "<details class=\"finding\" id=\"%s\"%s><summary><h4>", id, p->open ? " open" : "");
    title(p, f);
    strbuf_adds(p->out, "</h4></summary>\n");
    if (f->message) {
        drift_page_element(p, "p class=\"message\"", f->message);
    }
    attributes(p, f);
    definitions(p, f);
    statements(p, drift_restore_title(p->report), &f->restore, f->restore_hazard, f->restore_refused);
    statements(p, drift_adopt_title(p->report), &f->adopt, NULL, f->adopt_refused);
    strbuf_adds(p->out, "</details>\n");
}

void drift_page_finding_line(struct drift_page *p, const struct drift_finding *f)
{
    strbuf_adds(p->out, "<li>");
    title(p, f);
    const struct schema_attribute *at;
    vec_each (at, &f->attributes) {
        strbuf_addf(p->out, "<br>%s: ", drift_field_title(p->arena, at->field));
        value(p, drift_value(at->field, at->actual));
        strbuf_adds(p->out, ", most have ");
        value(p, drift_value(at->field, at->expected));
    }
    strbuf_adds(p->out, "</li>\n");
}

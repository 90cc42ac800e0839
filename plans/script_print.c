/* A script as a text file for people and for the database's own client. */
#include "plans/script.h"

/* Blanks and control characters. */
static bool is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

/* Every line of the text behind "-- ". Whatever some client takes for a line end or acts on (carriage return,
 * form feed, ...) becomes a blank, or a message could smuggle SQL out of its comment. */
static void print_comment(struct strbuf *out, struct slice text)
{
    while (text.len && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r')) {
        text.len--;
    }
    struct slice line;
    bool any = false;
    while (slice_cut(&text, '\n', &line)) {
        while (line.len && is_blank(line.ptr[line.len - 1])) {
            line.len--;
        }
        strbuf_adds(out, line.len ? "-- " : "--");
        const char *p = line.ptr, *end = line.ptr + line.len;
        while (p < end) {
            const char *from = p;
            while (p < end && (!is_blank(*p) || *p == ' ' || *p == '\t')) {
                p++;
            }
            strbuf_add(out, from, (size_t)(p - from));
            if (p < end) {
                strbuf_addch(out, ' ');
                p++;
            }
        }
        strbuf_addch(out, '\n');
        any = true;
    }
    if (!any) {
        strbuf_adds(out, "--\n");
    }
}

/* A comment stands above what it speaks of; steps stand apart. */
static bool wants_blank_line(const struct script_item *before, const struct script_item *it)
{
    if (it->kind == SCRIPT_COMMENT && before->kind != SCRIPT_COMMENT) {
        return true;
    }
    return it->step != before->step && (it->kind == SCRIPT_COMMENT || before->kind != SCRIPT_COMMENT);
}

void script_print(const struct script *s, const char *head, script_print_fn print, struct strbuf *out)
{
    if (head && head[0]) {
        size_t len = strlen(head);
        strbuf_add(out, head, len);
        strbuf_adds(out, head[len - 1] == '\n' ? "\n" : "\n\n");
    }
    const struct script_item *it, *before = NULL;
    vec_each (it, &s->items) {
        if (before && wants_blank_line(before, it)) {
            strbuf_addch(out, '\n');
        }
        if (it->kind == SCRIPT_COMMENT) {
            print_comment(out, it->text);
        } else {
            print(out, it->text, it->copy);
        }
        before = it;
    }
}

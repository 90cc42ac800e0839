/* Cutting a template into text and expressions, and rendering it. */
#include "engine/alembic/project/mako.h"
#include "engine/alembic/project/mako_expr.h"

struct template_reader {
    const char *file;
    struct slice text;
    const char *at, *end;
    const struct mako_names *names;
    struct strbuf *out;
};

static int fail(const struct template_reader *t, const char *at, int status, struct err *err,
                const char *message)
{
    err_set(err, status, "%s", message);
    err_at(err, t->file, t->text.ptr, t->text.len, (size_t)(at - t->text.ptr));
    return status;
}

static bool begins(const struct template_reader *t, const char *at, const char *literal)
{
    size_t n = strlen(literal);
    return (size_t)(t->end - at) >= n && memcmp(at, literal, n) == 0;
}

/* The first place of a literal from `at` on; NULL: there is none. */
static const char *find(const struct template_reader *t, const char *at, const char *literal)
{
    return at < t->end ? memmem(at, (size_t)(t->end - at), literal, strlen(literal)) : NULL;
}

/* --- expressions */

static const char *skip_string(const struct template_reader *t, const char *at)
{
    char quote = *at;
    size_t n = t->end - at >= 3 && at[1] == quote && at[2] == quote ? 3 : 1;
    for (at += n; at < t->end; at++) {
        if (*at == '\\' && at + 1 < t->end) {
            at++;
        } else if (*at == quote && (n == 1 || (t->end - at >= 3 && at[1] == quote && at[2] == quote))) {
            return at + n;
        }
    }
    return NULL;
}

/* Where the expression that begins at `at` ends: at "}", or at "|" when bars are asked for; NULL: nowhere. */
static const char *expression_end(const struct template_reader *t, const char *at, bool bars)
{
    int depth = 0;
    while (at < t->end) {
        const char *line_end = *at == '#' ? memchr(at, '\n', (size_t)(t->end - at)) : NULL;
        if (line_end) {
            at = line_end + 1;
            continue;
        }
        if (*at == '"' || *at == '\'') {
            at = skip_string(t, at);
            if (!at) {
                return NULL;
            }
            continue;
        }
        if (depth <= 0 && (*at == '}' || (bars && *at == '|'))) {
            return at;
        }
        depth += *at == '(' || *at == '[' || *at == '{';
        depth -= *at == ')' || *at == ']' || *at == '}';
        at++;
    }
    return NULL;
}

static int take_expression(struct template_reader *t, struct err *err)
{
    const char *begin = t->at, *from = begin + 2, *to = expression_end(t, from, true);
    struct slice filters = {0};
    if (to && *to == '|') {
        const char *close = expression_end(t, to + 1, false);
        filters = (struct slice){to + 1, close ? (size_t)(close - to) - 1 : 0};
        t->at = close ? close + 1 : NULL;
    } else {
        t->at = to ? to + 1 : NULL;
    }
    if (!t->at) {
        return fail(t, begin, ERR_FILE, err, "the expression has no end: expected \"}\"");
    }
    struct slice expression = {from, (size_t)(to - from)};
    int rc = mako_evaluate(t->file, expression, filters, t->names, t->out, err);
    if (rc) {
        err_at(err, t->file, t->text.ptr, t->text.len, (size_t)(begin - t->text.ptr));
    }
    return rc;
}

/* --- lines */

static bool at_line_start(const struct template_reader *t)
{
    return t->at == t->text.ptr || t->at[-1] == '\n';
}

static const char *skip_blanks(const struct template_reader *t, const char *at)
{
    while (at < t->end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    return at;
}

/* A backslash at its end joins the next line to a comment. */
static void skip_line(struct template_reader *t)
{
    while (t->at < t->end && *t->at != '\n') {
        bool joined = *t->at == '\\' && (begins(t, t->at, "\\\n") || begins(t, t->at, "\\\r\n"));
        t->at += joined ? (t->at[1] == '\r' ? 3 : 2) : 1;
    }
    t->at += t->at < t->end;
}

/* "# -*- coding: utf-8 -*-" at the beginning is not part of what is rendered. */
static int take_coding(struct template_reader *t, struct err *err)
{
    const char *line_end = find(t, t->at, "\n");
    if (!line_end || *t->at != '#') {
        return 0;
    }
    for (const char *p = find(t, t->at, "coding"); p && p < line_end; p = find(t, p + 1, "coding")) {
        if (p[6] != ':' && p[6] != '=') {
            continue;
        }
        const char *name = skip_blanks(t, p + 7);
        bool utf8 =
            line_end - name >= 5 && (strncasecmp(name, "utf-8", 5) == 0 || strncasecmp(name, "utf8", 4) == 0);
        if (!utf8) {
            return fail(t, p, ERR_REFUSED, err, "a template in another encoding than UTF-8");
        }
        t->at = line_end + 1;
        return 0;
    }
    return 0;
}

/* --- the parts of a template */

static int take_tag(struct template_reader *t, struct err *err)
{
    static const struct {
        const char *begins, *what;
    } refused[] = {
        {"<%!", "a Python block, <%! ... %>, in a template"},
        {"<%", "a tag or a Python block, <% ... %>, in a template"},
        {"</%", "a closing tag without its opening one"},
        {"<&", "\"<&\" in a template"},
        {"</&", "\"</&\" in a template"},
    };
    bool doc = begins(t, t->at, "<%doc>"), text = begins(t, t->at, "<%text>");
    if (doc || text) {
        const char *from = t->at + (doc ? 6 : 7), *to = find(t, from, doc ? "</%doc>" : "</%text>");
        if (!to) {
            return fail(t, t->at, ERR_FILE, err, doc ? "<%doc> has no end" : "<%text> has no end");
        }
        strbuf_add(t->out, from, text ? (size_t)(to - from) : 0);
        t->at = to + (doc ? 7 : 8);
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        if (begins(t, t->at, refused[i].begins)) {
            return fail(t, t->at, ERR_REFUSED, err, refused[i].what);
        }
    }
    strbuf_addch(t->out, *t->at++);
    return 0;
}

/* A line that means something as a whole. *taken false: it is text. */
static int take_line(struct template_reader *t, bool *taken, struct err *err)
{
    const char *first = skip_blanks(t, t->at);
    *taken = begins(t, first, "##");
    if (*taken) {
        skip_line(t);
    } else if (first < t->end && *first == '%') {
        return fail(t, first, ERR_REFUSED, err, "a line of template control (\"% ...\")");
    }
    return 0;
}

static int take_part(struct template_reader *t, struct err *err)
{
    bool taken = false;
    if (at_line_start(t)) {
        int rc = take_line(t, &taken, err);
        if (rc || taken) {
            return rc;
        }
    }
    if (begins(t, t->at, "${")) {
        return take_expression(t, err);
    }
    if (*t->at == '<') {
        return take_tag(t, err);
    }
    if (begins(t, t->at, "\\\n") || begins(t, t->at, "\\\r\n")) {
        t->at += t->at[1] == '\r' ? 3 : 2;
        return 0;
    }
    strbuf_addch(t->out, *t->at++);
    return 0;
}

int mako_render(const char *file, struct slice text, const struct mako_names *names, struct strbuf *out,
                struct err *err)
{
    size_t mark = slice_starts(text, "\xEF\xBB\xBF") ? 3 : 0;
    struct template_reader t = {.file = file,
                                .text = {text.ptr + mark, text.len - mark},
                                .at = text.ptr + mark,
                                .end = text.ptr + text.len,
                                .names = names,
                                .out = out};
    size_t good = utf8_valid_length(text.ptr, text.len);
    if (good < text.len) {
        return fail(&t, text.ptr + (good > mark ? good : mark), ERR_FILE, err, "the text is not UTF-8");
    }
    int rc = take_coding(&t, err);
    while (!rc && t.at < t.end) {
        rc = take_part(&t, err);
    }
    if (!rc && out->overflow) {
        rc = fail(&t, t.text.ptr, ERR_FILE, err, "what the template renders to is too long");
    }
    if (rc == ERR_REFUSED) {
        err_hint(err,
                 "Templates may hold text, ${...} and ## comments; write revision files by hand otherwise.");
    }
    return rc;
}

/* Running a template's expression: a small module with the template's names, whose last line is the
 * expression. */
#include "engine/alembic/project/mako_expr.h"
#include "engine/alembic/python/py.h"
#include "engine/alembic/python/py_ast.h"

#define RESULT "_lockstep_result"

void mako_quote(struct strbuf *out, const char *s)
{
    strbuf_addch(out, '\'');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '\'' || c == '\\') {
            strbuf_addch(out, '\\');
            strbuf_addch(out, *s);
        } else if (c < ' ' || c == 0x7F) {
            strbuf_addf(out, "\\x%02x", c);
        } else {
            strbuf_addch(out, *s);
        }
    }
    strbuf_addch(out, '\'');
}

static bool takes_name(struct slice filter, const struct mako_names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        if (slice_eq(filter, names->items[i].name)) {
            return true;
        }
    }
    return false;
}

/* The expression in its filters: str() unless "n" is among them, then each in order. */
static int add_filtered(struct strbuf *out, struct slice expression, struct slice filters,
                        const struct mako_names *names, struct err *err)
{
    AUTO(strbuf_release) struct strbuf now = STRBUF_INIT;
    AUTO(strbuf_release) struct strbuf next = STRBUF_INIT;
    struct slice rest = filters, filter;
    bool plain = true;
    while (slice_cut(&rest, ',', &filter)) {
        plain = plain && !slice_eq(slice_trim(filter), "n");
    }
    strbuf_addf(&now, "%s(\n%.*s\n)", plain ? "str" : "", (int)expression.len, expression.ptr);
    rest = filters;
    while (slice_cut(&rest, ',', &filter)) {
        filter = slice_trim(filter);
        bool named = takes_name(filter, names);
        if (!filter.len || slice_eq(filter, "n")) {
            continue;
        }
        if (!named && !slice_eq(filter, "trim") && !slice_eq(filter, "str")) {
            return err_set(err, ERR_REFUSED, "the filter \"%.*s\" in a template",
                           (int)(filter.len < 60 ? filter.len : 60), filter.ptr);
        }
        strbuf_clear(&next);
        if (slice_eq(filter, "trim")) {
            strbuf_addf(&next, "%s.strip()", strbuf_cstr(&now));
        } else {
            strbuf_addf(&next, "%.*s(%s)", (int)filter.len, filter.ptr, strbuf_cstr(&now));
        }
        struct strbuf swap = now;
        now = next;
        next = swap;
    }
    strbuf_add(out, strbuf_cstr(&now), now.len);
    return 0;
}

static int run(const char *file, struct slice source, struct strbuf *out, struct err *err)
{
    struct py *py = py_new(&(struct py_options){.limits = {.steps = 1000000, .memory = (size_t)64 << 20}});
    struct py_node *tree = NULL;
    pyv module = NULL, value = NULL;
    int rc = py_parse(py_arena(py), file, source, &tree, err);
    if (rc == 0) {
        rc = py_run_module(py, "template", tree, file, source, &module);
        value = rc == 0 ? py_getattr(py, module, RESULT) : NULL;
        rc = value ? 0 : py_error(py, err);
    }
    if (rc == 0) {
        struct slice text = py_text(value);
        if (text.ptr) {
            strbuf_add(out, text.ptr, text.len);
        } else {
            rc = err_set(err, ERR_FILE, "the expression gives no text");
        }
    }
    py_free(py);
    return rc;
}

int mako_evaluate(const char *file, struct slice expression, struct slice filters,
                  const struct mako_names *names, struct strbuf *out, struct err *err)
{
    AUTO(strbuf_release) struct strbuf source = {.max = (size_t)4 << 20};
    if (expression.len > 100000 || !slice_trim(expression).len) {
        return err_set(err, ERR_FILE,
                       expression.len > 100000 ? "the expression is too long" : "the expression is empty");
    }
    strbuf_adds(&source, names->prelude ? names->prelude : "");
    for (size_t i = 0; i < names->n; i++) {
        strbuf_addf(&source, "%s = %s\n", names->items[i].name, names->items[i].source);
    }
    strbuf_adds(&source, RESULT " = ");
    int rc = add_filtered(&source, expression, filters, names, err);
    strbuf_addch(&source, '\n');
    return rc ? rc : run(file, (struct slice){strbuf_cstr(&source), source.len}, out, err);
}

/* import and from ... import. */
#include "engine/alembic/python/py_parser.h"

/* a.b.c as one name, and a alone in *first. */
static const char *dotted(struct py_parser *p, const char **first)
{
    size_t from = p->text.len;
    const char *name = NULL;
    do {
        if (py_peek(p) != PY_T_NAME) {
            return py_error_syntax(p);
        }
        if (!name) {
            name = *first = py_name_of(p, &p->tok);
        }
        strbuf_adds(&p->text, p->text.len > from ? "." : "");
        strbuf_add(&p->text, p->tok.start, (size_t)(p->tok.end - p->tok.start));
        py_advance(p);
    } while (py_accept(p, PY_T_DOT));
    if (p->text.len - from > strlen(name)) {
        size_t n = p->text.len - from;
        strbuf_add(&p->text, "\0\0\0\0\0\0\0", 8); /* py_name() reads eight bytes at a time */
        name = py_name(p, p->text.ptr + from, n);
    }
    p->text.len = from;
    return name;
}

static bool as_name(struct py_parser *p, const char **as)
{
    if (!py_accept(p, PY_T_AS)) {
        return true;
    }
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    *as = py_name_of(p, &p->tok);
    py_advance(p);
    return true;
}

static struct py_node *import(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_IMPORT, &p->tok);
    size_t from = p->other.len;
    do {
        py_advance(p);
        struct py_alias alias = {.line = p->tok.line, .column = p->tok.column};
        const char *first;
        alias.name = dotted(p, &first);
        if (!alias.name || !as_name(p, &alias.as)) {
            return NULL;
        }
        py_bind_name(p, alias.as ? alias.as : first);
        memcpy(py_stack_push(&p->other, sizeof(alias)), &alias, sizeof(alias));
    } while (py_peek(p) == PY_T_COMMA);
    PY_TAKE(p, from, &node->aliases);
    return py_end(p, node);
}

static bool imported_name(struct py_parser *p)
{
    struct py_alias alias = {.line = p->tok.line, .column = p->tok.column};
    if (py_peek(p) != PY_T_NAME) {
        return py_error_syntax(p);
    }
    alias.name = py_name_of(p, &p->tok);
    py_advance(p);
    if (!as_name(p, &alias.as)) {
        return false;
    }
    py_bind_name(p, alias.as ? alias.as : alias.name);
    memcpy(py_stack_push(&p->other, sizeof(alias)), &alias, sizeof(alias));
    return true;
}

static bool imported_names(struct py_parser *p)
{
    if (py_peek(p) == PY_T_STAR) {
        struct py_alias alias = {py_name(p, p->tok.start, 1), NULL, p->tok.line, p->tok.column};
        memcpy(py_stack_push(&p->other, sizeof(alias)), &alias, sizeof(alias));
        py_advance(p);
        return true;
    }
    bool brackets = py_accept(p, PY_T_LPAR);
    do {
        if (!imported_name(p)) {
            return false;
        }
    } while (py_accept(p, PY_T_COMMA) && !(brackets && py_peek(p) == PY_T_RPAR));
    return !brackets || py_expect(p, PY_T_RPAR);
}

static struct py_node *import_from(struct py_parser *p)
{
    struct py_node *node = py_node_at(p, PY_IMPORT_FROM, &p->tok);
    size_t from = p->other.len;
    py_advance(p);
    for (; py_peek(p) == PY_T_DOT || py_peek(p) == PY_T_ELLIPSIS; py_advance(p)) {
        node->level += py_peek(p) == PY_T_DOT ? 1 : 3;
    }
    const char *first;
    bool named = !node->level || py_peek(p) == PY_T_NAME;
    node->name = named ? dotted(p, &first) : "";
    if (!node->name || !py_expect(p, PY_T_IMPORT) || !imported_names(p)) {
        return NULL;
    }
    PY_TAKE(p, from, &node->aliases);
    return py_end(p, node);
}

struct py_node *py_parse_import(struct py_parser *p)
{
    return py_peek(p) == PY_T_IMPORT ? import(p) : import_from(p);
}

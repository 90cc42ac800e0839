/* Looking at syntax trees without running them: which statements bind and touch which names. */
#pragma once
#include "engine/alembic/python/py_ast.h"

typedef void py_visit(void *arg, const struct py_node *node);
/* Call fn for each direct child of the node, in the order of the source as far as that matters. */
void py_node_children(const struct py_node *node, py_visit *fn, void *arg);

/* A name that a statement of a module's top level has to do with. */
enum py_touch {
    PY_BINDS,    /* assigns, defines, imports, deletes it, or changes what it holds (x.y = 1, x.append(1)) */
    PY_MENTIONS, /* evaluates it right now: not in the body of a function */
    PY_WITHIN,   /* names it in the body of the function or class that it defines */
};
typedef void py_touched(void *arg, enum py_touch how, const char *name);
void py_statement_names(const struct py_node *statement, py_touched *fn, void *arg);

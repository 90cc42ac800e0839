/* The tree as text, in the form of Python's ast.dump(). */
#include "engine/alembic/python/py_ast.h"

const char *py_op_text(enum py_op op)
{
    static const char *const texts[] = {
        "+", "-", "*",   "@",  "/",  "//", "%", "**", "<<", ">>", "|",  "^",      "&",  "not",   "-",
        "+", "~", "and", "or", "==", "!=", "<", "<=", ">",  ">=", "is", "is not", "in", "not in"};
    _Static_assert(COUNT_OF(texts) == PY_OP_COUNT, "a text for every operator");
    return texts[op];
}

void py_dump(struct strbuf *out, const struct py_node *node)
{
    (void)node;
    strbuf_adds(out, "not written yet");
}

/* Rendering of expressions. */
#include "engine/ddl/expr.h"

int sql_render(struct strbuf *out, const struct ddl_dialect *d, const struct sql_expr *e, unsigned flags,
               struct err *err)
{
    (void)out;
    (void)d;
    (void)e;
    (void)flags;
    return err_set(err, ERR_REFUSED, "not written yet");
}

int sql_render_text(struct strbuf *out, const struct ddl_dialect *d, struct slice text, unsigned flags,
                    struct err *err)
{
    (void)out;
    (void)d;
    (void)text;
    (void)flags;
    return err_set(err, ERR_REFUSED, "not written yet");
}

/* MySQL and MariaDB: statements are not written yet, and say so. */
#include "engine/schema/ddl_text.h"

static int create(struct arena *a, const struct schema *s, const struct schema_item *item, bool qualify,
                  schema_statements_t *out, struct err *err)
{
    struct pen pen = pen_of(a, s, qualify, out, err);
    return pen_cannot(&pen, item, "statements for MySQL and MariaDB are not supported yet");
}

static int alter(struct arena *a, const struct schema *from, const struct schema *to,
                 const struct schema_change *c, bool qualify, schema_statements_t *out, struct err *err)
{
    (void)from;
    return create(a, to, &c->expected, qualify, out, err);
}

static int rename_object(struct arena *a, const struct schema *s, const struct schema_rename *r, bool qualify,
                         schema_statements_t *out, struct err *err)
{
    (void)a, (void)s, (void)qualify, (void)out;
    return err_set(err, ERR_REFUSED, "%s: statements for MySQL and MariaDB are not supported yet", r->from);
}

const struct schema_dialect schema_dialect_mysql = {
    .create = create, .drop = create, .alter = alter, .rename = rename_object};

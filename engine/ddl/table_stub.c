/* Stand-ins until the real ones land. */
#include "engine/ddl/operation.h"

#define STUB return err_set(err, ERR_REFUSED, "not written yet")

int ddl_create_table(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_table *t, struct err *err)
{
    (void)a;
    (void)out;
    (void)d;
    (void)t;
    STUB;
}

int ddl_drop_table(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_table *t, bool if_exists,
                   struct err *err)
{
    (void)out;
    (void)d;
    (void)t;
    (void)if_exists;
    STUB;
}

int ddl_create_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                     const struct ddl_index *i, int if_not_exists, struct err *err)
{
    (void)a;
    (void)out;
    (void)d;
    (void)i;
    (void)if_not_exists;
    STUB;
}

int ddl_drop_index(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                   const struct ddl_index *i, bool if_exists, struct err *err)
{
    (void)a;
    (void)out;
    (void)d;
    (void)i;
    (void)if_exists;
    STUB;
}

int ddl_create_sequence(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_sequence *s,
                        bool if_not_exists, struct err *err)
{
    (void)out;
    (void)d;
    (void)s;
    (void)if_not_exists;
    STUB;
}

int ddl_drop_sequence(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_sequence *s,
                      bool if_exists, struct err *err)
{
    (void)out;
    (void)d;
    (void)s;
    (void)if_exists;
    STUB;
}

int ddl_column_spec(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                    const struct ddl_column *c, struct err *err)
{
    (void)a;
    (void)out;
    (void)d;
    (void)c;
    STUB;
}

int ddl_constraint_text(struct arena *a, struct strbuf *out, const struct ddl_dialect *d,
                        const struct ddl_constraint *c, struct err *err)
{
    (void)a;
    (void)out;
    (void)d;
    (void)c;
    STUB;
}

int ddl_default_text(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_default *def,
                     struct err *err)
{
    (void)out;
    (void)d;
    (void)def;
    STUB;
}

int ddl_constraint_name(struct arena *a, const struct ddl_dialect *d, const struct ddl_constraint *c,
                        struct ddl_name *out, struct err *err)
{
    (void)a;
    (void)d;
    (void)c;
    (void)out;
    STUB;
}

int ddl_index_name(struct arena *a, const struct ddl_dialect *d, const struct ddl_index *i,
                   struct ddl_name *out, struct err *err)
{
    (void)a;
    (void)d;
    (void)i;
    (void)out;
    STUB;
}

const struct ddl_column *ddl_autoincrement_column(const struct ddl_table *t)
{
    (void)t;
    return NULL;
}

const struct ddl_constraint *ddl_primary_key(const struct ddl_table *t)
{
    (void)t;
    return NULL;
}

struct ddl_column *ddl_table_column(const struct ddl_table *t, const char *name)
{
    (void)t;
    (void)name;
    return NULL;
}

struct ddl_table *ddl_table_new(struct arena *a, struct ddl_name name, struct ddl_name schema)
{
    (void)a;
    (void)name;
    (void)schema;
    return NULL;
}

void ddl_table_add_column(struct arena *a, struct ddl_table *t, struct ddl_column *c)
{
    (void)a;
    (void)t;
    (void)c;
}

void ddl_table_add_constraint(struct arena *a, struct ddl_table *t, struct ddl_constraint *c)
{
    (void)a;
    (void)t;
    (void)c;
}

void ddl_table_add_index(struct arena *a, struct ddl_table *t, struct ddl_index *i)
{
    (void)a;
    (void)t;
    (void)i;
}

int ddl_op_create_table(struct ddl_out *out, struct ddl_table *t, bool if_not_exists, struct err *err)
{
    (void)out;
    (void)t;
    (void)if_not_exists;
    STUB;
}

int ddl_op_drop_table(struct ddl_out *out, const struct ddl_table *t, bool if_exists, struct err *err)
{
    (void)out;
    (void)t;
    (void)if_exists;
    STUB;
}

int ddl_op_rename_table(struct ddl_out *out, struct ddl_name from, struct ddl_name to, struct ddl_name schema,
                        struct err *err)
{
    (void)out;
    (void)from;
    (void)to;
    (void)schema;
    STUB;
}

int ddl_op_add_column(struct ddl_out *out, struct ddl_table *t, struct ddl_column *c,
                      const struct ddl_add_column_opts *o, struct err *err)
{
    (void)out;
    (void)t;
    (void)c;
    (void)o;
    STUB;
}

int ddl_op_drop_column(struct ddl_out *out, const struct ddl_table *t, const struct ddl_column *c,
                       bool if_exists, const ddl_options_t *kw, struct err *err)
{
    (void)out;
    (void)t;
    (void)c;
    (void)if_exists;
    (void)kw;
    STUB;
}

int ddl_op_alter_column(struct ddl_out *out, const struct ddl_alter_column *a, struct err *err)
{
    (void)out;
    (void)a;
    STUB;
}

int ddl_op_add_constraint(struct ddl_out *out, struct ddl_constraint *c, struct err *err)
{
    (void)out;
    (void)c;
    STUB;
}

int ddl_op_drop_constraint(struct ddl_out *out, const struct ddl_constraint *c, const char *type,
                           bool if_exists, struct err *err)
{
    (void)out;
    (void)c;
    (void)type;
    (void)if_exists;
    STUB;
}

int ddl_op_create_index(struct ddl_out *out, struct ddl_index *i, int if_not_exists, struct err *err)
{
    (void)out;
    (void)i;
    (void)if_not_exists;
    STUB;
}

int ddl_op_drop_index(struct ddl_out *out, struct ddl_index *i, bool if_exists, struct err *err)
{
    (void)out;
    (void)i;
    (void)if_exists;
    STUB;
}

int ddl_op_table_comment(struct ddl_out *out, const struct ddl_table *t, const char *comment, struct err *err)
{
    (void)out;
    (void)t;
    (void)comment;
    STUB;
}

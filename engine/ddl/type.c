/* Column types: what each is called on each dialect. */
#include "engine/ddl/type.h"
#include <string.h>

const struct ddl_type_class *ddl_type_class_find(const char *module, const char *name)
{
    (void)module;
    (void)name;
    return NULL;
}
static const struct ddl_type null_type = {.length = -1, .precision = -1, .scale = -1};
const struct ddl_type *ddl_type_of_value(struct arena *a, const struct sql_value *v)
{
    (void)a;
    (void)v;
    return &null_type;
}
const struct ddl_type *ddl_type_null(void)
{
    return &null_type;
}
const struct ddl_type *ddl_type_boolean(void)
{
    return &null_type;
}
const struct ddl_type *ddl_type_integer(void)
{
    return &null_type;
}
const struct ddl_type *ddl_type_string(void)
{
    return &null_type;
}
const struct ddl_type *ddl_type_resolve(struct arena *a, const struct ddl_dialect *d,
                                        const struct ddl_type *t)
{
    (void)a;
    (void)d;
    return t;
}
enum ddl_affinity ddl_type_affinity(const struct ddl_type *t)
{
    return t->class ? t->class->affinity : AFFINITY_NULL;
}
int ddl_type_render(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err)
{
    (void)out;
    (void)d;
    (void)t;
    return err_set(err, ERR_REFUSED, "not written yet");
}
int ddl_type_literal(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                     const struct sql_value *v, bool live, struct err *err)
{
    (void)out;
    (void)d;
    (void)t;
    (void)v;
    (void)live;
    return err_set(err, ERR_REFUSED, "not written yet");
}
bool ddl_type_is_named(const struct ddl_dialect *d, const struct ddl_type *t)
{
    (void)d;
    (void)t;
    return false;
}
int ddl_type_create(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t,
                    struct err *err)
{
    (void)out;
    (void)d;
    (void)t;
    return err_set(err, ERR_REFUSED, "not written yet");
}
int ddl_type_drop(struct strbuf *out, const struct ddl_dialect *d, const struct ddl_type *t, struct err *err)
{
    (void)out;
    (void)d;
    (void)t;
    return err_set(err, ERR_REFUSED, "not written yet");
}
bool ddl_type_check_values(const struct ddl_dialect *d, const struct ddl_type *t,
                           const struct sql_value **values, size_t *n)
{
    (void)d;
    (void)t;
    (void)values;
    (void)n;
    return false;
}

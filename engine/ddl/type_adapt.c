/*
 * Which class a dialect has for a type: SQLAlchemy's colspecs. A type is looked up by its class, then by the
 * classes that it is derived from.
 */
#include "engine/ddl/type_table.h"
#include <string.h>

enum family { PG, MY, LITE };
static const struct {
    enum family family;
    enum ddl_type_id from, to;
} specs[] = {
    {PG, DDL_TYPE_ARRAY_GENERIC, DDL_TYPE_PG_ARRAY},
    {PG, DDL_TYPE_INTERVAL_GENERIC, DDL_TYPE_PG_INTERVAL},
    {PG, DDL_TYPE_ENUM_GENERIC, DDL_TYPE_PG_ENUM},
    {PG, DDL_TYPE_JSON_GENERIC, DDL_TYPE_PG_JSON},
    {PG, DDL_TYPE_UUID_GENERIC, DDL_TYPE_PG_UUID},
    {PG, DDL_TYPE_NUMERIC_GENERIC, DDL_TYPE_NUMERIC_GENERIC},
    {PG, DDL_TYPE_FLOAT_GENERIC, DDL_TYPE_FLOAT_GENERIC},
    {MY, DDL_TYPE_NUMERIC_GENERIC, DDL_TYPE_MY_NUMERIC},
    {MY, DDL_TYPE_FLOAT_GENERIC, DDL_TYPE_MY_FLOAT},
    {MY, DDL_TYPE_DOUBLE_GENERIC, DDL_TYPE_MY_DOUBLE},
    {MY, DDL_TYPE_TIME_GENERIC, DDL_TYPE_MY_TIME},
    {MY, DDL_TYPE_ENUM_GENERIC, DDL_TYPE_MY_ENUM},
    {MY, DDL_TYPE_JSON_GENERIC, DDL_TYPE_MY_JSON},
    {LITE, DDL_TYPE_DATE_GENERIC, DDL_TYPE_LITE_DATE},
    {LITE, DDL_TYPE_DATETIME_GENERIC, DDL_TYPE_LITE_DATETIME},
    {LITE, DDL_TYPE_TIME_GENERIC, DDL_TYPE_LITE_TIME},
    {LITE, DDL_TYPE_JSON_GENERIC, DDL_TYPE_LITE_JSON},
};

static enum ddl_type_id spec_find(enum family family, enum ddl_type_id from)
{
    for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
        if (specs[i].family == family && specs[i].from == from) {
            return specs[i].to;
        }
    }
    return DDL_TYPE_NONE;
}

/* Is `id` derived from `base`, where psycopg2's own Numeric and Float are classes below none but themselves?
 */
static bool derived(enum ddl_type_id id, enum ddl_type_id base)
{
    if (base == DDL_TYPE_NUMERIC_GENERIC || base == DDL_TYPE_FLOAT_GENERIC) {
        return id == base;
    }
    for (; id != DDL_TYPE_NONE; id = ddl_type_class_of(id)->base) {
        if (id == base) {
            return true;
        }
    }
    return false;
}

const struct ddl_type *ddl_type_descriptor(struct arena *a, const struct ddl_dialect *d,
                                           const struct ddl_type *t)
{
    enum family family = d->kind == DDL_POSTGRESQL ? PG : d->kind == DDL_SQLITE ? LITE : MY;
    enum ddl_type_id to = DDL_TYPE_NONE;
    if (family == MY && ddl_type_is_mysql(t)) {
        return t;
    }
    for (enum ddl_type_id at = t->class->id; at != DDL_TYPE_NONE && to == DDL_TYPE_NONE;
         at = ddl_type_class_of(at)->base) {
        to = spec_find(family, at);
    }
    if (to == DDL_TYPE_NONE || derived(t->class->id, to)) {
        return t;
    }
    enum ddl_type_kind kind = ddl_type_kind(t);
    if ((kind == KIND_ENUM_GENERIC && !t->native_enum) || (kind == KIND_INTERVAL_GENERIC && !t->native) ||
        (kind == KIND_UUID_GENERIC && !t->native_uuid)) {
        return t;
    }
    struct ddl_type *copy = arena_alloc(a, sizeof(*copy));
    *copy = *t;
    copy->class = ddl_type_class_of(to);
    copy->subclass = NULL;
    copy->nvariants = 0;
    return copy;
}

const struct ddl_type *ddl_type_resolve(struct arena *a, const struct ddl_dialect *d,
                                        const struct ddl_type *t)
{
    const struct ddl_type *impl = ddl_type_variant(d, t);
    if (ddl_type_kind(impl) == KIND_DECORATOR && ddl_type_engine(d, impl, &impl, NULL) < 0) {
        return t;
    }
    return ddl_type_descriptor(a, d, impl);
}

const struct ddl_type *ddl_type_variant(const struct ddl_dialect *d, const struct ddl_type *t)
{
    for (size_t i = 0; i < t->nvariants; i++) {
        if (strcmp(t->variants[i].dialect, d->name) == 0) {
            return t->variants[i].type;
        }
    }
    return t;
}

int ddl_type_engine(const struct ddl_dialect *d, const struct ddl_type *t, const struct ddl_type **engine,
                    struct err *err)
{
    for (int i = 0; i < DDL_TYPE_DEPTH; i++) {
        if (ddl_type_kind(t) != KIND_DECORATOR) {
            *engine = t;
            return 0;
        }
        const struct ddl_type *impl = t->item;
        if (t->hooks && t->hooks->impl) {
            int rc = t->hooks->impl(t, d, &impl, err);
            if (rc < 0) {
                return rc;
            }
        }
        if (!impl) {
            return err_set(err, ERR_REFUSED, "type %s has no impl", ddl_type_class_name(t));
        }
        t = ddl_type_variant(d, impl);
    }
    return err_set(err, ERR_REFUSED, "column types within types go too deep");
}

enum ddl_affinity ddl_type_affinity(const struct ddl_type *t)
{
    for (int i = 0; i < 64 && ddl_type_kind(t) == KIND_DECORATOR && t->item; i++) {
        t = t->item;
    }
    return t->class->affinity;
}

/* Dropping objects from a schema in place. */
#include "engine/schema/field.h"
#include <stdlib.h>

typedef VEC(const void *) objects_t;

static int by_address(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    return x < y ? -1 : x > y;
}

static bool dropped(const objects_t *objects, const void *object)
{
    return objects->n &&
           bsearch(&object, objects->items, objects->n, sizeof(*objects->items), by_address) != NULL;
}

/* What is left of a VEC moves together; addresses are asked for before anything moves. */
#define COMPACT(v, objects)                                                                                  \
    do {                                                                                                     \
        size_t kept_ = 0;                                                                                    \
        for (size_t i_ = 0; i_ < (v)->n; i_++) {                                                             \
            if (!dropped(objects, &(v)->items[i_])) {                                                        \
                (v)->items[kept_++] = (v)->items[i_];                                                        \
            }                                                                                                \
        }                                                                                                    \
        (v)->n = kept_;                                                                                      \
    } while (0)

static void compact_tables(struct schema *s, const objects_t *objects)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->tables.n; i++) {
        struct schema_table *t = s->tables.items[i];
        if (dropped(objects, t)) {
            continue;
        }
        s->tables.items[kept++] = t;
        COMPACT(&t->columns, objects);
        COMPACT(&t->constraints, objects);
        COMPACT(&t->indexes, objects);
        COMPACT(&t->triggers, objects);
        COMPACT(&t->policies, objects);
        COMPACT(&t->rules, objects);
    }
    s->tables.n = kept;
}

void schema_filter(struct schema *s, bool (*keep)(void *ctx, const struct schema_item *item), void *ctx)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    objects_t objects = {0};
    schema_items_t items, children;
    const struct schema_item *i, *k;
    schema_items(&a, s, &items);
    vec_each (i, &items) {
        if (!keep(ctx, i)) {
            *vec_push(&a, &objects) = i->object;
        } else if (i->kind == SCHEMA_K_TABLE) {
            schema_children(&a, s, i->object, false, &children);
            vec_each (k, &children) {
                if (!keep(ctx, k)) {
                    *vec_push(&a, &objects) = k->object;
                }
            }
        }
    }
    if (objects.n == 0) {
        return;
    }
    qsort(objects.items, objects.n, sizeof(*objects.items), by_address);
    COMPACT(&s->namespaces, &objects);
    COMPACT(&s->extensions, &objects);
    COMPACT(&s->enums, &objects);
    COMPACT(&s->domains, &objects);
    COMPACT(&s->others, &objects);
    COMPACT(&s->sequences, &objects);
    COMPACT(&s->routines, &objects);
    COMPACT(&s->events, &objects);
    COMPACT(&s->grants, &objects);
    compact_tables(s, &objects);
}

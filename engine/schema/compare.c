/* Two schemas beside each other. */
#include "engine/schema/compare.h"
#include <string.h>

struct comparison {
    struct arena *a;
    const struct schema *expected, *actual;
    schema_changes_t *out;
};

static int order(const char *a, const char *b)
{
    return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

static int item_order(const struct schema_item *x, const struct schema_item *y)
{
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int schemas = order(x->schema, y->schema);
    return schemas ? schemas : order(x->name, y->name);
}

/* The change outlives the list of children that the item is from, and with it names that were made up. */
static struct schema_item kept(struct comparison *c, const struct schema_item *item)
{
    struct schema_item copy = *item;
    copy.name = arena_dup(c->a, item->name);
    return copy;
}

static void add_attributes(struct comparison *c, const struct schema_item *x, const struct schema_item *y)
{
    const struct schema_kind_info *info = schema_kind_info(x->kind);
    struct schema_change change = {.kind = SCHEMA_CHANGED};
    for (size_t i = 0; i < info->n; i++) {
        const struct schema_field *f = &info->fields[i];
        bool counts = !f->counts || f->counts(x->object) || f->counts(y->object);
        if (counts && !schema_field_equal(f, x->object, y->object)) {
            *vec_push(c->a, &change.attributes) = (struct schema_attribute){
                f, schema_field_show(c->a, f, x->object), schema_field_show(c->a, f, y->object)};
        }
    }
    if (change.attributes.n) {
        change.expected = kept(c, x);
        change.actual = kept(c, y);
        *vec_push(c->a, c->out) = change;
    }
}

static void compare_items(struct comparison *c, const schema_items_t *expected, const schema_items_t *actual);

static void compare_both(struct comparison *c, const struct schema_item *x, const struct schema_item *y)
{
    add_attributes(c, x, y);
    if (x->kind == SCHEMA_K_TABLE) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        schema_items_t xs, ys;
        schema_children(&a, c->expected, x->object, false, &xs);
        schema_children(&a, c->actual, y->object, false, &ys);
        compare_items(c, &xs, &ys);
    }
}

static void compare_items(struct comparison *c, const schema_items_t *expected, const schema_items_t *actual)
{
    size_t i = 0, k = 0;
    while (i < expected->n || k < actual->n) {
        const struct schema_item *x = i < expected->n ? &expected->items[i] : NULL;
        const struct schema_item *y = k < actual->n ? &actual->items[k] : NULL;
        int which = !x ? 1 : !y ? -1 : item_order(x, y);
        if (which == 0) {
            compare_both(c, x, y);
        } else {
            *vec_push(c->a, c->out) =
                which < 0 ? (struct schema_change){.kind = SCHEMA_MISSING, .expected = kept(c, x)}
                          : (struct schema_change){.kind = SCHEMA_UNEXPECTED, .actual = kept(c, y)};
        }
        i += which <= 0;
        k += which >= 0;
    }
}

void schema_compare(struct arena *a, const struct schema *expected, const struct schema *actual,
                    schema_changes_t *out)
{
    struct comparison c = {a, expected, actual, out};
    schema_items_t xs, ys;
    *out = (schema_changes_t){0};
    schema_items(a, expected, &xs);
    schema_items(a, actual, &ys);
    compare_items(&c, &xs, &ys);
}

const struct schema_item *schema_change_item(const struct schema_change *c)
{
    return c->expected.object ? &c->expected : &c->actual;
}

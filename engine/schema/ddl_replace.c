/* Types that cannot become what they are to be: a new one beside the old, to which all columns are changed
 * over. */
#include "engine/schema/ddl_plan.h"
#include "engine/schema/field.h"
#include <string.h>

static bool names_type(struct arena *a, const char *type, const struct schema_item *item)
{
    strings_t words;
    ddl_text_words(a, type, &words);
    return ddl_names(a, &words, item);
}

static const struct schema_field *type_field(enum schema_kind kind)
{
    const struct schema_kind_info *info = schema_kind_info(kind);
    for (size_t i = 0; i < info->n; i++) {
        if (strcmp(info->fields[i].name, "type") == 0) {
            return &info->fields[i];
        }
    }
    return NULL;
}

/* A change of the type into one of the same name, in what is already planned for it or by itself. */
static void add_retyped(struct arena *a, struct ddl_plan *plan, const struct schema_item *from,
                        const struct schema_item *to, const char *type)
{
    struct ddl_node *n;
    struct schema_change *change = arena_alloc(a, sizeof(*change));
    const struct schema_attribute attribute = {type_field(to->kind), type, type}, *x;
    *change = (struct schema_change){.kind = SCHEMA_CHANGED, .expected = *to, .actual = *from};
    vec_each (n, &plan->nodes) {
        if (!ddl_same_item(&n->item, to)) {
            continue;
        }
        if (n->action != DDL_ALTER) {
            return;
        }
        vec_each (x, &n->change->attributes) {
            if (x->field == attribute.field) {
                return;
            }
            *vec_push(a, &change->attributes) = *x;
        }
        *vec_push(a, &change->attributes) = attribute;
        n->change = change;
        n->replaces = to->kind != SCHEMA_K_COLUMN;
        return;
    }
    *vec_push(a, &change->attributes) = attribute;
    *vec_push(a, &plan->nodes) = (struct ddl_node){
        .action = DDL_ALTER, .item = *to, .change = change, .replaces = to->kind != SCHEMA_K_COLUMN};
}

static void change_over_columns(struct arena *a, struct ddl_plan *plan, const struct schema_item *type)
{
    schema_items_t items, children;
    const struct schema_item *i, *child;
    struct schema_item old;
    schema_items(a, plan->to, &items);
    vec_each (i, &items) {
        const struct schema_domain *d = i->kind == SCHEMA_K_DOMAIN ? i->object : NULL;
        const struct schema_table *t = i->kind == SCHEMA_K_TABLE ? i->object : NULL;
        if (d && names_type(a, d->type, type) && ddl_find(a, plan->from, i, &old)) {
            add_retyped(a, plan, &old, i, d->type);
        }
        if (!t || t->kind == SCHEMA_VIEW || t->kind == SCHEMA_MATERIALIZED_VIEW) {
            continue;
        }
        schema_children(a, plan->to, t, true, &children);
        vec_each (child, &children) {
            const struct schema_column *c = child->kind == SCHEMA_K_COLUMN ? child->object : NULL;
            if (c && names_type(a, c->type, type) && ddl_find(a, plan->from, child, &old)) {
                add_retyped(a, plan, &old, child, c->type);
            }
        }
    }
}

void ddl_add_replaced(struct arena *a, struct ddl_plan *plan)
{
    for (size_t i = 0; i < plan->nodes.n; i++) { /* a domain of a type is replaced in turn */
        if (plan->nodes.items[i].replaces) {
            change_over_columns(a, plan, &plan->nodes.items[i].item);
        }
    }
}

/* Nodes of a change: what is dropped, altered and made, and in which order. Private to ddl*.c. */
#pragma once
#include "engine/schema/ddl.h"

enum ddl_action { DDL_DROP, DDL_ALTER, DDL_CREATE };
struct ddl_node {
    enum ddl_action action;
    struct schema_item
        item; /* DROP: of `from`; CREATE: of `to`; ALTER: of `to`, or of `from` where it goes */
    const struct schema_change *change;         /* that it is for */
    VEC(const struct schema_change *) together; /* ALTER of a table: all of its changes */
    strings_t words;                            /* what its text names: set by ddl_order() */
    strings_t before;                           /* ALTER: what it named until then */
    VEC(size_t) after;                          /* nodes that come before it */
    bool replaces;                              /* ALTER of a type: makes a new one beside it */
    bool done;
};
typedef VEC(struct ddl_node) ddl_nodes_t;

struct ddl_plan {
    const struct schema *from, *to;
    const struct schema_dialect *dialect;
    ddl_nodes_t nodes;
};
/* Is it dropped, alone or with its table, whether it is made again or not? */
bool ddl_drops(const struct ddl_plan *plan, const struct schema_item *item);
bool ddl_same_item(const struct schema_item *x, const struct schema_item *y);
/* The same object in the other schema; false: it is not there. */
bool ddl_find(struct arena *a, const struct schema *s, const struct schema_item *item,
              struct schema_item *out);
/* The nodes that make a table, and what CREATE TABLE leaves for statements of their own. */
void ddl_add_table(struct arena *a, struct ddl_plan *plan, const struct schema_item *table,
                   const struct schema_change *change);

/* Every identifier in the texts of the object (a table: and of its children), in lower case, sorted, once:
 * each as
 * ".name", and as "name", or as "before.name" where that stands before it. with_behaviour: of a table, that
 * of its triggers, policies, rules and indexes too. */
void ddl_words(struct arena *a, const struct schema *s, const struct schema_item *item, bool with_behaviour,
               strings_t *out);
void ddl_text_words(struct arena *a, const char *text, strings_t *out);
bool ddl_has_word(const strings_t *words, const char *word);
/* The word by which others name it: "name" of the default schema, "schema.name", and ".name" within a table.
 */
const char *ddl_word(struct arena *a, const struct schema_item *item);
/* Is the item, and the table that it is within, among the words? */
bool ddl_names(struct arena *a, const strings_t *words, const struct schema_item *item);
/* Its name alone: that of a routine without its arguments. In lower case. */
const char *ddl_bare_name(struct arena *a, const struct schema_item *item);

/* Adds, for what stands in the way of the nodes, their drops and creations. */
void ddl_add_recreated(struct arena *a, struct ddl_plan *plan);
/* The same for types that are replaced: changes of the columns that are of them. */
void ddl_add_replaced(struct arena *a, struct ddl_plan *plan);
/* The nodes in an order in which each finds what it needs; order has room for nodes->n. */
void ddl_order(struct arena *a, struct ddl_plan *plan, size_t *order);

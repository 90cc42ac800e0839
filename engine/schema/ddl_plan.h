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
    strings_t words;   /* what its text names, in lower case, sorted: set by ddl_order() */
    VEC(size_t) after; /* nodes that come before it */
    bool done;
};
typedef VEC(struct ddl_node) ddl_nodes_t;

/* Every identifier in the texts of the object (a table: and of its children), in lower case, sorted, once. */
void ddl_words(struct arena *a, const struct schema *s, const struct schema_item *item, strings_t *out);
bool ddl_has_word(const strings_t *words, const char *word);
/* The name that a text would use: that of a routine without its arguments. In lower case. */
const char *ddl_bare_name(struct arena *a, const struct schema_item *item);

/* Adds, for what stands in the way of the nodes, their drops and creations. */
void ddl_add_recreated(struct arena *a, const struct schema *from, const struct schema *to,
                       const struct schema_dialect *dialect, ddl_nodes_t *nodes);
/* The nodes in an order in which each finds what it needs; order has room for nodes->n. */
void ddl_order(struct arena *a, const struct schema *from, const struct schema *to, ddl_nodes_t *nodes,
               size_t *order);

/* TOML documents: the tree of what parses is whole, and every error has a place in the text. */
#include "base/arena.h"
#include "engine/alembic/project/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_node(const struct toml_doc *doc, const struct toml_node *n, int depth)
{
    int64_t number;
    if (n->at > doc->text.len || (n->kind == TOML_TABLE && n->keys.n != n->items.n) ||
        n->kind >= TOML_KIND_COUNT) {
        abort();
    }
    toml_integer(n, &number);
    for (size_t i = 0; i < n->items.n && depth < 1000; i++) {
        check_node(doc, n->items.items[i], depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size + 1);
    struct toml_doc *doc = NULL;
    struct err err;
    memcpy(copy, size ? (const char *)data : "", size);
    int rc = toml_parse(&a, "x", (struct slice){copy, size}, &doc, &err);
    if (rc == 0) {
        check_node(doc, doc->root, 0);
        toml_get(toml_get(doc->root, "tool"), "alembic");
    } else if (rc != ERR_FILE || err.status != rc || !err.message[0] || err.line < 1 || err.column < 1) {
        abort();
    }
    free(copy);
    return 0;
}

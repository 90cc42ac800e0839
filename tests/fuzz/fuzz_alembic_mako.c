/* Templates of revision files: they render or are refused with a place. */
#include "base/arena.h"
#include "engine/alembic/project/mako.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct mako_name items[] = {
        {"message", "'m'"}, {"down_revision", "('a', 'b')"}, {"comma", "repr"}};
    AUTO(strbuf_release) struct strbuf out = {.max = 1 << 20};
    char *copy = xmalloc(size + 1);
    struct err err;
    memcpy(copy, size ? (const char *)data : "", size);
    int rc = mako_render("x", (struct slice){copy, size}, &(struct mako_names){NULL, items, COUNT_OF(items)},
                         &out, &err);
    if (rc && (rc > 0 || err.status != rc || !err.message[0] || err.line < 1 || err.column < 1)) {
        abort();
    }
    free(copy);
    return 0;
}

/* Growth of arena arrays; the old array stays in the arena, so pointers into it go stale but not wild. */
#include "base/vec.h"

void *vec_grow_(struct arena *a, void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        memset((char *)items + n * size, 0, size);
        return items;
    }
    size_t bigger = *cap ? *cap * 2 : 4;
    void *grown = arena_array(a, bigger, size);
    if (n) {
        memcpy(grown, items, n * size);
    }
    *cap = bigger;
    return grown;
}

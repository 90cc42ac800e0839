/*
 * Arenas: many small allocations, one release. One arena per command, per target, per statement.
 * Whatever an arena returns is borrowed and lives until arena_release().
 * Allocation never fails: running out of memory aborts the process, which leaves every target at a recorded
 * statement like any other crash does (docs/decisions.md).
 */
#pragma once
#include "base/attributes.h"
#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used, total;         /* bytes in the newest block, bytes in all */
};
#define ARENA_INIT                                                                                           \
    {                                                                                                        \
        0                                                                                                    \
    }

void *arena_alloc(struct arena *a, size_t size);           /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t n, size_t size); /* zeroed; n * size is checked */
char *arena_dup(struct arena *a, const char *s);           /* NULL gives NULL */
char *arena_dupn(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);
void arena_adopt(struct arena *a,
                 struct arena *other); /* what other holds is a's from now on; other is empty */
void arena_release(struct arena *a);   /* accepts NULL and a zeroed arena; leaves a usable empty arena */

/* malloc family that aborts when memory is gone; for objects that own their memory. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

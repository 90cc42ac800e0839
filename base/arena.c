/* Bump allocation in blocks that double up to a megabyte. */
#include "base/arena.h"
#include <stdint.h>

#define ALIGN 16u

struct arena_block {
    struct arena_block *next;
    size_t size;
    max_align_t pad[];
};

static void out_of_memory(void)
{
    static const char text[] = "lockstep: out of memory\n";
    fwrite(text, 1, sizeof(text) - 1, stderr);
    abort();
}

void *xmalloc(size_t size)
{
    void *p = malloc(size ? size : 1);
    if (!p) {
        out_of_memory();
    }
    return p;
}

void *xcalloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p) {
        out_of_memory();
    }
    return p;
}

void *xrealloc(void *old, size_t size)
{
    void *p = realloc(old, size ? size : 1);
    if (!p) {
        out_of_memory();
    }
    return p;
}

char *xstrdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(xmalloc(n), s, n);
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > SIZE_MAX / 2) {
        out_of_memory();
    }
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!a->blocks || a->used + size > a->blocks->size) {
        size_t block = a->blocks ? a->blocks->size * 2 : 4096;
        block = block > (1u << 20) ? (1u << 20) : block;
        block = block < size ? size : block;
        struct arena_block *b = xmalloc(sizeof(*b) + block);
        b->next = a->blocks;
        b->size = block;
        a->blocks = b;
        a->used = 0;
        a->total += block;
    }
    void *p = (char *)a->blocks->pad + a->used;
    a->used += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        out_of_memory();
    }
    return arena_alloc(a, bytes);
}

char *arena_dupn(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);
    if (n) {
        memcpy(p, s, n);
    }
    return p;
}

char *arena_dup(struct arena *a, const char *s)
{
    return s ? arena_dupn(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list copy;
    va_copy(copy, ap);
    int n = vsnprintf(NULL, 0, fmt, copy);
    va_end(copy);
    if (n < 0) {
        out_of_memory();
    }
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *p = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return p;
}

void arena_adopt(struct arena *a, struct arena *other)
{
    struct arena_block **end = a->blocks ? &a->blocks->next : &a->blocks;
    struct arena_block *rest = *end, *last = other->blocks;
    if (!last) {
        return;
    }
    if (!a->blocks) {
        a->used = other->used;
    }
    *end = other->blocks; /* behind the newest block, which goes on being filled */
    while (last->next) {
        last = last->next;
    }
    last->next = rest;
    a->total += other->total;
    *other = (struct arena)ARENA_INIT;
}

void arena_release(struct arena *a)
{
    if (!a) {
        return;
    }
    struct arena_block *b = a->blocks;
    while (b) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct arena)ARENA_INIT;
}

/* Arenas and the vectors that live in them. */
#include "base/arena.h"
#include "base/vec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void allocations_are_zeroed_aligned_and_apart(void **state UNUSED)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    unsigned char *before = NULL;
    for (size_t size = 1; size < 3000; size += 7) {
        unsigned char *p = arena_alloc(&a, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xAB, size);
        assert_ptr_not_equal(p, before);
        before = p;
    }
}

static void large_allocations_work(void **state UNUSED)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *big = arena_alloc(&a, (size_t)5 << 20);
    big[((size_t)5 << 20) - 1] = 'x';
    char *small = arena_dup(&a, "small");
    assert_string_equal(small, "small");
    assert_true(a.total >= (size_t)5 << 20);
    arena_release(&a);
    assert_int_equal(a.total, 0);
    assert_string_equal(arena_dup(&a, "usable again"), "usable again");
}

static void texts(void **state UNUSED)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    assert_null(arena_dup(&a, NULL));
    assert_string_equal(arena_dupn(&a, "abcdef", 3), "abc");
    assert_string_equal(arena_dupn(&a, NULL, 0), "");
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    char *longer = arena_printf(&a, "%05000d", 1);
    assert_int_equal(strlen(longer), 5000);
    arena_release(NULL);
}

struct item {
    int number;
    const char *text;
};

static void vectors_keep_their_items_and_zero_new_ones(void **state UNUSED)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    VEC(struct item) v = {0};
    struct item *it;
    int seen = 0;
    vec_each (it, &v) {
        seen++;
    }
    assert_int_equal(seen, 0);
    for (int i = 0; i < 10000; i++) {
        it = vec_push(&a, &v);
        assert_int_equal(it->number, 0);
        assert_null(it->text);
        *it = (struct item){i, "x"};
    }
    vec_each (it, &v) {
        assert_int_equal(it->number, seen++);
    }
    assert_int_equal(seen, 10000);
    v.n = 3; /* shrunk: pushed items are zero all the same */
    it = vec_push(&a, &v);
    assert_int_equal(it->number, 0);
    strings_t strings = {0};
    *vec_push(&a, &strings) = "one";
    assert_string_equal(strings.items[0], "one");
}

/* Filled enough that each has several blocks, or empty. */
static void fill(struct arena *a, strings_t *texts, int n)
{
    for (int i = 0; i < n; i++) {
        *vec_push(a, texts) = arena_printf(a, "text %d", i);
    }
}

static void adopting_takes_everything_over(void **state UNUSED)
{
    static const int sizes[] = {0, 1, 5000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            AUTO(arena_release) struct arena a = ARENA_INIT, b = ARENA_INIT;
            strings_t mine = {0}, others = {0}, more = {0};
            fill(&a, &mine, sizes[i]);
            fill(&b, &others, sizes[k]);
            size_t total = a.total + b.total;
            arena_adopt(&a, &b);
            assert_int_equal(a.total, total);
            assert_null(b.blocks);
            fill(&a, &more, 5000);
            fill(&b, &more, 10); /* usable */
            char text[32];
            for (int n = 0; n < sizes[k]; n++) {
                snprintf(text, sizeof(text), "text %d", n);
                assert_string_equal(others.items[n], text);
            }
            for (int n = 0; n < sizes[i]; n++) {
                snprintf(text, sizeof(text), "text %d", n);
                assert_string_equal(mine.items[n], text);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(allocations_are_zeroed_aligned_and_apart),
                                       cmocka_unit_test(large_allocations_work), cmocka_unit_test(texts),
                                       cmocka_unit_test(adopting_takes_everything_over),
                                       cmocka_unit_test(vectors_keep_their_items_and_zero_new_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

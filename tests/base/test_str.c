/* Slices, buffers, edit distance, UTF-8. */
#include "base/arena.h"
#include "base/str.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void slices_cut_and_trim(void **state UNUSED)
{
    struct slice rest = SLICE("a,,b"), part;
    assert_true(slice_cut(&rest, ',', &part) && slice_eq(part, "a"));
    assert_true(slice_cut(&rest, ',', &part) && slice_eq(part, ""));
    assert_true(slice_cut(&rest, ',', &part) && slice_eq(part, "b"));
    assert_false(slice_cut(&rest, ',', &part));

    rest = SLICE("");
    assert_true(slice_cut(&rest, ',', &part) && part.len == 0);
    assert_false(slice_cut(&rest, ',', &part));
    rest = SLICE("a,");
    assert_true(slice_cut(&rest, ',', &part) && slice_eq(part, "a"));
    assert_true(slice_cut(&rest, ',', &part) && slice_eq(part, ""));
    assert_false(slice_cut(&rest, ',', &part));

    assert_true(slice_eq(slice_trim(SLICE(" \t a b\r\n")), "a b"));
    assert_true(slice_eq(slice_trim(SLICE("  ")), ""));
    assert_true(slice_starts(SLICE("abc"), "ab") && slice_starts(SLICE(""), "") &&
                !slice_starts(SLICE("a"), "ab"));
    assert_int_equal(slice_of(NULL).len, 0);
    assert_false(slice_eq(SLICE("ab"), "abc"));
    struct arena a = ARENA_INIT;
    assert_string_equal(slice_dup(&a, SLICE("xy")), "xy");
    assert_string_equal(slice_dup(&a, slice_of(NULL)), "");
    arena_release(&a);
}

static void buffers_grow_and_keep_their_end(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    assert_string_equal(strbuf_cstr(&b), "");
    for (int i = 0; i < 1000; i++) {
        strbuf_addf(&b, "%03d", i);
    }
    assert_int_equal(b.len, 3000);
    assert_int_equal(strlen(strbuf_cstr(&b)), 3000);
    assert_memory_equal(b.ptr + 2997, "999", 3);
    strbuf_clear(&b);
    strbuf_adds(&b, "x");
    strbuf_addch(&b, 'y');
    strbuf_add(&b, "z\0z", 3);
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.ptr, "xyz\0z", 6);
    strbuf_release(NULL);
}

static void a_buffer_at_its_limit_drops_whole_additions(void **state UNUSED)
{
    AUTO(strbuf_release) struct strbuf b = {.max = 10};
    strbuf_adds(&b, "0123456");
    strbuf_adds(&b, "789a");
    assert_true(b.overflow);
    assert_string_equal(strbuf_cstr(&b), "0123456");
    strbuf_adds(&b, "7"); /* would fit, but the text would have a hole */
    assert_string_equal(strbuf_cstr(&b), "0123456");
    strbuf_clear(&b);
    assert_false(b.overflow);
    strbuf_addf(&b, "%d", 1234567890);
    assert_false(b.overflow);
    strbuf_addf(&b, "%d", 1);
    assert_true(b.overflow);
    strbuf_add(&b, "x", SIZE_MAX);
    assert_int_equal(b.len, 10);
}

static void distances(void **state UNUSED)
{
    assert_int_equal(str_distance("", ""), 0);
    assert_int_equal(str_distance("", "abc"), 3);
    assert_int_equal(str_distance("paralel", "parallel"), 1);
    assert_int_equal(str_distance("teh", "the"), 1);
    assert_int_equal(str_distance("kitten", "sitting"), 3);
    char longer[70];
    memset(longer, 'a', 69);
    longer[69] = '\0';
    assert_int_equal(str_distance(longer, "a"), 64);
    longer[64] = '\0';
    assert_int_equal(str_distance(longer, longer), 0);
}

static void nearest_names(void **state UNUSED)
{
    static const char *const names[] = {"parallel", "on_failure", "waves", NULL};
    assert_string_equal(str_nearest("paralel", names, 4), "parallel");
    assert_string_equal(str_nearest("wave", names, 4), "waves");
    assert_string_equal(str_nearest("onfailure", names, 4), "on_failure");
    assert_null(str_nearest("zebra", names, 4));
    assert_null(str_nearest("parallel", names, 0));
}

static void utf8(void **state UNUSED)
{
    static const char *const good[] = {
        "", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"};
    static const char *const bad[] = {"\x80",         "\xC3",     "\xC0\x80",         "\xE0\x80\x80",
                                      "\xED\xA0\x80", "\xE2\x82", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
                                      "\xFF",         "a\xC3z",   "\xF0\x80\x80\x80"};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(utf8_valid(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_false(utf8_valid(bad[i], strlen(bad[i])));
    }
    assert_true(utf8_valid("\0", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slices_cut_and_trim),
                                       cmocka_unit_test(buffers_grow_and_keep_their_end),
                                       cmocka_unit_test(a_buffer_at_its_limit_drops_whole_additions),
                                       cmocka_unit_test(distances),
                                       cmocka_unit_test(nearest_names),
                                       cmocka_unit_test(utf8)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

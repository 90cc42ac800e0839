/* Reports of drift: what they share, and what they do with odd text. What is in each is asserted by
 * drift_formats.py. */
#include "cmd/line_diff.h"
#include "cmd/markup.h"
#include "tests/cmd/drift_sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void shows(const char *text, const char *expected)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    markup_text(&out, text);
    assert_string_equal(strbuf_cstr(&out), expected);
}

static void odd_text_is_escaped_and_visible(void **state)
{
    (void)state;
    shows(NULL, "");
    shows("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;");
    shows("tab\tline\n", "tab\tline\n");
    shows("\x01\x1b\r\x7f", "[U+0001][U+001B][U+000D][U+007F]");
    shows("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x98", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x98");
    shows("\xe2\x80\xae", "[U+202E]");
    shows("\xef\xbb\xbf", "[U+FEFF]");
    shows("\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\xef\xbf\xbd");
    shows("a\xff\xc3", "a\xef\xbf\xbd\xef\xbf\xbd");
}

/* One letter a row: "=" same, "~" changed, "-" removed, "+" added, "." left out. */
static const char *kinds(struct arena *a, const char *left, const char *right, size_t context)
{
    static const char letters[] = "=~-+";
    line_rows_t rows = {0};
    line_diff(a, left, right, context, &rows);
    char *out = arena_alloc(a, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        out[i] = rows.items[i].skipped ? '.' : letters[rows.items[i].kind];
    }
    return out;
}

static void lines_stand_side_by_side(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    assert_string_equal(kinds(&a, NULL, NULL, 3), "");
    assert_string_equal(kinds(&a, "", "a\n", 3), "+");
    assert_string_equal(kinds(&a, "a\nb\n", NULL, 3), "--");
    assert_string_equal(kinds(&a, "a\n\nb", "a\n\nb\n", 3), ".");
    assert_string_equal(kinds(&a, "a\nb\nc", "a\nx\nc", 3), "=~=");
    assert_string_equal(kinds(&a, "a\nb\nc\nd", "b\nc\ne\nd", 3), "-==+=");
    assert_string_equal(kinds(&a, "a\n\n", "a\n", 3), "=-");
    assert_string_equal(kinds(&a, "1\n2\n3\n4\n5\n6\nx", "1\n2\n3\n4\n5\n6\ny", 2), ".==~");
    assert_string_equal(kinds(&a, "x\n1\n2\n3\n4\n5", "y\n1\n2\n3\n4\n5", 2), "~==.");
    assert_string_equal(kinds(&a, "1\n2\nx", "1\n2\ny", 1), "==~");
}

static void every_line_is_on_its_side(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    unsigned seed = 7;
    for (int round = 0; round < 300; round++) {
        struct strbuf text[2] = {STRBUF_INIT, STRBUF_INIT}, back[2] = {STRBUF_INIT, STRBUF_INIT};
        for (int side = 0; side < 2; side++) {
            for (unsigned n = (seed = seed * 1103515245 + 12345) >> 16 & 15; n; n--) {
                strbuf_addf(&text[side], "%u\n", (seed = seed * 1103515245 + 12345) >> 16 & 3);
            }
        }
        line_rows_t rows = {0};
        line_diff(&a, strbuf_cstr(&text[0]), strbuf_cstr(&text[1]), 100, &rows);
        const struct line_row *l;
        vec_each (l, &rows) {
            for (int side = 0; side < 2; side++) {
                if (l->kind != (side ? LINE_REMOVED : LINE_ADDED)) {
                    struct slice line = side ? l->right : l->left;
                    strbuf_add(&back[side], line.ptr, line.len);
                    strbuf_addch(&back[side], '\n');
                }
            }
        }
        for (int side = 0; side < 2; side++) {
            assert_string_equal(strbuf_cstr(&back[side]), strbuf_cstr(&text[side]));
            strbuf_release(&text[side]);
            strbuf_release(&back[side]);
        }
    }
}

static void changed_lines_are_cut_between_characters(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    line_rows_t rows = {0};
    line_diff(&a, "x \xc3\xbc y", "x \xc3\xa9 y", 3, &rows);
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.items[0].prefix, 2);
    assert_int_equal(rows.items[0].suffix, 2);
    rows = (line_rows_t){0};
    line_diff(&a, "aa", "aaa", 3, &rows);
    assert_int_equal(rows.items[0].prefix + rows.items[0].suffix, 2);
}

static void like_targets_are_told_once(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct drift_report r;
    sample_report(&a, &r, 20);
    drift_cases_t cases = {0};
    drift_cases(&a, &r, &cases);
    assert_int_equal(cases.n, 3);
    assert_string_equal(cases.items[0].example->name, "eu-1");
    assert_int_equal(cases.items[0].targets.n, 2);
    assert_int_equal(cases.items[0].findings, 4);
    assert_int_equal(cases.items[0].ignored, 1);
    assert_string_equal(cases.items[1].example->name, "us-1");
    assert_int_equal(cases.items[2].targets.n, 20);
    r.targets.items[1].findings.items[0].attributes.items[0].actual = "citext";
    cases = (drift_cases_t){0};
    drift_cases(&a, &r, &cases);
    assert_int_equal(cases.n, 4);
}

static void the_verdict_counts_every_outcome(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct drift_report r = {.environment = "production"};
    assert_string_equal(drift_verdict(&a, &r), "no target was looked at");
    sample_target(&a, &r, "one", DRIFT_NONE);
    assert_string_equal(drift_verdict(&a, &r), "no drift");
    sample_target(&a, &r, "two", DRIFT_NONE);
    assert_string_equal(drift_verdict(&a, &r), "no drift on 2 targets");
    sample_target(&a, &r, "three", DRIFT_UNREACHABLE);
    assert_string_equal(drift_verdict(&a, &r), "no drift on 2 of 3 targets, 1 could not be reached");
    sample_target(&a, &r, "four", DRIFT_FOUND);
    assert_string_equal(drift_verdict(&a, &r), "1 of 4 targets has drift, 1 could not be reached");
    r.diff = true;
    assert_string_equal(drift_verdict(&a, &r), "1 of 4 targets has a difference, 1 could not be reached");
}

static void formats_are_found_by_name(void **state)
{
    (void)state;
    assert_non_null(drift_format_find("html"));
    assert_null(drift_format_find("text"));
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct drift_report r;
    sample_report(&a, &r, 3);
    const char *const names[] = {"json", "markdown", "junit", "html"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
        drift_format_find(names[i])->write(&out, &r);
        assert_non_null(strstr(strbuf_cstr(&out), "users.email"));
        assert_true(utf8_valid(out.ptr, out.len));
        bool page = i >= 2;
        assert_true(!page || !strstr(strbuf_cstr(&out), "<script"));
        assert_null(strchr(strbuf_cstr(&out), '\x1b'));
    }
}

static void a_comment_holds_any_report(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct drift_report r;
    sample_large(&a, &r);
    drift_write_markdown(&out, &r);
    assert_in_range(out.len, 1 << 10, 65535);
    assert_non_null(strstr(strbuf_cstr(&out), "--format html"));
}

static void a_difference_is_not_called_drift(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct drift_report r;
    sample_diff(&a, &r);
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    drift_write_html(&out, &r);
    assert_non_null(strstr(strbuf_cstr(&out), "1 of 1 target has a difference"));
    assert_null(strstr(strbuf_cstr(&out), "Drift of"));
    assert_null(strstr(strbuf_cstr(&out), "into the revisions"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_text_is_escaped_and_visible),
        cmocka_unit_test(lines_stand_side_by_side),
        cmocka_unit_test(every_line_is_on_its_side),
        cmocka_unit_test(changed_lines_are_cut_between_characters),
        cmocka_unit_test(like_targets_are_told_once),
        cmocka_unit_test(the_verdict_counts_every_outcome),
        cmocka_unit_test(formats_are_found_by_name),
        cmocka_unit_test(a_comment_holds_any_report),
        cmocka_unit_test(a_difference_is_not_called_drift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

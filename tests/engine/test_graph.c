/* The graph: built by hand and from folders of files, and what it refuses. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/revision/graph.h"
#include "engine/revision/walk.h"
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

struct project {
    struct arena arena;
    const char *folder;
    strings_t files;
};

static int begin(void **state)
{
    struct project *p = xcalloc(1, sizeof(*p));
    char template[] = "/tmp/lockstep-graph-XXXXXX";
    const char *folder = mkdtemp(template);
    assert_non_null(folder);
    p->folder = arena_dup(&p->arena, folder);
    *state = p;
    return 0;
}

static int end(void **state)
{
    struct project *p = *state;
    const char **file;
    vec_each (file, &p->files) {
        unlink(*file);
    }
    rmdir(p->folder);
    arena_release(&p->arena);
    free(p);
    return 0;
}

static void put(struct project *p, const char *name, const char *text)
{
    struct err err = {0};
    const char *path = path_join(&p->arena, p->folder, name);
    if (file_write(path, slice_of(text), true, &err)) {
        fail_msg("%s", err.message);
    }
    *(const char **)vec_push(&p->arena, &p->files) = path;
}

static struct graph *load(struct project *p)
{
    struct graph *g;
    struct err err = {0};
    if (graph_load(&p->arena, &p->folder, 1, &g, &err)) {
        fail_msg("%s %d %s", err.file, err.line, err.message);
    }
    return g;
}

/* The graph is refused with this text, in this file and line, and with a hint that holds this. */
static void refused(struct project *p, const char *message, const char *file, int line, const char *hint)
{
    struct graph *g = NULL;
    struct err err = {0};
    assert_int_equal(graph_load(&p->arena, &p->folder, 1, &g, &err), ERR_FILE);
    assert_null(g);
    assert_string_equal(err.message, message);
    assert_string_equal(path_basename(err.file), file);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.hint, hint));
}

static const char *ids(struct arena *a, const revisions_t *list)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct revision *const *r;
    vec_each (r, list) {
        strbuf_addf(&b, "%s%s", b.len ? " " : "", (*r)->id);
    }
    return arena_dup(a, strbuf_cstr(&b));
}

static void test_files(void **state)
{
    struct project *p = *state;
    put(p, "1_b.sql",
        "\xEF\xBB\xBF-- Revision: bbbb\r\n-- REVISES: aaaa\r\n-- message: the second\r\n\r\n-- upgrade\r\n");
    put(p, "2_a.sql",
        "-- revision: aaaa\n-- created: 2026-11-21T09:13:00Z\n-- message: the first\n-- upgrade\n;");
    put(p, "3_m.sql", "-- revision: dddd\n-- revises: bbbb , cccc\n-- depends_on: lib\n-- upgrade");
    put(p, "4_c.sql",
        "-- revision: cccc\n-- revises: aaaa\n-- labels: left, other\n-- transaction: OFF\n-- upgrade\n");
    put(p, "5_l.sql",
        "-- about: free text\n--\n-- revision: eeee\n-- revises: none\n-- labels: lib\n-- upgrade\n");
    put(p, "notes.txt", "not a revision");
    put(p, ".hidden.sql", "not one either");
    struct graph *g = load(p);
    assert_string_equal(ids(&p->arena, &g->all), "eeee aaaa cccc bbbb dddd");
    assert_string_equal(ids(&p->arena, &g->heads), "dddd eeee");
    assert_string_equal(ids(&p->arena, &g->real_heads), "dddd");
    assert_string_equal(ids(&p->arena, &g->bases), "aaaa eeee");
    const struct revision *a = graph_find(g, "aaaa"), *c = graph_find(g, "left"), *d = graph_find(g, "dddd");
    assert_int_equal(a->created_us, 1795252380000000);
    assert_string_equal(a->message, "the first");
    assert_string_equal(ids(&p->arena, &a->children), "bbbb cccc");
    assert_true(revision_is_branch_point(a) && !revision_is_head(a) && !revision_is_merge_point(a));
    assert_string_equal(c->id, "cccc");
    assert_true(c->transaction_off && !a->transaction_off);
    assert_int_equal(c->line_revises, 2);
    assert_true(revision_is_merge_point(d) && revision_is_head(d));
    assert_string_equal(ids(&p->arena, &d->parents), "bbbb cccc");
    assert_string_equal(ids(&p->arena, &d->dependencies), "eeee");
    assert_int_equal(d->branch_labels.n, 2);
    assert_true(revision_is_ancestor(a, d, false));
    assert_false(revision_is_ancestor(d, a, true));
    assert_false(revision_is_ancestor(graph_find(g, "eeee"), d, false));
    assert_true(revision_is_ancestor(graph_find(g, "eeee"), d, true));
    assert_false(revision_is_ancestor(a, a, true));
    assert_string_equal(path_basename(d->file), "3_m.sql");
    assert_null(graph_find(g, "aaa"));
}

static void put_many(struct project *p, int n)
{
    for (int i = 0; i < n; i++) {
        char *name = arena_printf(&p->arena, "%04d.sql", i);
        char *parent = i ? arena_printf(&p->arena, "r%04d", i - 1) : arena_dup(&p->arena, "none");
        put(p, name,
            arena_printf(&p->arena, "-- revision: r%04d\n-- revises: %s\n-- upgrade\nSELECT %d;\n", i, parent,
                         i));
    }
}

/* Enough for several threads. */
static void test_many_files(void **state)
{
    struct project *p = *state;
    put_many(p, 1500);
    struct graph *g = load(p);
    assert_int_equal(g->all.n, 1500);
    for (size_t i = 0; i < g->all.n; i++) {
        assert_string_equal(g->all.items[i]->id, arena_printf(&p->arena, "r%04zu", i));
        assert_string_equal(path_basename(g->all.items[i]->file), arena_printf(&p->arena, "%04zu.sql", i));
    }
    put(p, "0900_x.sql", "-- revision: x\n-- labels: a,,b\n-- upgrade\n");
    put(p, "0100_x.sql", "-- revision: y\n-- transaction: maybe\n-- upgrade\n");
    put(p, "1400_x.sql", "-- upgrade\n");
    refused(p, "transaction is \"on\" or \"off\"", "0100_x.sql", 2, "");
}

static void test_empty_and_missing_folders(void **state)
{
    struct project *p = *state;
    struct err err = {0};
    struct graph *g = load(p);
    assert_int_equal(g->all.n, 0);
    const char *gone = path_join(&p->arena, p->folder, "gone");
    assert_int_equal(graph_load(&p->arena, &gone, 1, &g, &err), ERR_FILE);
    assert_string_equal(err.file, gone);
    assert_non_null(strstr(err.hint, "Make the folder"));
}

static void test_header_longer_than_one_read(void **state)
{
    struct project *p = *state;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "-- revision: aaaa\n");
    while (b.len < 4080) {
        strbuf_adds(&b, "-- nothing to see\n");
    }
    while (b.len < 4090) {
        strbuf_addch(&b, '\n');
    }
    strbuf_adds(&b, "-- revises: bbbb\n"); /* across the 4,096th byte */
    while (b.len < 40000) {
        strbuf_adds(&b, "-- nothing to see\n");
    }
    strbuf_adds(&b, "-- message: far away\n-- upgrade\nSELECT 1;\n");
    put(p, "a.sql", b.ptr);
    put(p, "b.sql", "-- revision: bbbb\n-- upgrade\n");
    struct graph *g = load(p);
    assert_string_equal(ids(&p->arena, &g->all), "bbbb aaaa");
    assert_string_equal(graph_find(g, "aaaa")->message, "far away");
}

static void test_header_without_end(void **state)
{
    struct project *p = *state;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_adds(&b, "-- revision: aaaa\n");
    while (b.len < 1100000) {
        strbuf_adds(&b, "-- and so on, and so on, and so on, and so on, and so on, and so on\n");
    }
    put(p, "a.sql", b.ptr);
    refused(p, "the header is longer than 1048576 bytes", "a.sql", 0, "-- upgrade");
}

static void test_duplicate_id(void **state)
{
    struct project *p = *state;
    put(p, "two.sql", "-- a comment\n-- revision: aaaa\n-- upgrade\n");
    put(p, "one.sql", "-- revision: aaaa\n-- upgrade\n");
    const char *first = path_join(&p->arena, p->folder, "one.sql");
    refused(p, arena_printf(&p->arena, "revision aaaa is in %s already (line 1)", first), "two.sql", 2,
            "another id");
}

static void test_duplicate_label(void **state)
{
    struct project *p = *state;
    put(p, "a.sql", "-- revision: aaaa\n-- labels: same\n-- upgrade\n");
    put(p, "b.sql", "-- revision: bbbb\n-- message: m\n-- labels: same\n-- upgrade\n");
    const char *first = path_join(&p->arena, p->folder, "a.sql");
    refused(p, arena_printf(&p->arena, "branch label \"same\" is used by revision aaaa (%s)", first), "b.sql",
            3, "");
}

static void test_missing_parent(void **state)
{
    struct project *p = *state;
    put(p, "a.sql", "-- revision: 3b1c2d4e5f6a\n-- upgrade\n");
    put(p, "b.sql", "-- revision: bbbb\n-- revises: 3b1c2d4e5f6b\n-- upgrade\n");
    refused(p, "revision bbbb revises \"3b1c2d4e5f6b\", which is not among the revisions", "b.sql", 2,
            "Did you mean 3b1c2d4e5f6a?");
}

static void test_prefix_is_no_parent(void **state)
{
    struct project *p = *state;
    put(p, "a.sql", "-- revision: 3b1c2d4e5f6a\n-- upgrade\n");
    put(p, "b.sql", "-- revision: bbbb\n-- revises: 3b1\n-- upgrade\n");
    refused(p, "revision bbbb revises \"3b1\", which is not among the revisions", "b.sql", 2,
            "Did you mean 3b1c2d4e5f6a?");
}

static void test_unknown_dependency(void **state)
{
    struct project *p = *state;
    put(p, "a.sql", "-- revision: aaaa\n-- labels: billing\n-- upgrade\n");
    put(p, "b.sql", "-- revision: bbbb\n\n-- depends_on: biling\n-- upgrade\n");
    refused(p, "revision bbbb depends on \"biling\", which is not among the revisions", "b.sql", 3,
            "Add the missing file");
}

static void test_cycle(void **state)
{
    struct project *p = *state;
    put(p, "1.sql", "-- revision: dddd\n-- revises: aaaa\n-- upgrade\n");
    put(p, "2.sql", "-- revision: cccc\n-- revises: dddd\n-- upgrade\n");
    put(p, "3.sql", "-- revision: bbbb\n-- revises: zzzz\n-- depends_on: cccc\n-- upgrade\n");
    put(p, "4.sql", "-- revision: aaaa\n-- revises: bbbb\n-- upgrade\n");
    put(p, "5.sql", "-- revision: zzzz\n-- upgrade\n");
    refused(p,
            "the revisions follow each other in a circle: aaaa revises bbbb depends on cccc revises dddd "
            "revises aaaa",
            "4.sql", 2, "Correct the line");
}

static void test_self_loop(void **state)
{
    struct project *p = *state;
    put(p, "1.sql", "-- revision: dddd\n-- revises: dddd\n-- upgrade\n");
    refused(p, "revision dddd revises itself", "1.sql", 2, "");
}

static void test_first_error_is_told(void **state)
{
    struct project *p = *state;
    put(p, "c.sql", "SELECT 1;\n");
    put(p, "a.sql", "-- revision: aaaa\n-- revises: , b\n-- upgrade\n");
    put(p, "b.sql", "");
    refused(p, "a name is missing beside the comma", "a.sql", 2, "");
}

static void test_ids(void **state)
{
    (void)state;
    static const char *const bad[] = {"a@b",  "a-b", "a+b",  "a:b",   "a,b",  "a b",
                                      "a\tb", "",    "head", "heads", "base", "current",
                                      "none", "a'b", "a\"b", "a\\b",  "a\nb", "a`b"};
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = graph_new(&a);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = {0};
        assert_null(graph_add(g, bad[i], "f.sql", &err));
        assert_int_equal(err.status, ERR_FILE);
        assert_string_equal(err.file, "f.sql");
        assert_true(err.message[0]);
    }
    struct err err = {0};
    char id[GRAPH_ID_MAX + 2] = {0};
    memset(id, 'x', GRAPH_ID_MAX);
    assert_non_null(graph_add(g, id, "f.sql", &err));
    id[GRAPH_ID_MAX] = 'x';
    assert_null(graph_add(g, id, "f.sql", &err));
    assert_non_null(graph_add(g, "0549_x", "f.sql", &err));
    assert_non_null(graph_add(g, "v2.4.0.a", "f.sql", &err));
    assert_int_equal(graph_finish(g, &err), 0);
}

static void test_lookup(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = graph_new(&a);
    struct err err = {0};
    struct revision *r = NULL;
    static const char *const names[] = {"ab12", "ab34", "cd56", "1", "10", "100"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_non_null(graph_add(g, names[i], names[i], &err));
    }
    const char *label = "feature-1";
    graph_find(g, "cd56")->labels = (strings_t){&label, 1, 1};
    assert_int_equal(graph_finish(g, &err), 0);
    assert_int_equal(graph_lookup(g, "c", &r, &err), 0);
    assert_string_equal(r->id, "cd56");
    assert_int_equal(graph_lookup(g, "1", &r, &err), 0);
    assert_string_equal(r->id, "1");
    assert_int_equal(graph_lookup(g, "feature-1", &r, &err), 0);
    assert_string_equal(r->id, "cd56");
    r = NULL;
    assert_int_equal(graph_lookup(g, "ab", &r, &err), ERR_USAGE);
    assert_string_equal(err.message, "Multiple revisions start with 'ab': ab12, ab34");
    assert_int_equal(graph_lookup(g, "ab35", &r, &err), ERR_USAGE);
    assert_string_equal(err.message, "Can't locate revision identified by 'ab35'");
    assert_string_equal(err.hint, "Did you mean ab34?");
    assert_int_equal(graph_lookup(g, "", &r, &err), ERR_USAGE);
    assert_null(r);
}

/* Depth must cost no stack, and nothing may be quadratic. */
static void test_long_chain(void **state)
{
    (void)state;
    enum { N = 100000 };
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = graph_new(&a);
    struct err err = {0};
    const char **names = arena_array(&a, N, sizeof(*names));
    for (int i = 0; i < N; i++) {
        names[i] = arena_printf(&a, "%06d", (i * 7919) % N);
    }
    const char *label = "long";
    for (int i = N - 1; i >= 0; i--) {
        struct revision *r = graph_add(g, names[i], "f.sql", &err);
        assert_non_null(r);
        r->revises = i ? (strings_t){(const char **)&names[i - 1], 1, 1} : (strings_t){0};
        r->labels = i == N / 2 ? (strings_t){&label, 1, 1} : (strings_t){0};
    }
    clock_t start = clock();
    assert_int_equal(graph_finish(g, &err), 0);
    walk_t walk;
    assert_int_equal(walk_upgrade(&a, g, &(struct position){0}, "long@head", &walk, &err), 0);
    assert_int_equal(walk.n, N);
    assert_string_equal(walk.items[N - 1].revision->id, names[N - 1]);
    assert_string_equal(graph_find(g, names[0])->branch_labels.items[0], "long");
    struct position at;
    position_after(&a, &(struct position){0}, &walk, &at);
    assert_int_equal(at.ids.n, 1);
    assert_int_equal(walk_downgrade(&a, g, &at, "base", &walk, &err), 0);
    assert_int_equal(walk.n, N);
    assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files, begin, end),
        cmocka_unit_test_setup_teardown(test_many_files, begin, end),
        cmocka_unit_test_setup_teardown(test_empty_and_missing_folders, begin, end),
        cmocka_unit_test_setup_teardown(test_header_longer_than_one_read, begin, end),
        cmocka_unit_test_setup_teardown(test_header_without_end, begin, end),
        cmocka_unit_test_setup_teardown(test_duplicate_id, begin, end),
        cmocka_unit_test_setup_teardown(test_duplicate_label, begin, end),
        cmocka_unit_test_setup_teardown(test_missing_parent, begin, end),
        cmocka_unit_test_setup_teardown(test_prefix_is_no_parent, begin, end),
        cmocka_unit_test_setup_teardown(test_unknown_dependency, begin, end),
        cmocka_unit_test_setup_teardown(test_cycle, begin, end),
        cmocka_unit_test_setup_teardown(test_self_loop, begin, end),
        cmocka_unit_test_setup_teardown(test_first_error_is_told, begin, end),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_long_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

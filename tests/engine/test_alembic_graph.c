/* Folders of Python revisions: which files count, what is kept of them, and graphs of Python and SQL
 * together. */
#include "base/file.h"
#include "engine/alembic/project/alembic_graph.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char root[64];

static int begin(void **state UNUSED)
{
    snprintf(root, sizeof(root), "/tmp/lockstep-test-XXXXXX");
    return mkdtemp(root) && chdir(root) == 0 ? 0 : -1;
}

static int end(void **state UNUSED)
{
    arena_release(&arena);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf %s", root);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void write_text(const char *path, const char *text)
{
    struct err err = {0};
    if (file_write(path, slice_of(text), false, &err)) {
        fail_msg("%s: %s", path, err.message);
    }
}

static void write_revision(const char *path, const char *id, const char *down)
{
    write_text(path, arena_printf(&arena, "\"\"\"doc of %s\"\"\"\nrevision = '%s'\ndown_revision = %s\n", id,
                                  id, down));
}

static struct graph *read_graph(const struct graph_source *source, struct err *err)
{
    struct graph *g = NULL;
    int rc = graph_read(&arena, source, &g, err);
    assert_true((rc == 0) == (g != NULL));
    return g;
}

static struct graph *read_folder(const char *folder, bool recursive, struct err *err)
{
    const char **folders = arena_array(&arena, 1, sizeof(*folders));
    folders[0] = folder;
    return read_graph(
        &(struct graph_source){.folders = folders, .n = 1, .recursive = recursive, .alembic = true}, err);
}

static void names(void **state UNUSED)
{
    static const char *const taken[] = {"a.py", ".py", ".hidden.py", "a.b.py", "__main__.py"};
    static const char *const passed[] = {"a.pyc",       "a.txt",        "py",    ".#a.py",
                                         "__init__.py", "__init__x.py", "a.py~", "a.PY"};
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        assert_true(alembic_is_revision_file(taken[i]));
    }
    for (size_t i = 0; i < COUNT_OF(passed); i++) {
        assert_false(alembic_is_revision_file(passed[i]));
    }
}

static void what_is_read(void **state UNUSED)
{
    struct err err = {0};
    write_text("v/1.py", "\n'''  first\n  line\n\nrest\n'''\nrevision = \"1\"\ndown_revision = "
                         "None\nbranch_labels = ('x', 'y')\n"
                         "def upgrade():\n    pass\n");
    write_text("v/2.py", "revision: str = '2'\ndown_revision = ['1']\ndepends_on = 'x'[:0] if 0 else None\n");
    assert_null(read_folder("v", false, &err)); /* what is no literal */
    assert_string_equal(err.file, "v/2.py");
    assert_int_equal(err.line, 3);
    write_text("v/2.py", "revision: str = '2'\ndown_revision = ['1']\ndef downgrade():\n    op.x()\n");
    struct graph *g = read_folder("v", false, &err);
    assert_non_null(g);
    const struct revision *one = graph_find(g, "1"), *two = graph_find(g, "2");
    assert_int_equal(one->kind, REVISION_PYTHON);
    assert_string_equal(one->message, "first line");
    assert_true(slice_eq(alembic_doc(one), "first\n  line"));
    assert_true(slice_eq(one->python->doc, "first\n  line\n\nrest"));
    assert_true(one->python->has_upgrade && one->python->upgrade_empty && !one->python->has_downgrade);
    assert_int_equal(one->labels.n, 2);
    assert_true(slice_starts(one->python->text, "\n'''"));
    assert_string_equal(two->message, "");
    assert_int_equal(two->python->doc.len, 0);
    assert_true(two->python->has_downgrade && !two->python->downgrade_empty);
    assert_ptr_equal(two->parents.items[0], one);
    write_text("v/2.py", "revision = '2'\ndown_revision = '1'\ndepends_on = ''\n"); /* as None */
    g = read_folder("v", false, &err);
    assert_non_null(g);
    assert_int_equal(graph_find(g, "2")->depends_on.n, 0);
}

static void legacy_names(void **state UNUSED)
{
    struct err err = {0};
    write_text("v/1a2b.py", "down_revision = None\n");
    assert_non_null(graph_find(read_folder("v", false, &err), "1a2b"));
    write_text("v/1a2b_x.py", "down_revision = None\n");
    assert_null(read_folder("v", false, &err));
    assert_non_null(strstr(err.message, "Could not determine revision id from filename 1a2b_x.py"));
    write_text("v/1a2b_x.py", "revision = None\ndown_revision = None\n");
    assert_null(read_folder("v", false, &err));
    write_text("v/1a2b_x.py", "revision = '2'\n");
    assert_null(read_folder("v", false, &err));
    assert_non_null(strstr(err.message, "sets no \"down_revision\""));
}

static void folders_below(void **state UNUSED)
{
    struct err err = {0};
    write_revision("v/1.py", "1", "None");
    write_revision("v/a/2.py", "2", "'1'");
    write_revision("v/a/b/3.py", "3", "'2'");
    write_revision("v/a/__pycache__/4.py", "4", "'3'");
    write_revision("elsewhere/5.py", "5", "'3'");
    assert_int_equal(symlink("../../elsewhere", "v/a/link"), 0);
    struct graph *g = read_folder("v", false, &err);
    assert_int_equal(g->all.n, 1);
    g = read_folder("v", true, &err);
    assert_int_equal(g->all.n, 3);
    assert_string_equal(graph_find(g, "3")->file, "v/a/b/3.py");

    /* One folder in another is read once. */
    const char *const folders[] = {"v/a", "v", "./v/"};
    g = read_graph(&(struct graph_source){.folders = folders, .n = 3, .recursive = true, .alembic = true},
                   &err);
    assert_non_null(g);
    assert_int_equal(g->all.n, 3);
}

static void missing_folders(void **state UNUSED)
{
    struct err err = {0};
    assert_int_equal(read_folder("nowhere", false, &err)->all.n, 0);
    const char *const folders[] = {"nowhere"};
    assert_null(read_graph(&(struct graph_source){.folders = folders, .n = 1}, &err));
    assert_string_equal(err.file, "nowhere");
}

static void large_files(void **state UNUSED)
{
    static const size_t sizes[] = {16383, 16384, 16385, ALEMBIC_TEXT_MAX, ALEMBIC_TEXT_MAX + 1, 1000000};
    struct err err = {0};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
        strbuf_adds(&text, "'''doc'''\n#");
        while (text.len < sizes[i] - 60) {
            strbuf_adds(&text, "################\n#");
        }
        strbuf_adds(&text, "\nrevision = '1'\ndown_revision = None\n");
        while (text.len < sizes[i]) {
            strbuf_addch(&text, '#');
        }
        write_text("v/1.py", strbuf_cstr(&text));
        const struct graph *g = read_folder("v", false, &err);
        if (!g) {
            fail_msg("%s", err.message);
        }
        const struct revision *r = graph_find(g, "1");
        assert_non_null(r);
        assert_string_equal(r->message, "doc");
        assert_true(slice_eq(r->python->doc, "doc"));
        assert_int_equal(r->python->text.len, sizes[i] <= ALEMBIC_TEXT_MAX ? sizes[i] : 0);
    }
}

/* Together they may not take more than so much: what is left out is read again for a body. */
static void kept_texts_are_limited(void **state UNUSED)
{
    struct err err = {0};
    atomic_size_t kept = ALEMBIC_TEXTS_MAX - 100;
    write_revision("v/1.py", "1", "None");
    for (int i = 0; i < 3; i++) {
        struct revision r = {.file = "v/1.py"};
        assert_int_equal(alembic_revision_read(&arena, AT_FDCWD, "v/1.py", &kept, &r, &err), 0);
        assert_string_equal(r.id, "1");
        assert_string_equal(r.message, "doc of 1");
        assert_int_equal(r.python->text.ptr != NULL, i == 0);
    }
}

static void python_and_sql(void **state UNUSED)
{
    struct err err = {0};
    write_revision("py/1.py", "1", "None");
    write_text("py/data.sql", "-- some rows\nINSERT INTO t VALUES (1);\n");
    write_text("py/3.sql", "-- revision: 3\n-- revises: 2\n-- upgrade\nSELECT 1;\n");
    write_text("sql/2.sql", "-- revision: 2\n-- revises: 1\n-- upgrade\nSELECT 1;\n");
    write_text("sql/plain.txt", "");
    const char *const folders[] = {"py", "sql"};
    struct graph *g = read_graph(&(struct graph_source){.folders = folders, .n = 2}, &err);
    if (!g) {
        fail_msg("%s: %s", err.file, err.message);
    }
    assert_int_equal(g->all.n, 3);
    assert_int_equal(graph_find(g, "1")->kind, REVISION_PYTHON);
    assert_int_equal(graph_find(g, "2")->kind, REVISION_SQL);
    assert_null(graph_find(g, "2")->python);
    assert_string_equal(g->heads.items[0]->id, "3");

    /* Where there are no Python files, an SQL file has to be a revision. */
    write_text("sql/data.sql", "-- some rows\nINSERT INTO t VALUES (1);\n");
    assert_null(read_graph(&(struct graph_source){.folders = folders, .n = 2}, &err));
    assert_string_equal(err.file, "sql/data.sql");
}

/* Enough for several threads; of two wrong files the first one, by name, is told. */
static void many_files(void **state UNUSED)
{
    struct err err = {0};
    assert_int_equal(file_mkdirs("v", &err), 0);
    for (int i = 0; i < 700; i++) {
        FILE *f = fopen(arena_printf(&arena, "v/%04d.py", i), "w");
        assert_non_null(f);
        fprintf(f, "\"\"\"number %d\"\"\"\nrevision = 'r%d'\ndown_revision = %s\n", i, i,
                i ? arena_printf(&arena, "'r%d'", i - 1) : "None");
        fclose(f);
    }
    const struct graph *g = read_folder("v", false, &err);
    assert_non_null(g);
    assert_int_equal(g->all.n, 700);
    assert_string_equal(graph_find(g, "r699")->message, "number 699");
    assert_string_equal(g->heads.items[0]->id, "r699");
    write_text("v/0600.py", "revision = f()\n");
    write_text("v/0300.py", "revision = f()\n");
    assert_null(read_folder("v", false, &err));
    assert_string_equal(err.file, "v/0300.py");
}

static void twice(void **state UNUSED)
{
    struct err err = {0};
    write_revision("v/a.py", "1", "None");
    write_revision("v/b.py", "1", "None");
    assert_null(read_folder("v", false, &err));
    assert_string_equal(err.file, "v/b.py");
    assert_string_equal(err.message,
                        "Revision 1 is present more than once: it is in v/a.py already (line 2)");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        TEST(what_is_read),
        TEST(legacy_names),
        TEST(folders_below),
        TEST(missing_folders),
        TEST(large_files),
        TEST(kept_texts_are_limited),
        TEST(python_and_sql),
        TEST(twice),
        TEST(many_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The parser's trees against Python's own, over the library that this machine's Python comes with. Given
 * paths, over the files below these; with --dump, the trees of these files alone. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/alembic/python/py_ast.h"
#include <unistd.h>

enum { SKIPPED = 77 };

static int tree_of(const char *path, struct strbuf *out, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct py_node *module = NULL;
    FILE *f = fopen(path, "rb");
    if (!f) {
        return err_errno(err, path, "cannot open");
    }
    char buf[65536];
    for (size_t n; (n = fread(buf, 1, sizeof(buf), f)) > 0;) {
        strbuf_add(&text, buf, n);
    }
    fclose(f);
    int rc = py_parse(&a, path, (struct slice){strbuf_cstr(&text), text.len}, &module, err);
    if (rc == 0) {
        py_dump(out, module);
    }
    return rc;
}

static void show_difference(const char *path, const char *expected, const char *got)
{
    size_t at = 0;
    while (expected[at] && expected[at] == got[at]) {
        at++;
    }
    size_t from = at > 120 ? at - 120 : 0;
    printf("%s: at %zu\n  expected %.200s\n  got      %.200s\n", path, at, expected + from, got + from);
}

/* A line of python_dump.py: is our tree the same? */
static bool is_same(char *line)
{
    char *tab = strchr(line, '\t');
    if (!tab) {
        return false;
    }
    *tab = '\0';
    AUTO(strbuf_release) struct strbuf tree = STRBUF_INIT;
    struct err err = {0};
    char message[4096];
    if (tree_of(line, &tree, &err)) {
        bool refused = err.status == ERR_REFUSED; /* says what it does not take */
        printf("%s%s\n%s\n", refused ? "refused: " : "", err_format(&err, message, sizeof(message)),
               err.excerpt);
        return refused;
    }
    if (strcmp(strbuf_cstr(&tree), tab + 1) != 0) {
        show_difference(line, tab + 1, strbuf_cstr(&tree));
        return false;
    }
    return true;
}

static int compare(const char *command)
{
    FILE *python = popen(command, "r");
    if (!python) {
        return SKIPPED;
    }
    char *line = NULL;
    size_t size = 0, nsame = 0, nfiles = 0;
    for (ssize_t n; (n = getline(&line, &size, python)) > 0;) {
        line[n - 1] = '\0';
        nfiles++;
        nsame += is_same(line);
    }
    free(line);
    pclose(python);
    printf("%zu of %zu trees are the same\n", nsame, nfiles);
    return nfiles == 0 ? SKIPPED : nsame == nfiles ? 0 : 1;
}

static int dump_all(int n, char **paths)
{
    int rc = 0;
    for (int i = 0; i < n; i++) {
        AUTO(strbuf_release) struct strbuf tree = STRBUF_INIT;
        struct err err = {0};
        char message[4096];
        bool ok = tree_of(paths[i], &tree, &err) == 0;
        rc = ok ? rc : 1;
        printf("%s\n", ok ? strbuf_cstr(&tree) : err_format(&err, message, sizeof(message)));
        if (!ok) {
            printf("%s\n%s\n", err.excerpt, err.hint);
        }
    }
    return rc;
}

int main(int argc, char **argv)
{
    static const char script[] = "tests/engine/python_dump.py";
    if (argc > 1 && strcmp(argv[1], "--dump") == 0) {
        return dump_all(argc - 2, argv + 2);
    }
    AUTO(strbuf_release) struct strbuf command = STRBUF_INIT;
    if (argc > 1) {
        strbuf_addf(&command, "python3 %s 3600", script);
        for (int i = 1; i < argc; i++) {
            strbuf_addf(&command, " '%s'", argv[i]);
        }
    } else {
        strbuf_addf(&command, "python3 %s 5 /usr/lib/python3/dist-packages /usr/lib/python3.* 2>/dev/null",
                    script);
    }
    return compare(strbuf_cstr(&command));
}

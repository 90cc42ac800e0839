/* Python files of any bytes: tokens lie within the source, files are parsed or refused with a place, trees
 * are no higher than promised and can be walked, and identifiers are read alike with and without a tree. */
#include "base/arena.h"
#include "engine/alembic/python/py_identifiers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void check_error(int rc, const struct err *err)
{
    check(rc == ERR_FILE || rc == ERR_REFUSED);
    check(err->status == rc && err->message[0] && err->line > 0 && err->column > 0);
}

static void check_tokens(struct arena *a, struct slice text)
{
    struct slice source;
    struct err err = {0};
    int rc = py_source_read(a, "f.py", text, &source, &err);
    if (rc) {
        check_error(rc, &err);
        return;
    }
    struct py_lexer x;
    struct py_token t;
    py_lexer_init(&x, "f.py", source, &err);
    do {
        py_lex(&x, &t);
        check(t.start >= source.ptr && t.start <= t.end && t.end <= source.ptr + source.len);
        if (t.kind == PY_T_FSTRING && !py_lex_skip_fstring(&x, &t)) {
            return;
        }
    } while (t.kind != PY_T_END && t.kind != PY_T_ERROR);
    check(t.kind == PY_T_END || err.status == ERR_FILE);
}

static void check_tree(struct arena *a, struct slice text)
{
    struct py_node *module = NULL;
    struct err err = {0};
    int rc = py_parse(a, "f.py", text, &module, &err);
    if (rc) {
        check_error(rc, &err);
        check(!module);
        return;
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    check(module->height <= PY_HEIGHT_MAX + 1);
    py_dump(&out, module);
}

static bool same_text(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool same_list(const strings_t *one, const strings_t *other)
{
    for (size_t i = 0; i < one->n && i < other->n; i++) {
        if (!same_text(one->items[i], other->items[i])) {
            return false;
        }
    }
    return one->n == other->n;
}

static bool same(const struct py_identifiers *one, const struct py_identifiers *two)
{
    return one->has_revision == two->has_revision && one->has_down_revision == two->has_down_revision &&
           same_text(one->revision, two->revision) && same_list(&one->down_revision, &two->down_revision) &&
           same_list(&one->branch_labels, &two->branch_labels) &&
           same_list(&one->depends_on, &two->depends_on) && one->doc.len == two->doc.len &&
           (one->doc.len == 0 || memcmp(one->doc.ptr, two->doc.ptr, one->doc.len) == 0) &&
           one->has_upgrade == two->has_upgrade && one->has_downgrade == two->has_downgrade &&
           one->upgrade_empty == two->upgrade_empty && one->downgrade_empty == two->downgrade_empty &&
           one->line_revision == two->line_revision && one->line_down_revision == two->line_down_revision &&
           one->line_branch_labels == two->line_branch_labels && one->line_depends_on == two->line_depends_on;
}

/* The scan does not see every error; where the tree is right they agree. */
static void check_identifiers(struct arena *a, struct slice text)
{
    struct py_identifiers scanned = {0}, parsed = {0};
    struct err err = {0};
    int rc = py_identifiers(a, "f.py", text, &scanned, &err);
    if (rc) {
        check_error(rc, &err);
    }
    int rc_tree = py_identifiers_tree(a, "f.py", text, &parsed, &err);
    check(rc_tree != 0 || (rc == 0 && same(&scanned, &parsed)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char *copy = xmalloc(size); /* of the exact size, so that reading past it shows */
    memcpy(copy, data, size);
    struct slice text = {copy, size};
    check_tokens(&a, text);
    check_tree(&a, text);
    check_identifiers(&a, text);
    free(copy);
    return 0;
}

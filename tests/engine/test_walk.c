/* Walks: Alembic's answers for a table of graphs, positions and destinations (data/walks.txt), then what is
 * said when there is no answer, and what Alembic has no words for. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/revision/walk.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static strings_t split(struct arena *a, const char *text)
{
    strings_t out = {0};
    struct slice rest = slice_of(strcmp(text, "-") == 0 ? "" : text), part;
    while (rest.len && slice_cut(&rest, ',', &part)) {
        *(const char **)vec_push(a, &out) = slice_dup(a, part);
    }
    return out;
}

static struct revision *add(struct graph *g, const char *id, const char *revises, const char *depends_on,
                            const char *labels)
{
    struct err err = {0};
    struct revision *r = graph_add(g, arena_dup(g->arena, id), id, &err);
    if (!r) {
        fail_msg("%s", err.message);
    }
    r->revises = split(g->arena, revises);
    r->depends_on = split(g->arena, depends_on);
    r->labels = split(g->arena, labels);
    return r;
}

static void finish(struct graph *g)
{
    struct err err = {0};
    if (graph_finish(g, &err)) {
        fail_msg("%s", err.message);
    }
}

static struct position position(struct arena *a, const char *ids)
{
    return (struct position){split(a, ids)};
}

static const char *joined(struct arena *a, const strings_t *list, const char *between)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    const char **s;
    vec_each (s, list) {
        strbuf_addf(&b, "%s%s", b.len ? between : "", *s);
    }
    return b.len ? arena_dup(a, b.ptr) : "-";
}

static const char *ids_of(struct arena *a, const revisions_t *list)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    struct revision *const *r;
    vec_each (r, list) {
        strbuf_addf(&b, "%s%s", b.len ? " " : "", (*r)->id);
    }
    return b.len ? arena_dup(a, b.ptr) : "nothing";
}

/* Check each operation against the table it is made for, and show the step as data/walks.txt does. */
static void show_step(struct arena *a, const struct walk_step *step, struct position *table,
                      struct strbuf *out)
{
    static const char letters[] = {'I', 'D', 'U'};
    size_t n[3] = {0};
    const struct version_op *op;
    vec_each (op, &step->version_ops) {
        const char *before = arena_printf(a, ",%s,", joined(a, &table->ids, ","));
        n[op->kind]++;
        assert_true((op->kind == VERSION_INSERT) == (op->from == NULL));
        assert_true((op->kind == VERSION_DELETE) == (op->to == NULL));
        assert_true(!op->from || strstr(before, arena_printf(a, ",%s,", op->from)));
        assert_true(!op->to || !strstr(before, arena_printf(a, ",%s,", op->to)));
        walk_t one = {0};
        *(struct walk_step *)vec_push(a, &one) =
            (struct walk_step){.version_ops = {(struct version_op *)op, 1, 1}};
        struct position next;
        position_after(a, table, &one, &next);
        *table = next;
    }
    strbuf_addf(out, "%s%s/", out->len ? " " : "", step->revision->id);
    for (size_t i = 0; i < 3; i++) {
        size_t kind = i == 0 ? VERSION_DELETE : i == 1 ? VERSION_INSERT : VERSION_UPDATE;
        for (size_t k = 0; k < n[kind]; k++) {
            strbuf_addch(out, letters[kind]);
        }
    }
    strbuf_addf(out, "/%s", joined(a, &table->ids, ","));
}

static const char *answer(struct arena *a, const struct graph *g, const char *kind, const struct position *at,
                          const char *destination, struct err *err)
{
    walk_t walk = {0};
    revisions_t list;
    version_ops_t ops;
    struct position after = *at, whole;
    const struct walk_step *step;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    if (strcmp(kind, "stamp") == 0) {
        return walk_stamp(a, g, at, destination, &ops, &after, err) ? "error" : joined(a, &after.ids, ",");
    }
    if (strcmp(kind, "range") == 0) {
        return graph_range(a, g, NULL, destination, &list, err) ? "error" : ids_of(a, &list);
    }
    int rc = strcmp(kind, "up") == 0 ? walk_upgrade(a, g, at, destination, &walk, err)
                                     : walk_downgrade(a, g, at, destination, &walk, err);
    if (rc) {
        return "error";
    }
    vec_each (step, &walk) {
        show_step(a, step, &after, &b);
    }
    position_after(a, at, &walk, &whole);
    assert_string_equal(joined(a, &whole.ids, ","), joined(a, &after.ids, ","));
    return b.len ? arena_dup(a, b.ptr) : "nothing";
}

/* Where Lockstep means to answer otherwise than Alembic does. */
static bool differs_by_intent(struct arena *a, const struct graph *g, const char *kind,
                              const char *destination, const char *expected, const char *got,
                              const struct err *err)
{
    if (strcmp(expected, "nothing") == 0 && strstr(err->message, "is behind the position")) {
        return true; /* going back is said, not passed over */
    }
    if (strcmp(kind, "down") == 0 && strstr(err->message, "is not on the branch")) {
        return true; /* a label that does not fit is refused, not ignored */
    }
    if (strcmp(kind, "range") == 0 && destination[0] == '-') {
        return true; /* counted from the range's other end, also when that is no head */
    }
    if (strcmp(kind, "down") == 0 && strstr(destination, "@-") && strcmp(expected, "error") == 0) {
        return true; /* only the line that was walked is meant, so that no other branch is in the way */
    }
    /* Alembic loses the row of a branch that is at its head already when others move. */
    AUTO(strbuf_release) struct strbuf heads = STRBUF_INIT;
    struct revision *const *r;
    vec_each (r, &g->real_heads) {
        strbuf_addf(&heads, "%s%s", heads.len ? "," : "", (*r)->id);
    }
    (void)a;
    return strcmp(kind, "stamp") == 0 && strcmp(destination, "heads") == 0 && strcmp(got, heads.ptr) == 0;
}

static bool agrees(const char *expected, const char *got, const struct err *err)
{
    if (strcmp(expected, "crash") == 0) {
        return true;
    }
    if (strcmp(expected, "warned") == 0) {
        return err->status == ERR_USAGE && strstr(err->message, "ambiguous");
    }
    struct slice rest = slice_of(expected), part;
    while (slice_cut(&rest, '|', &part)) {
        if (slice_eq(slice_trim(part), got)) {
            return true;
        }
    }
    return false;
}

static const char *field(struct arena *a, struct slice *line, char end)
{
    struct slice part;
    assert_true(slice_cut(line, end, &part));
    return slice_dup(a, slice_trim(part));
}

static const char *value_of(const char *pair)
{
    const char *equals = strchr(pair, '=');
    assert_non_null(equals);
    return equals + 1;
}

struct table {
    struct arena arena;
    struct graph *graph;
    strings_t seen; /* per revision, in order of addition: id, labels */
    bool finished;
    int cases, answers, intended, wrong;
};

static void check_labels(struct table *t)
{
    for (size_t i = 0; i + 1 < t->seen.n; i += 2) {
        const struct revision *r = graph_find(t->graph, t->seen.items[i]);
        assert_string_equal(joined(&t->arena, &r->branch_labels, ","), t->seen.items[i + 1]);
    }
}

static void one_case(struct table *t, const char *kind, struct slice rest)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    if (!t->finished) {
        finish(t->graph);
        check_labels(t);
        t->finished = true;
    }
    const char *at = field(&a, &rest, ' '), *destination = field(&a, &rest, ' ');
    assert_string_equal(field(&a, &rest, ' '), "=");
    const char *expected = slice_dup(&a, slice_trim(rest));
    struct position p = position(&a, at);
    const char *got = answer(&a, t->graph, kind, &p, destination, &err);
    t->cases++;
    t->answers += strchr(got, '/') != NULL;
    if (agrees(expected, got, &err)) {
        return;
    }
    t->intended++;
    if (!differs_by_intent(&a, t->graph, kind, destination, expected, got, &err)) {
        t->wrong++;
        print_message("%s %s %s: expected %s, got %s %s\n", kind, at, destination, expected, got,
                      err.message);
    }
}

static void test_answers_of_alembic(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct table t = {0};
    struct slice text, line;
    struct err err = {0};
    const char *path = getenv("WALKS");
    assert_int_equal(file_read(&a, path ? path : "tests/engine/data/walks.txt", 0, &text, &err), 0);
    while (slice_cut(&text, '\n', &line)) {
        if (!line.len || line.ptr[0] == '#') {
            continue;
        }
        const char *word = field(&a, &line, ' ');
        if (strcmp(word, "graph") == 0) {
            arena_release(&t.arena);
            t.graph = graph_new(&t.arena);
            t.seen = (strings_t){0};
            t.finished = false;
        } else if (strcmp(word, "rev") == 0) {
            const char *id = field(&t.arena, &line, ' '), *revises = field(&a, &line, ' ');
            const char *depends_on = field(&a, &line, ' '), *labels = field(&a, &line, ' ');
            add(t.graph, id, value_of(revises), value_of(depends_on), value_of(labels));
            *(const char **)vec_push(&t.arena, &t.seen) = id;
            *(const char **)vec_push(&t.arena, &t.seen) =
                arena_dup(&t.arena, value_of(field(&a, &line, ' ')));
        } else {
            one_case(&t, word, line);
        }
    }
    arena_release(&t.arena);
    assert_int_equal(t.wrong, 0);
    assert_true(t.cases > 1000);
    assert_true(t.answers > 300);
    assert_true(t.intended < t.cases / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_of_alembic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

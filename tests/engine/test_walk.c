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

/* aaaa - bbbb - cccc (left)  - eeee
 *             + dddd (right) /         1234 (other) depends on bbbb */
static struct graph *sample(struct arena *a)
{
    struct graph *g = graph_new(a);
    add(g, "aaaa", "-", "-", "-");
    add(g, "bbbb", "aaaa", "-", "-");
    add(g, "cccc", "bbbb", "-", "left");
    add(g, "dddd", "bbbb", "-", "right");
    add(g, "eeee", "cccc,dddd", "-", "-");
    add(g, "1234", "-", "bbbb", "other");
    finish(g);
    return g;
}

static void refused(const char *kind, const char *at, const char *destination, int status,
                    const char *message, const char *hint)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = sample(&a);
    struct position p = position(&a, at);
    struct err err = {0};
    assert_string_equal(answer(&a, g, kind, &p, destination, &err), "error");
    assert_int_equal(err.status, status);
    assert_string_equal(err.message, message);
    assert_non_null(strstr(err.hint, hint));
}

static void test_errors(void **state)
{
    (void)state;
    static const char heads[] =
        "Multiple head revisions are present for given argument 'head'; please specify "
        "a specific target revision, '<branchname>@head' to narrow to a specific head, or "
        "'heads' for all heads";
    refused("up", "-", "head", ERR_USAGE, heads, "The heads are 1234, eeee.");
    refused("stamp", "-", "head", ERR_USAGE, heads, "");
    refused("up", "-", "ccd", ERR_USAGE, "Can't locate revision identified by 'ccd'", "Did you mean cccc?");
    refused("up", "-", "zz@head", ERR_USAGE, "No such branch: Can't locate revision identified by 'zz'", "");
    refused("up", "-", "left@dddd", ERR_USAGE, "revision dddd is not on the branch \"left\"", "");
    refused("up", "-", "+1", ERR_USAGE, "Ambiguous walk: +1 leads from the base to 2 revisions: 1234, aaaa",
            "");
    refused("up", "bbbb", "+1", ERR_USAGE, "Ambiguous walk: +1 leads from bbbb to 2 revisions: cccc, dddd",
            "LABEL@+1");
    refused("up", "cccc", "+7", ERR_USAGE,
            "Relative revision +7 didn't produce 7 migrations: there is nothing after it", "\"heads\"");
    refused("up", "cccc,dddd", "+1", ERR_USAGE, "+1 is ambiguous from several current revisions: cccc, dddd",
            "LABEL@+1");
    refused("up", "cccc", "-1", ERR_USAGE,
            "Relative revision -1 didn't produce 1 migrations: an upgrade leads forwards", "downgrade -1");
    refused("up", "eeee", "bbbb", ERR_USAGE, "destination \"bbbb\" is behind the position (eeee)",
            "downgrade");
    refused("up", "eeee", "base", ERR_USAGE, "destination \"base\" is behind the position (eeee)",
            "downgrade");
    refused("up", "-", "+0", ERR_USAGE, "\"+0\" does not move: the number of steps is 0", "");
    refused("up", "-", "left@", ERR_USAGE, "\"left@\" has nothing after \"@\"", "LABEL@head");
    refused("up", "-", " ", ERR_USAGE, "a revision is missing: the identifier is empty", "");
    refused("up", "-", "+99999999999999999999", ERR_USAGE,
            "\"+99999999999999999999\" walks more than 1000000 revisions", "");
    refused("down", "cccc", "dddd", ERR_USAGE,
            "Destination dddd is not a valid downgrade target from current head(s) (cccc)", "use upgrade");
    refused("down", "bbbb", "-3", ERR_USAGE,
            "Relative revision -3 didn't produce 3 migrations: there is nothing before it", "\"base\"");
    refused("down", "-", "-1", ERR_USAGE,
            "Relative revision -1 didn't produce 1 migrations: there is nothing before it", "");
    refused("down", "eeee", "-1", ERR_USAGE, "Ambiguous walk: -1 leads from eeee to 2 revisions: cccc, dddd",
            "");
    refused("down", "eeee,1234", "-1", ERR_USAGE,
            "-1 is ambiguous from several current revisions: eeee, 1234", "ID@-1");
    refused("down", "bbbb", "+1", ERR_USAGE,
            "Relative revision +1 didn't produce 1 migrations: a downgrade leads back", "upgrade +1");
    refused("stamp", "bbbb", "cccc-1", ERR_USAGE, "stamp does not take the relative revision \"cccc-1\"", "");
    refused("range", "-", "aaaa", ERR_USAGE,
            "History range requires [start]:[end], [start]:, or :[end], and \"aaaa\" is none", "FROM:TO");
    refused("range", "-", "cccc:aaaa", ERR_USAGE,
            "Requested range cccc:aaaa does not refer to ancestor/descendant revisions along the same "
            "branch: cccc is "
            "not before its upper end",
            "");
    refused("range", "-", "current:", ERR_USAGE,
            "\"current\" is relative to a database's position, and there is none here", "");
}

static void test_positions_that_do_not_fit(void **state)
{
    (void)state;
    static const char ahead[] = "ahead of this checkout, or belongs to another project";
    static const char *const kinds[] = {"up", "down"};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        refused(kinds[i], "ffff", "bbbb", ERR_REFUSED,
                "the database is at revision ffff, which is not in this checkout", ahead);
        refused(kinds[i], "ffff,left", "bbbb", ERR_REFUSED,
                "the database is at revisions ffff, left, which are not in this checkout", ahead);
        refused(kinds[i], "aaaa,cccc", "bbbb", ERR_REFUSED,
                "the version table names revision aaaa beside cccc, which follows it",
                "remove the row of aaaa");
        refused(kinds[i], "bbbb,1234", "bbbb", ERR_REFUSED,
                "the version table names revision bbbb beside 1234, which follows it", "");
        refused(kinds[i], "cccc,cccc", "bbbb", ERR_REFUSED, "the version table names revision cccc twice",
                "");
    }
}

static void answers(const char *kind, const char *at, const char *destination, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = sample(&a);
    struct position p = position(&a, at);
    struct err err = {0};
    const char *got = answer(&a, g, kind, &p, destination, &err);
    if (strcmp(got, expected) != 0) {
        fail_msg("%s %s %s: expected %s, got %s %s", kind, at, destination, expected, got, err.message);
    }
}

static void test_beyond_alembic(void **state)
{
    (void)state;
    answers("up", "-", "cccc, other@head", "aaaa/I/aaaa bbbb/U/bbbb cccc/U/cccc 1234/I/1234,cccc");
    answers("up", "bbbb", "left@head right@+1", "dddd/U/dddd cccc/I/cccc,dddd eeee/DU/eeee");
    answers("up", "eeee", "eeee", "nothing");
    answers("up", "1234", "bbbb", "nothing");
    answers("up", "1234,eeee", "heads", "nothing");
    answers("stamp", "cccc", "current", "cccc");
    answers("stamp", "1234,cccc", "left@base", "1234");
    answers("stamp", "aaaa,cccc", "cccc", "cccc"); /* puts a table right that has a row too many */
    answers("range", "-", "-1:cccc", "cccc bbbb");
    answers("range", "-", ":aaaa+1", "bbbb aaaa");
    answers("range", "-", "left@base:heads", "eeee cccc dddd bbbb aaaa");
}

static void test_step_names(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = sample(&a);
    struct err err = {0};
    walk_t walk;
    struct position at = position(&a, "cccc,dddd"), merged = position(&a, "eeee");
    assert_int_equal(walk_upgrade(&a, g, &at, "eeee", &walk, &err), 0);
    assert_int_equal(walk.n, 1);
    assert_string_equal(joined(&a, &walk.items[0].before, ", "), "cccc, dddd");
    assert_string_equal(joined(&a, &walk.items[0].after, ", "), "eeee");
    assert_int_equal(walk.items[0].direction, DIRECTION_UPGRADE);
    assert_int_equal(walk_downgrade(&a, g, &merged, "base", &walk, &err), 0);
    assert_string_equal(joined(&a, &walk.items[0].before, ", "), "eeee");
    assert_string_equal(joined(&a, &walk.items[0].after, ", "), "cccc, dddd");
    assert_int_equal(walk.items[walk.n - 1].after.n, 0);
    assert_string_equal(direction_name(walk.items[0].direction), "downgrade");
    walk = (walk_t){0};
    assert_int_equal(walk_upgrade(&a, g, &at, "nothing", &walk, &err), ERR_USAGE);
    assert_null(walk.items); /* results are written only on success */
}

static void test_upgrade_within(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = sample(&a);
    struct err err = {0};
    static const char *const allowed[] = {"eeee", "cccc", "1234", "aaaa", "bbbb"}; /* eeee misses dddd */
    revisions_t may = {0}, reached;
    walk_t walk;
    struct position at = position(&a, "aaaa"), after;
    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        *(struct revision **)vec_push(&a, &may) = graph_find(g, allowed[i]);
    }
    assert_int_equal(walk_upgrade_within(&a, g, &at, &may, &walk, &err), 0);
    assert_int_equal(walk.n, 3);
    assert_string_equal(walk.items[0].revision->id, "bbbb");
    position_after(&a, &at, &walk, &after);
    assert_string_equal(joined(&a, &after.ids, ","), "1234,cccc");
    position_revisions(&a, g, &after, &reached);
    assert_string_equal(ids_of(&a, &reached), "aaaa bbbb cccc 1234");
    may.n = 0;
    assert_int_equal(walk_upgrade_within(&a, g, &at, &may, &walk, &err), 0);
    assert_int_equal(walk.n, 0);
}

static void resolves(const char *at, const char *text, const char *expected)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct graph *g = sample(&a);
    struct position p = position(&a, at);
    struct err err = {0};
    revisions_t found;
    int rc = graph_resolve(&a, g, strcmp(at, "?") == 0 ? NULL : &p, text, &found, &err);
    assert_string_equal(rc ? "error" : ids_of(&a, &found), expected);
    assert_true(rc == 0 || err.message[0]);
}

static void test_resolve(void **state)
{
    (void)state;
    resolves("?", "heads", "1234 eeee");
    resolves("?", "head", "error");
    resolves("?", "left@head", "eeee");
    resolves("?", "cccc@head", "eeee");
    resolves("?", "base", "nothing");
    resolves("?", "left", "cccc");
    resolves("?", "left@b", "bbbb");
    resolves("?", "1", "1234");
    resolves("?", "aaaa+1", "bbbb");
    resolves("?", "left@bbbb+1", "cccc");
    resolves("?", "left@head-1", "error");
    resolves("?", "cccc-2", "aaaa");
    resolves("?", "cccc-3", "nothing");
    resolves("?", "cccc-4", "error");
    resolves("?", "current", "error");
    resolves("?", "+1", "error");
    resolves("cccc,1234", "current", "cccc 1234");
    resolves("cccc", "+1", "eeee");
    resolves("cccc", "-1", "bbbb");
    resolves("cccc,1234", "left@-1", "bbbb");
    resolves("zzzz", "current", "error");
    resolves("zzzz", "-1", "error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_of_alembic),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_positions_that_do_not_fit),
        cmocka_unit_test(test_beyond_alembic),
        cmocka_unit_test(test_step_names),
        cmocka_unit_test(test_upgrade_within),
        cmocka_unit_test(test_resolve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

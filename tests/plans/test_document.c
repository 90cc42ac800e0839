/* Plan documents: writing, reading, and what happens to one that was changed in between. */
#include "base/file.h"
#include "tests/plans/sample_plan.h"
#include <sys/stat.h>
#include <unistd.h>

static void write_ok(const struct plan *p, struct strbuf *out)
{
    struct err err = {0};
    if (plan_write(p, out, &err) != 0) {
        fail_msg("plan_write: %s", err.message);
    }
}

static struct plan *parse_ok(struct arena *a, const struct strbuf *text)
{
    struct err err = {0};
    struct plan *p = NULL;
    if (plan_parse(a, "plan.yaml", (struct slice){text->ptr, text->len}, &p, &err) != 0) {
        fail_msg("line %d: %s\n%s\n%s", err.line, err.message, err.excerpt, text->ptr);
    }
    return p;
}

static void assert_round_trip(struct arena *a, struct plan *p)
{
    if (p->waves.n == 0) {
        plan_one_wave(a, p);
    }
    AUTO(strbuf_release)
    struct strbuf text = STRBUF_INIT, again = STRBUF_INIT, one = STRBUF_INIT, two = STRBUF_INIT;
    write_ok(p, &text);
    struct plan *read = parse_ok(a, &text);
    char hex[DIGEST_HEX + 1];
    plan_digest(p, hex);
    assert_string_equal(read->digest, hex);
    describe_plan(&one, p);
    describe_plan(&two, read);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.ptr, two.ptr, one.len);
    assert_int_equal(read->created_us, p->created_us);
    write_ok(read, &again);
    assert_string_equal(text.ptr, again.ptr);
}

static void every_field_comes_back(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct plan *p = sample_plan(&a);
    assert_round_trip(&a, p);
    write_ok(p, &text);
    struct plan *read = parse_ok(&a, &text);
    struct plan_step *step = &read->tracks.items[0].steps.items[0];
    assert_string_equal(step->source, "revisions/one.sql");
    assert_int_equal(step->statements.items[1].line, 2);
    assert_int_equal(read->targets.items[0].lock_timeout_ms, 5000);
    assert_int_equal(read->targets.items[0].statement_timeout_ms, -1);
}

static void a_person_can_read_it(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct plan *p = sample_plan(&a);
    write_ok(p, &text);
    char hex[DIGEST_HEX + 1];
    plan_digest(p, hex);
    const char *expected =
        arena_printf(&a,
                     "\nformat: 1\nplan: production-%.12s\ndigest: \"%s\"\nproject: shop\n"
                     "environment: production\npromotes_from: staging\nauthor: ana@laptop\n"
                     "created: ",
                     hex, hex);
    assert_true(text.ptr[0] == '#');
    assert_non_null(strstr(text.ptr, expected));
    assert_non_null(strstr(text.ptr, "2026-11-21T09:13:00Z"));
    assert_non_null(strstr(text.ptr, "          - line: 1\n"
                                     "            sql: |-\n"
                                     "              SELECT phone_number\n"
                                     "              FROM users\n"
                                     "              WHERE false\n"));
    assert_non_null(strstr(text.ptr, "direction: upgrade\n"));
}

static const char *const nasty[] = {
    "",
    " ",
    "\n",
    "\n\n  \n",
    "x",
    " leading",
    "trailing ",
    "no line end\nat the end",
    "one line end\n",
    "three line ends\n\n\n",
    "\n\nbegins empty",
    "  indented first\nthen not",
    "\tindented by a tab\n",
    "blanks at a line's end   \nnext",
    "1\tone\\tx\\n\n2\t\\N\n\\.\n",
    "crlf\r\nlines\r\n",
    "lone\rreturn",
    "null",
    "~",
    "true",
    "0x1F",
    "1e5",
    "12:30:00",
    "2026-11-21",
    "- not a list",
    "key: value",
    "# not a comment",
    "a # b",
    "'single' \"double\"",
    "[not, a, list]",
    "{not: map}",
    "&anchor *alias !tag",
    "%directive",
    "---\n...\n",
    "@at `tick`",
    "$$\nBEGIN\n    RAISE NOTICE 'x: %', 1; -- : {}\nEND\n$$ LANGUAGE plpgsql",
    "\xc3\xa4\xc3\xb6\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80\nna\xc3\xafve",
    "bom \xef\xbb\xbf inside",
    "\xe2\x80\xa8line separator\xe2\x80\xa9",
    "nel \xc2\x85 nbsp \xc2\xa0",
    "\x01\x02\x1b[31m\x7f",
    "back\\slash \\n \\x41 \\u0041",
    "a\n\tb\n \tc\n",
    "'",
    "\"",
    "|",
    ">-",
    "x:",
    "?",
    "-",
    ".",
    "..",
    "=",
    "<<",
};

static void nasty_texts_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        AUTO(arena_release) struct arena a = ARENA_INIT;
        struct plan *p = sample_plan(&a);
        struct plan_step *s = &p->tracks.items[0].steps.items[0];
        const char *t = nasty[i];
        s->message = t;
        s->checksum = t;
        s->source = t;
        s->before.items[0] = t;
        s->version_ops.items[0].from = t;
        s->statements.items[0].text = slice_of(t);
        s->statements.items[0].copy = slice_of(t);
        s->verify.items[0].text = slice_of(t);
        s->undo.items[1].copy = slice_of(t);
        p->author = t;
        p->promotes_from = t;
        p->targets.items[0].address = t;
        p->tracks.items[0].held_back.items[0] = t;
        if (t[0]) {
            p->environment = t;
            p->targets.items[1].name = t;
            s->revision = t;
        }
        assert_round_trip(&a, p);
    }
}

static void empty_lists_come_back(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_empty(&a, "dev");
    assert_round_trip(&a, p);
    struct plan_track *t = sample_track(&a, p, "sqlite", NULL, "aa");
    sample_step(&a, t, "aa", NULL, "nothing in it");
    sample_target(&a, p, "one", 0);
    plan_one_wave(&a, p);
    assert_round_trip(&a, p);
}

static void assert_refused(const char *text, size_t len, int status, const char *part)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct err err = {0};
    struct plan *p = NULL;
    int rc = plan_parse(&a, "plan.yaml", (struct slice){text, len}, &p, &err);
    if (rc != status || !strstr(err.message, part) || p) {
        fail_msg("status %d, message \"%s\"; expected %d, \"%s\"", rc, err.message, status, part);
    }
    assert_int_equal(err.status, status);
    assert_string_equal(err.file, "plan.yaml");
}

/* The sample's document with `from` replaced by `to`. */
static void assert_edit(const char *from, const char *to, int status, const char *part)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, edited = STRBUF_INIT;
    write_ok(sample_plan(&a), &text);
    const char *at = strstr(text.ptr, from);
    if (!at) {
        fail_msg("\"%s\" is not in the document:\n%s", from, text.ptr);
        return;
    }
    strbuf_add(&edited, text.ptr, (size_t)(at - text.ptr));
    strbuf_adds(&edited, to);
    strbuf_adds(&edited, at + strlen(from));
    assert_refused(edited.ptr, edited.len, status, part);
}

static void changed_plans_are_refused(void **state)
{
    (void)state;
    static const char changed[] = "was changed after it was made";
    assert_edit("varchar(20)", "varchar(21)", ERR_REFUSED, changed);
    assert_edit("author: ana", "author: eva", ERR_REFUSED, changed);
    assert_edit("track: 2\n", "track: 1\n", ERR_FILE, "1 is out of range");
    assert_edit("    track: 1\n", "    track: 2\n", ERR_REFUSED, changed);
    assert_edit("transaction: false", "transaction: true", ERR_REFUSED, changed);
    assert_edit("max_failures_percent: true\n", "", ERR_REFUSED, changed);
    assert_edit("    lock_timeout_ms: 5000\n", "", ERR_REFUSED, changed);
    assert_edit("plan: production-", "plan: productiom-", ERR_REFUSED, "the plan's id was changed");
    assert_edit("environment: production", "environment: staging", ERR_REFUSED, changed);
}

static void wrong_documents_name_the_place(void **state)
{
    (void)state;
    assert_refused("", 0, ERR_FILE, "is empty");
    assert_refused("[]", 2, ERR_FILE, "must be a mapping");
    assert_refused("a: 1\n", 5, ERR_FILE, "is not a plan");
    assert_refused("format: 2\n", 10, ERR_FILE, "format 2");
    assert_refused("format: 1\n", 10, ERR_FILE, "is missing");
    assert_edit("author:", "autor:", ERR_FILE, "autor");
    assert_edit("dialect:", "dialekt:", ERR_FILE, "dialekt");
    assert_edit("author: ana@laptop\n", "", ERR_FILE, "\"author\" is missing");
    assert_edit("checksum: d2a1c0de\n        ", "", ERR_FILE, "\"checksum\" is missing");
    assert_edit("environment: production", "environment: \"\"", ERR_FILE, "must not be empty");
    assert_edit("name: orders-us", "name: orders-eu", ERR_FILE, "twice");
    assert_edit("created: 2026-11-21T09:13:00Z", "created: 2026-02-31T09:13:00Z", ERR_FILE, "a time in UTC");
    assert_edit("created: 2026-11-21T09:13:00Z", "created: 2026-11-21 09:13:00Z", ERR_FILE, "a time in UTC");
    assert_edit("resume_from: 1", "resume_from: 3", ERR_FILE, "only 2 statements");
    assert_edit("direction: upgrade", "direction: sideways", ERR_FILE, "sideways");
    assert_edit("reversible: true", "reversible: maybe", ERR_FILE, "maybe");
    assert_edit("op: update", "op: insert", ERR_FILE, "no \"from\"");
    assert_edit("op: update", "op: delete", ERR_FILE, "no \"to\"");
    assert_edit("max_failures: 2", "max_failures: -2", ERR_FILE, "-2");
    assert_edit("digest: ", "digest: 0", ERR_FILE, "hexadecimal");
    assert_edit("steps: []", "steps: {}", ERR_FILE, "must be a list");
    assert_edit("message: \"\"", "message: []", ERR_FILE, "a list");
    assert_edit("project: shop", "project: shop\nproject: shop", ERR_FILE, "duplicate");
}

/* One byte at a time over the whole document: nothing that matters can change unseen. */
static void every_changed_byte_is_seen(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT, original = STRBUF_INIT;
    struct plan *p = sample_plan(&a);
    write_ok(p, &text);
    describe_plan(&original, p);
    static const char replacements[] = {' ', '\n', '"', '#', '0'};
    static const int bits[] = {0, 4, 5};
    size_t accepted = 0, refused = 0;
    for (size_t i = 0; i < text.len; i++) {
        char before = text.ptr[i];
        for (size_t k = 0; k < COUNT_OF(replacements) + COUNT_OF(bits); k++) {
            char c = (char)(before ^ (1 << bits[k % COUNT_OF(bits)]));
            if (k >= COUNT_OF(bits)) {
                c = replacements[k - COUNT_OF(bits)];
            }
            if (c == before) {
                continue;
            }
            text.ptr[i] = c;
            AUTO(arena_release) struct arena mine = ARENA_INIT;
            struct plan *changed = NULL;
            struct err err = {0};
            int rc = plan_parse(&mine, "plan.yaml", (struct slice){text.ptr, text.len}, &changed, &err);
            if (rc) {
                refused++;
                assert_true(rc == ERR_REFUSED || rc == ERR_FILE);
                assert_null(changed);
                continue;
            }
            accepted++;
            AUTO(strbuf_release) struct strbuf now = STRBUF_INIT;
            describe_plan(&now, changed);
            if (now.len != original.len || memcmp(now.ptr, original.ptr, now.len) != 0) {
                fail_msg("byte %zu changed to 0x%02x is not noticed", i, (unsigned char)c);
            }
        }
        text.ptr[i] = before;
    }
    assert_true(refused > accepted); /* most of a document is no comment */
    assert_true(accepted > 0);
}

static void every_cut_is_seen(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    write_ok(sample_plan(&a), &text);
    for (size_t len = 0; len + 1 < text.len; len++) {
        AUTO(arena_release) struct arena mine = ARENA_INIT;
        struct plan *p = NULL;
        if (plan_parse(&mine, "plan.yaml", (struct slice){text.ptr, len}, &p, NULL) == 0) {
            fail_msg("the document cut to %zu of %zu bytes is taken for a plan", len, text.len);
        }
    }
}

static void what_cannot_be_stored_is_not_written(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct err err = {0};
    struct plan *p = sample_plan(&a);
    p->tracks.items[0].steps.items[1].statements.items[0].text = slice_of("latin1 \xe4");
    assert_int_equal(plan_write(p, &text, &err), ERR_FILE);
    assert_non_null(strstr(err.message, "tracks 1: steps 2: statements 1: sql: is not UTF-8 text"));
    assert_int_equal(text.len, 0);
    p = sample_plan(&a);
    p->targets.items[0].address = "\xff";
    assert_int_equal(plan_write(p, &text, &err), ERR_FILE);
    p = sample_plan(&a);
    p->tracks.items[0].steps.items[0].statements.items[0].text = (struct slice){"a\0b", 3};
    assert_int_equal(plan_write(p, &text, &err), ERR_FAILED);
    p = sample_plan(&a);
    plan_digest(p, p->digest);
    p->author = "someone else";
    assert_int_equal(plan_write(p, &text, &err), ERR_REFUSED);
    assert_int_equal(text.len, 0);
}

static void saving_and_loading(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char folder[] = "/tmp/lockstep-plan-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = arena_printf(&a, "%s/plans/p.yaml", folder);
    struct err err = {0};
    struct plan *p = sample_plan(&a), *read = NULL;
    assert_int_equal(plan_load(&a, path, &read, &err), ERR_FILE);
    assert_int_equal(plan_save(p, path, &err), 0);
    assert_int_equal(plan_load(&a, path, &read, &err), 0);
    assert_int_equal(read->targets.n, 3);
    /* Loadable or not saved: the file from before stays. */
    p->targets.items[0].track = 7;
    assert_int_equal(plan_save(p, path, &err), ERR_FILE);
    assert_non_null(strstr(err.message, "cannot be saved"));
    p->targets.items[0].track = 0;
    p->targets.items[0].name = "orders-us";
    assert_int_equal(plan_save(p, path, &err), ERR_FILE);
    assert_int_equal(plan_load(&a, path, &read, &err), 0);
    unlink(path);
    rmdir(arena_printf(&a, "%s/plans", folder));
    rmdir(folder);
}

static void large_plans(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_empty(&a, "production");
    sample_wave(&a, p, "all", 10000)->parallel = 64;
    struct plan_track *t = sample_track(&a, p, "postgresql", NULL, "r999");
    for (int i = 0; i < 1000; i++) {
        const char *parent = i ? t->steps.items[i - 1].revision : NULL;
        struct plan_step *s = sample_step(&a, t, arena_printf(&a, "r%d", i), parent, "one of many");
        for (int k = 0; k < 4; k++) {
            sample_statement(&a, &s->statements,
                             arena_printf(&a, "CREATE TABLE t%d_%d (\n    id int\n)", i, k));
        }
    }
    for (int i = 0; i < 10000; i++) {
        sample_target(&a, p, arena_printf(&a, "tenant-%d", i), 0);
    }
    assert_int_equal(plan_pending(p), 10000000);
    assert_round_trip(&a, p);
}

/* Written without waves, as before there were any. */
static void one_wave_goes_without_saying(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    struct plan *p = sample_plan(&a);
    plan_one_wave(&a, p);
    assert_round_trip(&a, p);
    write_ok(p, &text);
    assert_null(strstr(text.ptr, "waves"));
    p->waves.items[0].parallel = 2;
    assert_round_trip(&a, p);
}

static void wrong_waves_name_the_place(void **state)
{
    (void)state;
    static const char after[] = "expected the numbers of earlier waves";
    assert_edit("name: canary\n    targets: 1", "name: canary\n    targets: 2", ERR_FILE,
                "the waves hold 4 targets and the plan has 3");
    assert_edit("      - 2\n      - 3\n", "      - 2\n      - 4\n", ERR_FILE, after);
    assert_edit("      - 2\n      - 3\n", "      - 3\n      - 3\n", ERR_FILE, after);
    assert_edit("      - 2\n      - 3\n", "      - 3\n      - 2\n", ERR_FILE, after);
    assert_edit("      - 2\n      - 3\n", "      - 2\n      - 0\n", ERR_FILE, "0");
    assert_edit("parallel: 8", "parallel: 0", ERR_FILE, "at least 1 target at a time");
    assert_edit("pause: time", "pause: person", ERR_FILE, "for this kind of pause");
    assert_edit("pause: person", "pause: time", ERR_FILE, "for this kind of pause");
    assert_edit("pause: query", "pause: time", ERR_FILE, "for this kind of pause");
    assert_edit("pause: person", "pause: persom", ERR_FILE, "persom");
    assert_edit("- wave: 2\n", "- wave: 3\n", ERR_FILE, "3");
    assert_edit("parallel_per_server: 2", "parallel_per_server: 3", ERR_REFUSED, "was changed");
    assert_edit("pause_ms: 90000", "pause_ms: 90001", ERR_REFUSED, "was changed");
    assert_edit("    atomic: true\n", "", ERR_FILE, "the wave of this target is not atomic");
    assert_edit("    hold: prepared\n", "", ERR_REFUSED, "was changed");
    assert_edit("hold: prepared", "hold: open", ERR_REFUSED, "was changed");
    assert_edit("hold: prepared", "hold: perhaps", ERR_FILE, "perhaps");
    assert_edit("pause: person", "pause: none", ERR_REFUSED, "was changed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(a_person_can_read_it),
        cmocka_unit_test(nasty_texts_come_back),
        cmocka_unit_test(empty_lists_come_back),
        cmocka_unit_test(changed_plans_are_refused),
        cmocka_unit_test(wrong_documents_name_the_place),
        cmocka_unit_test(every_changed_byte_is_seen),
        cmocka_unit_test(every_cut_is_seen),
        cmocka_unit_test(what_cannot_be_stored_is_not_written),
        cmocka_unit_test(saving_and_loading),
        cmocka_unit_test(large_plans),
        cmocka_unit_test(one_wave_goes_without_saying),
        cmocka_unit_test(wrong_waves_name_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

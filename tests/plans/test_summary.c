/* What a person reads before deciding about a plan. */
#include "plans/wave_summary.h"
#include "tests/plans/sample_plan.h"

/* A plan with fixed digest, so that its id does not depend on the rest. */
static struct plan *plan_of(struct arena *a)
{
    struct plan *p = sample_empty(a, "production");
    memset(p->digest, 'd', DIGEST_HEX);
    return p;
}

static void assert_summary(const struct plan *p, int width, const char *expected)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    plan_summary(p, width, &out);
    assert_string_equal(strbuf_cstr(&out), expected);
}

/* No line is wider than it may be, and the text is UTF-8 and ends with a line end. */
static void assert_fits(const struct plan *p, int width)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    plan_summary(p, width, &out);
    assert_true(out.len > 0 && out.ptr[out.len - 1] == '\n');
    assert_true(utf8_valid(out.ptr, out.len));
    struct slice rest = {out.ptr, out.len - 1}, line;
    while (slice_cut(&rest, '\n', &line)) {
        if (wrap_columns(line.ptr, line.len) > width) {
            fail_msg("wider than %d: %.*s", width, (int)line.len, line.ptr);
        }
        assert_true(line.len > 0 && line.ptr[line.len - 1] != ' ');
    }
}

static void upgrades(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = plan_of(&a);
    struct plan_track *t = sample_track(&a, p, "postgresql", "2b6c1f3e4d5a", "9f8e7d6c5b4a");
    sample_step(&a, t, "3b1c2d4e5f6a", "2b6c1f3e4d5a", "add phone_number to users");
    struct plan_step *s = sample_step(&a, t, "9f8e7d6c5b4a", "3b1c2d4e5f6a", "drop the old table");
    s->reversible = false;
    sample_track(&a, p, "postgresql", "9f8e7d6c5b4a", "9f8e7d6c5b4a");
    sample_target(&a, p, "orders-eu", 0);
    sample_target(&a, p, "orders-us", 0);
    assert_summary(p, 80,
                   "plan production-dddddddddddd for production (2 targets, 2 steps each)\n"
                   "+ 2 revisions on orders-eu, orders-us: 2b6c1f3e4d5a -> 9f8e7d6c5b4a\n"
                   "    (postgresql)\n"
                   "    + 3b1c2d4e5f6a  add phone_number to users\n"
                   "    + 9f8e7d6c5b4a  drop the old table\n"
                   "    ! 9f8e7d6c5b4a cannot be taken back (no downgrade section)\n"
                   "on failure: that target is taken back as far as it can be; no other is started\n");
    sample_target(&a, p, "orders-asia", 1);
    p->on_failure = PLAN_ROLLBACK;
    assert_summary(
        p, 100,
        "plan production-dddddddddddd for production (3 targets, 4 steps in all)\n"
        "+ 2 revisions on orders-eu, orders-us: 2b6c1f3e4d5a -> 9f8e7d6c5b4a  (postgresql)\n"
        "    + 3b1c2d4e5f6a  add phone_number to users\n"
        "    + 9f8e7d6c5b4a  drop the old table\n"
        "    ! 9f8e7d6c5b4a cannot be taken back (no downgrade section)\n"
        "= nothing to do on orders-asia (at 9f8e7d6c5b4a)\n"
        "on failure: that target is taken back as far as it can be; no other is started, and those that are\n"
        "    done are taken back too\n");
}

static void downgrades_and_notes(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = plan_of(&a);
    struct plan_track *t = sample_track(&a, p, "mysql", "bb", NULL);
    struct plan_step *s = sample_step(&a, t, "bb", "aa", "second");
    s->downgrade = true;
    s->transaction = false;
    s->resume_from = 1;
    sample_statement(&a, &s->statements, "a");
    sample_statement(&a, &s->statements, "b");
    sample_statement(&a, &s->statements, "c");
    s = sample_step(&a, t, "aa", NULL, "");
    s->downgrade = true;
    s->transaction = false;
    s->reversible = false;
    sample_target(&a, p, "one", 0);
    p->on_failure = PLAN_CONTINUE;
    p->max_failures = 1;
    assert_summary(p, 0,
                   "plan production-dddddddddddd for production (1 target, 2 steps)\n"
                   "- 2 revisions on one: bb -> base  (mysql)\n"
                   "    - bb  second\n"
                   "    - aa\n"
                   "    ! bb resumes at statement 2 of 3\n"
                   "    ! bb, aa run outside a transaction\n"
                   "    ! aa cannot be taken back (no upgrade section)\n"
                   "on failure: the target is taken back as far as it can be\n");
    t->steps.n = 1;
    t->steps.items[0].resume_from = 3;
    p->on_failure = PLAN_ROLLBACK;
    p->rollback_scope = PLAN_SCOPE_TARGET;
    p->max_failures = 10;
    p->max_failures_percent = true;
    assert_summary(p, 100,
                   "plan production-dddddddddddd for production (1 target, 1 step)\n"
                   "- 1 revision on one: bb -> base  (mysql)\n"
                   "    - bb  second\n"
                   "    ! bb resumes after its last statement (3 of 3)\n"
                   "    ! bb runs outside a transaction\n"
                   "on failure: the target is taken back as far as it can be\n");
}

static void what_happens_on_failure(void **state)
{
    (void)state;
    static const struct {
        enum plan_on_failure on_failure;
        enum plan_scope scope;
        int64_t max_failures;
        bool percent;
        const char *text;
    } cases[] = {
        {PLAN_STOP, PLAN_SCOPE_RUN, 0, false, "that target is taken back; no other is started\n"},
        {PLAN_STOP, PLAN_SCOPE_RUN, 2, false,
         "that target is taken back; once more than 2 failed, no other is started\n"},
        {PLAN_CONTINUE, PLAN_SCOPE_RUN, 0, false, "that target is taken back; the others go on\n"},
        {PLAN_ROLLBACK, PLAN_SCOPE_TARGET, 10, true,
         "that target is taken back; once more than 0 of 2 failed (10 %), no other is started\n"},
        {PLAN_ROLLBACK, PLAN_SCOPE_WAVE, 0, false,
         "that target is taken back; no other is started, and those that are done in its wave are taken back "
         "too\n"},
        {PLAN_ROLLBACK, PLAN_SCOPE_RUN, 0, false,
         "that target is taken back; no other is started, and those that are done are taken back too\n"},
    };
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct plan *p = plan_of(&a);
    sample_step(&a, sample_track(&a, p, "postgresql", NULL, "aa"), "aa", NULL, "");
    sample_target(&a, p, "one", 0);
    sample_target(&a, p, "two", 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        p->on_failure = cases[i].on_failure;
        p->rollback_scope = cases[i].scope;
        p->max_failures = cases[i].max_failures;
        p->max_failures_percent = cases[i].percent;
        strbuf_clear(&out);
        plan_summary(p, 150, &out);
        const char *last = strstr(out.ptr, "on failure: ");
        assert_non_null(last);
        assert_string_equal(last + strlen("on failure: "), cases[i].text);
    }
}

static void waves(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = plan_of(&a);
    sample_step(&a, sample_track(&a, p, "postgresql", NULL, "aa"), "aa", NULL, "first");
    for (int i = 0; i < 512; i++) {
        sample_target(&a, p, arena_printf(&a, "tenant-%03d", i), 0);
    }
    static const char head[] =
        "plan production-dddddddddddd for production (512 targets, 1 step each)\n"
        "+ 1 revision on tenant-000, tenant-001, tenant-002, tenant-003, tenant-004,\n"
        "    tenant-005, tenant-006, tenant-007, tenant-008, tenant-009 and 502 more:\n"
        "    base -> aa  (postgresql)\n"
        "    + aa  first\n";
    plan_one_wave(&a, p);
    assert_summary(p, 80,
                   arena_printf(&a, "%son failure: that target is taken back; no other is started\n", head));
    p->waves.items[0].parallel = 64;
    p->waves.items[0].parallel_per_server = 8;
    assert_summary(
        p, 80,
        arena_printf(&a,
                     "%swave all: 512 targets, 64 at once, at most 8 a server\n"
                     "on failure: that target is taken back; no other is started and those under way\n"
                     "    go on to their end\n",
                     head));
    p->waves.n = 0;
    struct plan_wave *w = sample_wave(&a, p, "canary", 1);
    w->pause = PLAN_PAUSE_QUERY;
    w->pause_ms = 5400000;
    w->pause_query = "SELECT count(*) = 0\nFROM errors";
    w->parallel = 4;
    w = sample_wave(&a, p, "2", 0);
    w = sample_wave(&a, p, "eu", 11);
    w->parallel = 16;
    w->pause = PLAN_PAUSE_TIME;
    w->pause_ms = 600000;
    w->after.items[0] = 0;
    w = sample_wave(&a, p, "us", 100);
    w->atomic = true;
    w->pause = PLAN_PAUSE_PERSON;
    w = sample_wave(&a, p, "rest", 400);
    w->parallel = 64;
    w->parallel_per_server = 64;
    w->after.items[0] = 2;
    *vec_push(&a, &w->after) = 3;
    p->on_failure = PLAN_ROLLBACK;
    p->max_failures = 1;
    p->max_failures_percent = true;
    assert_summary(
        p, 80,
        arena_printf(&a,
                     "%swave canary: tenant-000; then a pause until this is true on it, 1 h 30 min at\n"
                     "    most:\n"
                     "    SELECT count(*) = 0 FROM errors\n"
                     "wave 2: no target\n"
                     "wave eu: 11 targets, all at once, after canary; then a pause of 10 min\n"
                     "wave us: 100 targets, one at a time, all commit or none; then a pause until a\n"
                     "    person says \"lockstep resume\"\n"
                     "wave rest: 400 targets, 64 at once, after eu, us\n"
                     "on failure: that target is taken back; once more than 5 of 512 failed (1 %%), no\n"
                     "    other is started; once those under way have ended, those that are done are\n"
                     "    taken back too\n",
                     head));
    for (int width = 20; width < 120; width++) {
        assert_fits(p, width);
    }
    p->waves.n = 1;
    for (int i = 0; i < 30; i++) {
        sample_wave(&a, p, arena_printf(&a, "w%d", i), 1);
    }
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    plan_summary(p, 80, &out);
    assert_non_null(strstr(out.ptr, "wave w8: tenant-009\n... 16 more waves ...\nwave w25: tenant-026\n"));
}

static void durations(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    assert_string_equal(duration_text(&a, 0), "0 s");
    assert_string_equal(duration_text(&a, 1500), "1 s 500 ms");
    assert_string_equal(duration_text(&a, 600000), "10 min");
    assert_string_equal(duration_text(&a, 90000000), "1 d 1 h");
}

static void nothing_to_do_and_held_back(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = plan_of(&a);
    p->promotes_from = "staging";
    struct plan_track *t = sample_track(&a, p, "sqlite", NULL, NULL);
    sample_strings(&a, &t->held_back, "bb: not on every target of staging", "cc: follows bb");
    sample_target(&a, p, "one", 0);
    assert_summary(p, 80,
                   "plan production-dddddddddddd for production from staging (1 target, nothing to\n"
                   "    do)\n"
                   "= nothing to do on one (at base)\n"
                   "held back:\n"
                   "    bb: not on every target of staging\n"
                   "    cc: follows bb\n");
    sample_track(&a, p, "sqlite", "bb", "bb");
    sample_target(&a, p, "two", 1);
    assert_summary(p, 90,
                   "plan production-dddddddddddd for production from staging (2 targets, nothing to do)\n"
                   "= nothing to do on one (at base)\n"
                   "= nothing to do on two (at bb)\n"
                   "held back on one:\n"
                   "    bb: not on every target of staging\n"
                   "    cc: follows bb\n");
}

static void long_lists_are_cut(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct plan *p = plan_of(&a);
    struct plan_track *t = sample_track(&a, p, "sqlite", NULL, "r995");
    for (int i = 0; i < 12; i++) {
        sample_target(&a, p, arena_printf(&a, "t%d", i), 0);
    }
    for (int i = 0; i < 20; i++) {
        sample_step(&a, t, arena_printf(&a, "r%d", i), NULL, "m")->reversible = false;
    }
    plan_summary(p, 80, &out);
    assert_non_null(strstr(out.ptr, "on t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11: base"));
    assert_null(strstr(out.ptr, "..."));
    assert_non_null(strstr(out.ptr, "    + r19  m\n"));
    assert_non_null(
        strstr(out.ptr, "    ! r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 and 10 more cannot be taken back\n"));
    for (int i = 12; i < 500; i++) {
        sample_target(&a, p, arena_printf(&a, "t%d", i), 0);
    }
    for (int i = 20; i < 995; i++) {
        sample_step(&a, t, arena_printf(&a, "r%d", i), NULL, "m");
        const char **held = vec_push(&a, &t->held_back);
        *held = arena_printf(&a, "h%d: why", i);
    }
    strbuf_clear(&out);
    plan_summary(p, 80, &out);
    assert_non_null(strstr(out.ptr, "t9 and 490 more: base"));
    assert_null(strstr(out.ptr, "t10"));
    assert_non_null(strstr(out.ptr, "    + r9  m\n    ... 980 more ...\n    + r990  m\n"));
    assert_non_null(strstr(out.ptr, "    + r994  m\n"));
    assert_non_null(strstr(out.ptr, "    h29: why\n    ... 960 more ...\n    h990: why\n"));
    assert_true(out.len < 3000);
    assert_fits(p, 80);
}

static void messages_are_cut_by_characters(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct plan *p = plan_of(&a);
    struct plan_track *t = sample_track(&a, p, "sqlite", NULL, "aa");
    struct plan_step *s = sample_step(&a, t, "aa", NULL, "");
    sample_target(&a, p, "one", 0);
    /* 32 columns are left for the message: exactly that, one more, and characters of two bytes or two
     * columns. */
    static const struct {
        const char *message, *shown;
    } cases[] = {
        {"12345678901234567890123456789012", "  12345678901234567890123456789012\n"},
        {"123456789012345678901234567890123", "  12345678901234567890123456789...\n"},
        {"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
         "1234567890123456789012",
         "  \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
         "1234567890123456789012\n"},
        {"\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"
         "\xe6\xbc\xa2"
         "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2",
         "  "
         "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"
         "\xe6\xbc\xa2"
         "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2...\n"},
        {"red \x1b[31m and\nlines", "  red ?[31m and lines\n"},
        {"bytes \xff\xc3", "  bytes ??\n"},
        {"right to left \xe2\x80\xae", "  right to left ?\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        s->message = cases[i].message;
        strbuf_clear(&out);
        plan_summary(p, 42, &out);
        const char *at = strstr(out.ptr, "    + aa");
        assert_non_null(at);
        assert_memory_equal(at + 8, cases[i].shown, strlen(cases[i].shown));
        assert_fits(p, 42);
    }
}

static void every_width_is_kept(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct plan *p = sample_plan(&a);
    struct plan_step *s = &p->tracks.items[0].steps.items[0];
    s->message =
        "na\xc3\xafve \xe6\xbc\xa2\xe5\xad\x97 message that goes on for more columns than there are, by far";
    s->revision = "a_revision_id_that_is_longer_than_any_terminal_is_wide_if_the_terminal_is_narrow";
    p->targets.items[0].name = "a-target-name-that-is-longer-than-a-narrow-terminal-is-wide";
    for (int width = 20; width < 200; width++) {
        assert_fits(p, width);
    }
    /* Whole, if need be over two lines. */
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    plan_summary(p, 100, &out);
    assert_non_null(strstr(out.ptr, s->revision));
    assert_non_null(strstr(out.ptr, p->targets.items[0].name));
}

static void many_targets_take_no_time(void **state)
{
    (void)state;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct plan *p = plan_of(&a);
    for (unsigned i = 0; i < 20000; i++) {
        struct plan_track *t = sample_track(&a, p, "sqlite", NULL, "aa");
        sample_step(&a, t, "aa", NULL, "one");
        sample_target(&a, p, arena_printf(&a, "t%u", i), i);
    }
    plan_summary(p, 80, &out);
    assert_non_null(strstr(out.ptr, "+ 1 revision on t9: base -> aa  (sqlite)\n    + aa  one\n"
                                    "... 19985 more groups, of 19985 targets that stand elsewhere ...\n"
                                    "+ 1 revision on t19995: base -> aa  (sqlite)\n"));
    assert_non_null(strstr(out.ptr, "+ 1 revision on t19999: base -> aa  (sqlite)\n"));
    assert_true(out.len < 2000);
    /* What cannot be taken back is told of those that are not shown too. */
    p->tracks.items[777].steps.items[0].reversible = false;
    strbuf_clear(&out);
    plan_summary(p, 80, &out);
    assert_non_null(strstr(out.ptr, "elsewhere ...\n    ! aa cannot be taken back (no downgrade section)\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upgrades),
        cmocka_unit_test(downgrades_and_notes),
        cmocka_unit_test(what_happens_on_failure),
        cmocka_unit_test(waves),
        cmocka_unit_test(durations),
        cmocka_unit_test(nothing_to_do_and_held_back),
        cmocka_unit_test(long_lists_are_cut),
        cmocka_unit_test(messages_are_cut_by_characters),
        cmocka_unit_test(every_width_is_kept),
        cmocka_unit_test(many_targets_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

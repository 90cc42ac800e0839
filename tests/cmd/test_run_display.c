/* The display of runs, fed with events: what a person would see, and, as a program of its own
 * ("cmd_run_display play TARGETS PARALLEL TICK_MS [FAIL_EVERY]"), a run that is played on whatever terminal
 * it is started in: see display.py. */
#include "base/file.h"
#include "cmd/columns.h"
#include "cmd/run_display.h"
#include "cmd/run_frame.h"
#include "cmd/run_jsonl.h"
#include "cmd/run_lines.h"
#include "cmd/run_summary.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
/* Its function of that name is not used here. */
#define print_error cmocka_print_error
#include <cmocka.h>

#define SECOND 1000000

struct stage {
    struct arena a;
    struct plan plan;
    struct run_result result;
    struct run_view view;
};

/* A canary of two, then the rest; every target has five statements in one revision. */
static void stage_init(struct stage *s, size_t targets, int64_t parallel)
{
    *s = (struct stage){.result = {.run = "r20261121T093000-3f9a1c"}};
    struct plan_track *track = vec_push(&s->a, &s->plan.tracks);
    struct plan_step *step = vec_push(&s->a, &track->steps);
    step->revision = "3f9a1c2b4d5e";
    for (size_t i = 0; i < targets; i++) {
        struct plan_target *t = vec_push(&s->a, &s->plan.targets);
        t->name = arena_printf(&s->a, "tenant-%04zu", i + 1);
        struct target_result *r = vec_push(&s->a, &s->result.targets);
        *r = (struct target_result){.name = t->name, .steps = 1};
        *vec_push(&s->a, &r->from) = "base";
    }
    if (targets > 8) {
        *vec_push(&s->a, &s->plan.waves) = (struct plan_wave){.name = "canary", .n = 2, .parallel = 2};
        struct plan_wave *rest = vec_push(&s->a, &s->plan.waves);
        *rest = (struct plan_wave){.name = "rest", .first = 2, .n = targets - 2, .parallel = parallel};
        *vec_push(&s->a, &rest->after) = 0;
    } else {
        plan_one_wave(&s->a, &s->plan);
    }
    s->plan.environment = "production";
    run_view_init(&s->view, &s->a, &s->plan, 0);
}

static void stage_release(struct stage *s)
{
    arena_release(&s->a);
}

static struct run_event event_of(struct stage *s, enum run_event_kind kind, size_t index)
{
    struct run_event e = {
        .kind = kind, .run = s->result.run, .index = index, .count = s->plan.targets.n, .statements = 5};
    if (index < e.count) {
        e.target = s->plan.targets.items[index].name;
        e.wave = (unsigned)plan_wave_of(&s->plan, index);
        e.result = &s->result.targets.items[index];
    }
    return e;
}

static struct run_event progress_of(struct stage *s, size_t index, size_t done)
{
    struct run_event e = event_of(s, RUN_PROGRESS, index);
    e.statements_done = done;
    e.revision = "3f9a1c2b4d5e";
    return e;
}

static struct run_event end_of(struct stage *s, size_t index, int64_t took_us, bool fails)
{
    struct target_result *r = &s->result.targets.items[index];
    r->outcome = fails ? TARGET_FAILED : TARGET_DONE;
    r->duration_us = took_us;
    r->at_known = r->begun = true;
    *vec_push(&s->a, &r->at) = fails ? "base" : "3f9a1c2b4d5e";
    if (fails) {
        err_set(&r->err, ERR_FAILED, "relation \"orders\" does not exist");
        err_place(&r->err, "revisions/3f9a1c_add_index.sql", 4, 8);
        s->result.failed++;
    }
    return event_of(s, RUN_TARGET_FINISHED, index);
}

static void take(struct stage *s, struct run_event e, int64_t at_us)
{
    run_view_event(&s->view, &e, at_us);
}

/* ---- playing ---- */

struct seat {
    size_t index, done, turns;
    int64_t since_us;
    bool taken;
};

static struct run_event wave_event(struct stage *s, enum run_event_kind kind, unsigned wave)
{
    struct run_event e = event_of(s, kind, SIZE_MAX);
    e.wave = wave;
    e.wave_name = s->plan.waves.items[wave].name;
    return e;
}

static void play_wave(struct stage *s, struct run_display *d, unsigned wave, int tick_ms, size_t fail_every)
{
    const struct plan_wave *w = &s->plan.waves.items[wave];
    size_t parallel = (size_t)w->parallel, next = w->first, at_work = 0;
    struct seat *seats = arena_array(&s->a, parallel, sizeof(*seats));
    struct run_event e = wave_event(s, RUN_WAVE_STARTED, wave);
    run_display_event(d, &e);
    do {
        for (size_t i = 0; i < parallel; i++) {
            struct seat *seat = &seats[i];
            if (!seat->taken && next < w->first + w->n) {
                *seat = (struct seat){next++, 0, 0, time_monotonic_us(), true};
                at_work++;
                e = event_of(s, RUN_TARGET_STARTED, seat->index);
                run_display_event(d, &e);
            } else if (seat->taken &&
                       (unsigned)(seat->index * 2654435761u + ++seat->turns * 40503u) % 7 < 3) {
                /* waits a turn */
            } else if (seat->taken && seat->done < 5) {
                e = progress_of(s, seat->index, ++seat->done);
                run_display_event(d, &e);
            } else if (seat->taken) {
                bool fails = fail_every && (seat->index + 1) % fail_every == 0;
                e = end_of(s, seat->index, time_monotonic_us() - seat->since_us, fails);
                run_display_event(d, &e);
                seat->taken = false;
                at_work--;
            }
        }
        poll(NULL, 0, tick_ms);
    } while (at_work > 0 || next < w->first + w->n);
    e = wave_event(s, RUN_WAVE_FINISHED, wave);
    run_display_event(d, &e);
}

static int play(int argc, char **argv)
{
    size_t numbers[4] = {512, 64, 20, 0};
    for (int i = 2; i < argc && i < 6; i++) {
        numbers[i - 2] = (size_t)strtoul(argv[i], NULL, 10);
    }
    const char *form = getenv("FORM");
    AUTO(arena_release) struct arena arena = ARENA_INIT;
    struct app app = {.arena = &arena, .color_out = -1, .color_err = -1};
    struct stage s;
    struct run_display *d;
    struct err err;
    stage_init(&s, numbers[0], (int64_t)numbers[1]);
    int rc = run_display_start(&app, &s.plan,
                               form                        ? DISPLAY_JSONL
                               : print_is_terminal(stderr) ? DISPLAY_LIVE
                                                           : DISPLAY_LINES,
                               &d, &err);
    if (rc) {
        return 1;
    }
    int64_t begun_us = time_monotonic_us();
    for (unsigned i = 0; i < s.plan.waves.n; i++) {
        play_wave(&s, d, i, (int)numbers[2], numbers[3]);
    }
    run_display_stop(d);
    run_summary_print(&app, &s.result, time_monotonic_us() - begun_us);
    stage_release(&s);
    return 0;
}

/* ---- what a person sees ---- */

static bool frame_has(struct stage *s, size_t width, size_t height, int64_t now_us, const char *text)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    frame_t frame;
    struct frame_style style = {.width = width, .height = height, .utf8 = true};
    for (int i = 0; i < STYLE_COUNT; i++) {
        style.styles[i] = "";
    }
    run_frame(&a, &s->view, &style, now_us, &frame);
    for (size_t i = 0; i < frame.n; i++) {
        if (strstr(frame.items[i].text, text)) {
            return true;
        }
    }
    return false;
}

static void frames_fit_into_every_terminal(void **state UNUSED)
{
    struct stage s;
    stage_init(&s, 300, 64);
    s.plan.targets.items[70].name =
        "a name that is much longer than most terminals are wide, as names may well be";
    s.plan.targets.items[71].name = "帝国の逆襲帝国の逆襲帝国の逆襲帝国の逆襲帝国の逆襲";
    s.plan.targets.items[72].name = "\033[2Jclears\r\n";
    for (size_t i = 0; i < 140; i++) {
        take(&s, event_of(&s, RUN_TARGET_STARTED, i), (int64_t)i * 1000);
        take(&s, progress_of(&s, i, 3), (int64_t)i * 1000);
        if (i < 70) {
            take(&s, end_of(&s, i, SECOND, i % 9 == 0), SECOND);
        }
    }
    for (size_t width = 1; width < 140; width++) {
        for (size_t height = 1; height < 40; height++) {
            AUTO(arena_release) struct arena a = ARENA_INIT;
            frame_t frame;
            struct frame_style style = {.width = width, .height = height, .utf8 = true};
            for (int i = 0; i < STYLE_COUNT; i++) {
                style.styles[i] = "";
            }
            run_frame(&a, &s.view, &style, 4 * SECOND, &frame);
            assert_true(frame.n >= 1 && (frame.n < height || height < 2));
            for (size_t i = 0; i < frame.n; i++) {
                assert_int_equal(columns_of(frame.items[i].text), frame.items[i].columns);
                assert_true(frame.items[i].columns < (width < 8 ? 8 : width));
                assert_null(strpbrk(frame.items[i].text, "\033\r\n"));
            }
        }
    }
    stage_release(&s);
}

static void many_in_flight_are_summed_up(void **state UNUSED)
{
    struct stage s;
    stage_init(&s, 512, 64);
    for (size_t i = 0; i < 64; i++) {
        take(&s, event_of(&s, RUN_TARGET_STARTED, i), (int64_t)(100 - i) * 1000);
    }
    assert_true(frame_has(&s, 80, 24, SECOND, "and 55 more"));
    assert_true(frame_has(&s, 80, 24, SECOND, "tenant-0064")); /* it is at work for the longest time */
    assert_false(frame_has(&s, 80, 24, SECOND, "tenant-0001"));
    assert_true(frame_has(&s, 80, 24, SECOND, "0 of 512 done, 64 running"));
    assert_true(frame_has(&s, 40, 10, SECOND, "and 59 more"));
    take(&s, end_of(&s, 63, SECOND, true), SECOND);
    assert_true(frame_has(&s, 80, 24, SECOND, "failed: tenant-0064"));
    assert_true(frame_has(&s, 80, 24, SECOND, "0/510, 1 failed"));
    stage_release(&s);
}

static void waves_that_do_not_fit_are_counted(void **state UNUSED)
{
    struct stage s;
    stage_init(&s, 40, 1);
    s.plan.waves.n = 0;
    for (size_t i = 0; i < 20; i++) {
        *vec_push(&s.a, &s.plan.waves) = (struct plan_wave){
            .name = arena_printf(&s.a, "wave%02zu", i), .first = 2 * i, .n = 2, .parallel = 1};
    }
    run_view_init(&s.view, &s.a, &s.plan, 0);
    for (unsigned i = 0; i < 7; i++) {
        take(&s, wave_event(&s, RUN_WAVE_STARTED, i), SECOND);
        if (i < 6) {
            take(&s, wave_event(&s, RUN_WAVE_FINISHED, i), SECOND);
        }
    }
    assert_true(frame_has(&s, 80, 12, SECOND, "6 waves done"));
    assert_true(frame_has(&s, 80, 12, SECOND, "wave06"));
    assert_true(frame_has(&s, 80, 12, SECOND, "and 11 more waves"));
    assert_false(frame_has(&s, 80, 12, SECOND, "wave05"));
    assert_true(frame_has(&s, 80, 50, SECOND, "wave19"));
    stage_release(&s);
}

static void an_estimate_needs_a_basis_and_follows_the_waves(void **state UNUSED)
{
    struct stage s;
    struct view_estimate e;
    stage_init(&s, 102, 10); /* two, then a hundred by ten */
    take(&s, event_of(&s, RUN_TARGET_STARTED, 0), 0);
    take(&s, event_of(&s, RUN_TARGET_STARTED, 1), 0);
    assert_false(run_view_estimate(&s.view, 5 * SECOND, &e));
    take(&s, end_of(&s, 0, 10 * SECOND, false), 10 * SECOND);
    take(&s, end_of(&s, 1, 10 * SECOND, false), 10 * SECOND);
    take(&s, wave_event(&s, RUN_WAVE_FINISHED, 0), 10 * SECOND);
    take(&s, wave_event(&s, RUN_WAVE_STARTED, 1), 10 * SECOND);
    for (size_t i = 2; i < 12; i++) {
        take(&s, event_of(&s, RUN_TARGET_STARTED, i), 10 * SECOND);
    }
    assert_false(run_view_estimate(&s.view, 11 * SECOND, &e)); /* two of a round of ten */
    for (size_t i = 2; i < 12; i++) {
        take(&s, end_of(&s, i, 10 * SECOND, false), 20 * SECOND);
    }
    assert_true(run_view_estimate(&s.view, 20 * SECOND, &e));
    assert_int_equal(e.left_us, 90 * SECOND);
    for (size_t i = 12; i < 22; i++) {
        take(&s, event_of(&s, RUN_TARGET_STARTED, i), 20 * SECOND);
    }
    assert_true(run_view_estimate(&s.view, 24 * SECOND, &e));
    assert_int_equal(e.left_us, 86 * SECOND);
    assert_true(run_view_estimate(&s.view, 60 * SECOND, &e)); /* all ten hang: it does not sink to nothing */
    assert_true(e.left_us > 100 * SECOND);

    s.plan.waves.items[0].pause = PLAN_PAUSE_PERSON; /* is behind: nothing to say of it */
    assert_true(run_view_estimate(&s.view, 24 * SECOND, &e) && !e.person);
    s.plan.waves.items[1].pause = PLAN_PAUSE_QUERY;
    assert_true(run_view_estimate(&s.view, 24 * SECOND, &e) && !e.pauses); /* nothing comes after it */
    struct run_event stop = event_of(&s, RUN_BUDGET_EXCEEDED, SIZE_MAX);
    take(&s, stop, 24 * SECOND);
    assert_false(run_view_estimate(&s.view, 24 * SECOND, &e));
    stage_release(&s);
}

static void a_person_ends_the_estimate_and_a_pause_is_in_it(void **state UNUSED)
{
    struct stage s;
    struct view_estimate e;
    stage_init(&s, 102, 10);
    take(&s, event_of(&s, RUN_TARGET_STARTED, 0), 0);
    take(&s, end_of(&s, 0, 10 * SECOND, false), 10 * SECOND);
    take(&s, event_of(&s, RUN_TARGET_STARTED, 1), 10 * SECOND);
    take(&s, end_of(&s, 1, 10 * SECOND, false), 20 * SECOND);
    s.plan.waves.items[0].pause = PLAN_PAUSE_TIME;
    s.plan.waves.items[0].pause_ms = 60000;
    assert_true(run_view_estimate(&s.view, 20 * SECOND, &e));
    assert_int_equal(e.left_us, 160 * SECOND);
    s.plan.waves.items[0].pause = PLAN_PAUSE_PERSON;
    assert_true(run_view_estimate(&s.view, 20 * SECOND, &e) && e.person);
    assert_int_equal(e.left_us, 0);
    s.plan.waves.items[0].pause = PLAN_PAUSE_QUERY;
    assert_true(run_view_estimate(&s.view, 20 * SECOND, &e) && e.pauses);
    assert_int_equal(e.left_us, 100 * SECOND);
    stage_release(&s);
}

static void who_keeps_a_target_waiting_is_seen_while_it_waits(void **state UNUSED)
{
    struct stage s;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    stage_init(&s, 20, 4);
    take(&s, event_of(&s, RUN_TARGET_STARTED, 3), 0);
    take(&s, progress_of(&s, 3, 2), SECOND);
    struct run_event wait = event_of(&s, RUN_LOCK_WAIT, 3);
    wait.detail = "canceling statement due to lock timeout";
    wait.blockers = "blocked by pid 4711 (user app)";
    wait.attempt = 2;
    wait.attempts = 11;
    wait.next_ms = 400;
    take(&s, wait, SECOND);
    assert_true(frame_has(&s, 80, 24, SECOND, "attempt 2 of 11: blocked by pid 4711 (user app)"));
    assert_true(frame_has(&s, 50, 24, SECOND, "2/11: blocked by pid"));
    run_lines_event(&out, &s.view, &wait, SECOND);
    assert_string_equal(strbuf_cstr(&out),
                        "  0:01.0  [4/20] tenant-0004: attempt 2 of 11: canceling statement due to lock "
                        "timeout, blocked by pid 4711 (user app); again in 0.4 s\n");
    take(&s, progress_of(&s, 3, 3), SECOND);
    assert_true(frame_has(&s, 80, 24, SECOND, "3 of 5 statements  3f9a1c2b4d5e"));
    stage_release(&s);
}

static void events_are_lines(void **state UNUSED)
{
    struct stage s;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    stage_init(&s, 20, 4);
    s.plan.targets.items[3].name = s.result.targets.items[3].name = "ten\033[31mant\n";
    struct run_event events[] = {wave_event(&s, RUN_WAVE_STARTED, 1), event_of(&s, RUN_TARGET_STARTED, 3),
                                 progress_of(&s, 3, 2), end_of(&s, 3, 3 * SECOND, true),
                                 event_of(&s, RUN_BUDGET_EXCEEDED, SIZE_MAX)};
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        take(&s, events[i], SECOND);
        run_lines_event(&out, &s.view, &events[i], 62 * (int64_t)SECOND);
    }
    assert_string_equal(
        strbuf_cstr(&out),
        "  1:02.0  wave rest: 18 targets, 4 at once\n"
        "  1:02.0  [4/20] ten [31mant : started\n"
        "  1:02.0  [4/20] ten [31mant : failed in 3.0s: revisions/3f9a1c_add_index.sql:4:8: relation "
        "\"orders\" does not exist\n"
        "  1:02.0  nothing new starts: too many targets failed\n");
    stage_release(&s);
}

static void events_are_json(void **state UNUSED)
{
    struct stage s;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    stage_init(&s, 20, 4);
    run_jsonl_begin(&out, &s.view, s.result.run);
    for (int kind = 0; kind < RUN_EVENT_COUNT; kind++) {
        bool of_wave = kind <= RUN_WAVE_FINISHED, of_run = kind == RUN_BUDGET_EXCEEDED;
        struct run_event e = of_wave                       ? wave_event(&s, (enum run_event_kind)kind, 1)
                             : of_run                      ? event_of(&s, RUN_BUDGET_EXCEEDED, SIZE_MAX)
                             : kind == RUN_TARGET_FINISHED ? end_of(&s, 4, SECOND, true)
                                                           : event_of(&s, (enum run_event_kind)kind, 4);
        take(&s, e, SECOND);
        run_jsonl_event(&out, &s.view, &e);
    }
    struct slice rest = {strbuf_cstr(&out), out.len}, line;
    size_t n = 0;
    while (slice_cut(&rest, '\n', &line) && line.len > 0) {
        json_t *o = json_loadb(line.ptr, line.len, 0, NULL);
        assert_non_null(o);
        assert_non_null(json_string_value(json_object_get(o, "time")));
        const char *event = json_string_value(json_object_get(o, "event"));
        assert_non_null(event);
        assert_string_equal(json_string_value(json_object_get(o, "run")), s.result.run);
        if (strncmp(event, "wave_", 5) == 0) {
            assert_string_equal(json_string_value(json_object_get(o, "wave")), "rest");
            assert_int_equal(json_integer_value(json_object_get(o, "targets")), 18);
        }
        if (strcmp(event, "target_finished") == 0) {
            assert_string_equal(json_string_value(json_object_get(o, "target")), "tenant-0005");
            assert_string_equal(json_string_value(json_object_get(o, "outcome")), "failed");
            assert_string_equal(json_string_value(json_object_get(json_object_get(o, "error"), "message")),
                                "relation \"orders\" does not exist");
        }
        json_decref(o);
        n++;
    }
    assert_int_equal(n, 1 + RUN_EVENT_COUNT);
    stage_release(&s);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "play") == 0) {
        return play(argc, argv);
    }
    print_utf8();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_fit_into_every_terminal),
        cmocka_unit_test(many_in_flight_are_summed_up),
        cmocka_unit_test(waves_that_do_not_fit_are_counted),
        cmocka_unit_test(an_estimate_needs_a_basis_and_follows_the_waves),
        cmocka_unit_test(a_person_ends_the_estimate_and_a_pause_is_in_it),
        cmocka_unit_test(who_keeps_a_target_waiting_is_seen_while_it_waits),
        cmocka_unit_test(events_are_lines),
        cmocka_unit_test(events_are_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

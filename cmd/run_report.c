/* Progress and outcome of runs. */
#include "cmd/run_report.h"
#include "base/file.h"
#include "cmd/alembic_env.h"
#include "cmd/interrupt.h"
#include "cmd/report.h"
#include <unistd.h>

struct display {
    struct app *app;
    bool live; /* stderr is a terminal: one line that is written over */
    bool line_open;
    pthread_mutex_t lock; /* the thread that takes signals writes as well */
    int64_t shown_us;     /* when the line was last written: often enough is ten times a second */
};

static void clear_line(struct display *d)
{
    if (d->line_open) {
        fputs("\r\033[K", stderr);
        d->line_open = false;
    }
}

static const char *outcome_word(const struct target_result *r)
{
    return r->outcome == TARGET_UNCHANGED ? "nothing to do" : target_outcome_name(r->outcome);
}

static void show_event(struct display *d, const struct run_event *e)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    char number[48] = "";
    if (e->count > 1) {
        snprintf(number, sizeof(number), "[%zu/%zu] ", e->index + 1, e->count);
    }
    switch (e->kind) {
    case RUN_TARGET_STARTED:
    case RUN_PROGRESS:
        if (d->live) {
            int64_t now = time_monotonic_us();
            if (e->kind == RUN_PROGRESS && now - d->shown_us < 100000) {
                return;
            }
            d->shown_us = now;
            clear_line(d);
            fprintf(stderr, "%s%.40s  %zu of %zu statements%s%.32s", number, e->target, e->statements_done,
                    e->statements, e->revision ? "  " : "", e->revision ? e->revision : "");
            d->line_open = true;
        } else if (e->kind == RUN_TARGET_STARTED) {
            fprintf(stderr, "%s%s: started\n", number, e->target);
        }
        break;
    case RUN_TAKING_BACK:
        clear_line(d);
        fprintf(stderr, "%s%s: taking back what was committed\n", number, e->target);
        break;
    case RUN_WAVE_STARTED:
    case RUN_WAVE_PAUSED:
    case RUN_WAVE_WAITING:
    case RUN_WAVE_FINISHED:
    case RUN_BUDGET_EXCEEDED:
    case RUN_EVENT_COUNT:
        break;
    case RUN_TARGET_FINISHED:
        clear_line(d);
        fprintf(stderr, "%s%s: %s in %s\n", number, e->target, outcome_word(e->result),
                duration_format(&a, e->result->duration_us));
        break;
    }
    fflush(stderr);
}

static void on_event(void *arg, const struct run_event *e)
{
    struct display *d = arg;
    pthread_mutex_lock(&d->lock);
    show_event(d, e);
    pthread_mutex_unlock(&d->lock);
}

static void on_signal(void *arg, int count)
{
    struct display *d = arg;
    pthread_mutex_lock(&d->lock);
    clear_line(d);
    fputs(count == 1 ? "interrupted: cancelling the statement in flight and rolling back; once more gives up "
                       "taking back\n"
                     : "interrupted again: nothing more is taken back\n",
          stderr);
    pthread_mutex_unlock(&d->lock);
}

char *target_story(struct arena *a, const struct target_result *r)
{
    if (!r->at_known) {
        return arena_dup(
            a, r->begun ? "Where it stands is not known: \"lockstep status\" tells once it can be reached."
                        : "Nothing was changed on it.");
    }
    const char *at = position_text(a, &r->at);
    if (!r->begun) {
        return arena_printf(a, "Nothing was changed on it: it is at %s.", at);
    }
    if (r->half.present && r->half.known && r->half.done >= r->half.total) {
        return arena_printf(
            a,
            r->verify_failed
                ? "It is at %s, with all %lld statements of %s in effect but its verification failed and the "
                  "revision cannot be taken back; the next run of that revision verifies it again."
                : "It is at %s, with all %lld statements of %s in effect, but the revision is not recorded "
                  "as "
                  "complete; the next run of that revision completes it.",
            at, (long long)r->half.total, r->half.revision);
    }
    if (r->half.present && r->half.known) {
        return arena_printf(
            a,
            "It is at %s and inside %s: %lld of %lld statements took effect and are recorded. Correct "
            "what follows them and run again: it goes on from statement %lld.%s",
            at, r->half.revision, (long long)r->half.done, (long long)r->half.total,
            (long long)r->half.done + 1,
            r->may_be_partial
                ? " Look first whether the one that failed left part of its work: several tables "
                  "in one DROP, a CALL or an index built concurrently may."
                : "");
    }
    if (r->half.present) {
        return arena_printf(
            a,
            "It is at %s and inside %s: %lld of %lld statements took effect for certain; whether "
            "statement %lld did is not known. Look at the schema, finish or undo the revision by hand, "
            "and record it with \"lockstep stamp\".",
            at, r->half.revision, (long long)r->half.done, (long long)r->half.total,
            (long long)r->half.done + 1);
    }
    if (position_same(&r->at, &r->from)) {
        return r->taken_back ? arena_printf(a, "%zu committed revision%s taken back: it is at %s, as before.",
                                            r->taken_back, r->taken_back == 1 ? " was" : "s were", at)
                             : arena_printf(a, "It was rolled back: it is at %s, as before.", at);
    }
    if (r->outcome == TARGET_TAKEN_BACK || r->outcome == TARGET_DONE) {
        return arena_printf(a, "It is at %s.", at);
    }
    return arena_printf(a, "It was left at %s: %zu of %zu revisions stand.", at, r->steps_done, r->steps);
}

static json_t *result_json(const struct target_result *r)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    json_t *o = json_object();
    json_object_set_new(o, "target", json_text(r->name));
    json_object_set_new(o, "outcome", json_text(target_outcome_name(r->outcome)));
    json_object_set_new(o, "from", json_list(&r->from));
    json_object_set_new(o, "at", r->at_known ? json_list(&r->at) : json_null());
    json_object_set_new(o, "steps", json_integer((json_int_t)r->steps));
    json_object_set_new(o, "steps_done", json_integer((json_int_t)r->steps_done));
    json_object_set_new(o, "taken_back", json_integer((json_int_t)r->taken_back));
    json_object_set_new(o, "duration_us", json_integer(r->duration_us));
    if (r->half.present) {
        json_object_set_new(o, "half",
                            json_pack("{s:s, s:I, s:I, s:b}", "revision", r->half.revision, "done",
                                      (json_int_t)r->half.done, "total", (json_int_t)r->half.total, "known",
                                      (int)r->half.known));
    }
    if (r->err.status) {
        json_object_set_new(o, "error", err_json(&r->err));
    }
    if (r->err.status || r->compensation.status) {
        json_object_set_new(o, "story", json_text(target_story(&a, r)));
    }
    if (r->compensation.status) {
        json_object_set_new(o, "compensation_error", err_json(&r->compensation));
    }
    return o;
}

static void print_json(const struct run_result *result, const struct plan *plan)
{
    json_t *o = json_object();
    json_object_set_new(o, "run", json_text(result->run));
    json_object_set_new(o, "environment", json_text(plan->environment));
    json_object_set_new(o, "plan", json_text(plan->digest));
    json_object_set_new(o, "exit", json_integer(result->exit_status));
    json_t *list = json_array();
    for (size_t i = 0; i < result->targets.n; i++) {
        json_array_append_new(list, result_json(&result->targets.items[i]));
    }
    json_object_set_new(o, "targets", list);
    json_print(o);
}

/* A server's error about a statement, with the line of the revision it is in. */
static void print_target_error(struct app *app, const struct target_result *r)
{
    struct err e = r->err;
    struct slice text;
    struct err ignored;
    if (e.file[0] && e.line > 0 && !e.excerpt[0] && file_read(app->arena, e.file, 0, &text, &ignored) == 0) {
        err_excerpt(&e, text.ptr, text.len);
    }
    char line[3072];
    const char *shown = err_format(&e, line, sizeof(line));
    size_t name = strlen(r->name);
    if (strncmp(shown, r->name, name) == 0 && strncmp(shown + name, ": ", 2) == 0) {
        shown += name + 2; /* an error of connecting begins with it */
    }
    printf("%s%s%s: %s\n", print_style(app, stdout, STYLE_RED), r->name,
           print_style(app, stdout, STYLE_PLAIN), shown);
    if (e.excerpt[0]) {
        printf("%s\n", e.excerpt);
    }
    if (e.hint[0]) {
        printf("  hint: %s\n", e.hint);
    }
    if (r->compensation.status) {
        printf("  taking back: %s\n", err_format(&r->compensation, line, sizeof(line)));
    }
    printf("  %s\n", target_story(app->arena, r));
}

static void print_text(struct app *app, const struct run_result *result)
{
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *r = &result->targets.items[i];
        if (r->err.status) {
            print_target_error(app, r);
        } else if (r->outcome == TARGET_TAKEN_BACK || r->compensation.status) {
            char line[3072];
            printf("%s: %s\n", r->name,
                   r->compensation.status ? err_format(&r->compensation, line, sizeof(line))
                                          : "taken back, because another target failed");
            printf("  %s\n", target_story(app->arena, r));
        } else if (r->outcome == TARGET_SKIPPED) {
            printf("%s: not started\n", r->name);
        } else if (!app->quiet) {
            char *from = position_text(app->arena, &r->from), *at = position_text(app->arena, &r->at);
            const char *plural = r->steps == 1 ? "" : "s";
            if (r->outcome == TARGET_UNCHANGED) {
                printf("%s: at %s, nothing to do\n", r->name, at);
            } else {
                printf("%s%s%s: %s -> %s (%zu revision%s)\n", print_style(app, stdout, STYLE_GREEN), r->name,
                       print_style(app, stdout, STYLE_PLAIN), from, at, r->steps, plural);
            }
        }
    }
    if (!app->quiet) {
        printf("run %s\n", result->run);
    }
}

static int status_of(const struct run_result *result, struct err *err)
{
    if (result->exit_status == 0 || result->exit_status == EXIT_WITHIN_BUDGET) {
        return result->exit_status;
    }
    const struct target_result *first = NULL;
    for (size_t i = 0; i < result->targets.n && !first; i++) {
        first = result->targets.items[i].err.status ? &result->targets.items[i] : NULL;
    }
    int status = -result->exit_status;
    if (status == ERR_INTERRUPTED) {
        return err_set(err, status, "interrupted; every target is in the state told above");
    }
    if (result->targets.n == 1 && first) {
        return err_set(err, status, "%s %s", first->name, target_outcome_name(first->outcome));
    }
    return err_set(err, status, "%zu of %zu targets failed", result->failed, result->targets.n);
}

int app_store(struct app *app, bool create, struct store **out, struct err *err)
{
    struct project *p = NULL;
    struct err none;
    if (app_project(app, &p, app->url ? &none : err) == 0) {
        return store_open_project(p, create, out, err);
    }
    return app->url ? store_open(".lockstep/store.db", create, out, err) : err->status;
}

int run_and_report(struct app *app, const struct plan *plan, struct fleet *fleet, const char *command,
                   struct err *err)
{
    struct store *store = NULL;
    const struct alembic_env *alembic = NULL;
    int rc = app_alembic(app, false, &alembic, err);
    rc = rc ? rc : app_store(app, true, &store, err);
    if (rc) {
        return rc;
    }
    struct run_control control;
    rc = run_control_init(&control, err);
    if (rc) {
        store_close(store);
        return rc;
    }
    struct display d = {.app = app, .live = isatty(STDERR_FILENO) == 1, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct interrupt_watch watch = {.notify = on_signal, .arg = &d};
    rc = interrupt_watch_start(&watch, &control, err);
    if (rc == 0) {
        bool silent = app->quiet || (plan->targets.n == 1 && !d.live);
        struct run_opts opts = {.store = store,
                                .fleet = fleet,
                                .control = &control,
                                .command = command,
                                .alembic = alembic,
                                .on_event = silent ? NULL : on_event,
                                .arg = &d};
        struct run_result result = {0};
        rc = run_plan(app->arena, plan, &opts, &result, err);
        if (result.run && app->json) {
            print_json(&result, plan);
        } else if (result.run) {
            print_text(app, &result);
        }
        fflush(stdout); /* an interrupt that came late must not keep people from reading what was done */
        interrupt_watch_stop(&watch);
        rc = rc ? rc : status_of(&result, err);
    }
    run_control_release(&control);
    store_close(store);
    return rc;
}

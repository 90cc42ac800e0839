/* Grouping results and printing the groups. */
#include "cmd/run_summary.h"
#include "base/file.h"
#include "cmd/columns.h"
#include "cmd/run_lines.h"

#define FEW      12 /* targets that are listed one by one, in their order */
#define TOLD_MAX 25 /* different failures told in full */

char *target_story(struct arena *a, const struct target_result *r)
{
    if (!r->at_known && r->decided) {
        return arena_dup(
            a, "Its wave has decided to commit: what is prepared on it stays so until \"lockstep resume\" "
               "reaches it and commits it.");
    }
    if (!r->at_known) {
        return arena_dup(
            a, r->begun ? "Where it stands is not known: \"lockstep status\" tells once it can be reached."
                        : "Nothing was changed on it.");
    }
    const char *at = position_text(a, &r->at);
    if (!r->begun) {
        return arena_printf(a, "Nothing was changed on it: it is at %s.", at);
    }
    if (r->half.present && r->half.known && r->half.total > 0 && r->half.done >= r->half.total) {
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
    if (r->half.present && r->half.known && r->half.total == 0) {
        return arena_printf(
            a,
            "It is at %s and inside %s, which reads the database as it runs: %lld of its statements "
            "took effect. Finish or undo it by hand, and record it with \"lockstep stamp\".",
            at, r->half.revision, (long long)r->half.done);
    }
    if (r->half.present && r->half.known && r->half.begun) {
        return arena_printf(
            a,
            "It is at %s and inside %s: %lld of %lld statements took effect and are recorded, and "
            "the next may have in part. Look what it left, correct what is wrong and run "
            "again: it goes on from statement %lld.",
            at, r->half.revision, (long long)r->half.done, (long long)r->half.total,
            (long long)r->half.done + 1);
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
        const char *of = r->half.total ? arena_printf(a, " of %lld", (long long)r->half.total) : "";
        return arena_printf(
            a,
            "It is at %s and inside %s: %lld%s statements took effect for certain; whether statement %lld "
            "did is not known. Look at the schema, then say so with \"lockstep resume %s -t %s "
            "--took-effect\", or "
            "\"--no-effect\"; or finish or undo the revision by hand, and record it with \"lockstep stamp\".",
            at, r->half.revision, (long long)r->half.done, of, (long long)r->half.done + 1, r->half.run,
            r->name);
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

/* Targets that ended alike. */
struct group {
    const struct target_result *first;
    const char *key;
    strings_t names;
    int class;
};
typedef VEC(struct group) groups_t;

/* What is read last is what needs somebody. */
static int class_of(const struct target_result *r)
{
    static const int classes[TARGET_OUTCOME_COUNT] = {
        [TARGET_UNCHANGED] = 0, [TARGET_DONE] = 1, [TARGET_SKIPPED] = 2, [TARGET_TAKEN_BACK] = 3};
    return r->err.status || r->compensation.status ? 5
           : view_outcome_failed(r->outcome)       ? 4
                                                   : classes[r->outcome];
}

/* Everything that would be printed of it, beside its name. */
static const char *key_of(struct arena *a, const struct target_result *r)
{
    char error[4096], compensation[4096];
    return arena_printf(
        a, "%d %zu %s %s %s %s %s %s %s", (int)r->outcome, r->steps,
        r->err.status ? target_error_text(r, error, sizeof(error)) : "", r->err.hint,
        r->compensation.status ? err_format(&r->compensation, compensation, sizeof(compensation)) : "",
        r->err.status || r->compensation.status ? target_story(a, r) : "", position_text(a, &r->from),
        r->at_known ? position_text(a, &r->at) : "?", r->err.excerpt);
}

static void collect(struct arena *a, const struct run_result *result, groups_t *out)
{
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *r = &result->targets.items[i];
        const char *key = key_of(a, r);
        struct group *g = NULL;
        for (size_t k = out->n; k > 0 && !g; k--) {
            g = strcmp(out->items[k - 1].key, key) == 0 ? &out->items[k - 1] : NULL;
        }
        if (!g) {
            g = vec_push(a, out);
            *g = (struct group){.first = r, .key = key, .class = class_of(r)};
        }
        *vec_push(a, &g->names) = r->name;
    }
}

/* "a, b, c and 34 more": as many as a line of the terminal has room for, three at least. */
static const char *names_text(struct arena *a, const strings_t *names, size_t from, size_t taken)
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    int terminal = print_width();
    size_t width = terminal > 0 ? (size_t)terminal : 80, used = taken + 14;
    for (size_t i = from; i < names->n; i++) {
        used += columns_of(names->items[i]) + 2;
        if (i >= from + 3 && used > width && i + 1 < names->n) {
            strbuf_addf(&out, " and %zu more", names->n - i);
            break;
        }
        strbuf_addf(&out, "%s%s", i > from ? ", " : "", names->items[i]);
    }
    return arena_dup(a, strbuf_cstr(&out));
}

/* A server's error about a statement, with the line of the revision it is in. */
static void print_failure(struct app *app, const struct target_result *r)
{
    struct err e = r->err;
    struct slice text;
    struct err ignored;
    if (e.file[0] && e.line > 0 && !e.excerpt[0] && file_read(app->arena, e.file, 0, &text, &ignored) == 0) {
        err_excerpt(&e, text.ptr, text.len);
    }
    char line[4096];
    printf("%s%s%s: %s\n", print_style(app, stdout, STYLE_RED), r->name,
           print_style(app, stdout, STYLE_PLAIN), target_error_text(r, line, sizeof(line)));
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

static void print_taken_back(struct app *app, const struct target_result *r)
{
    char line[4096];
    printf("%s: %s\n", r->name,
           r->compensation.status ? err_format(&r->compensation, line, sizeof(line))
           : r->asked_back        ? "taken back"
                                  : "taken back, because the run failed");
    printf("  %s\n", target_story(app->arena, r));
}

static const char *way_text(struct app *app, const struct target_result *r)
{
    const char *at = position_text(app->arena, &r->at);
    return r->outcome == TARGET_UNCHANGED
               ? arena_printf(app->arena, "at %s, nothing to do", at)
               : arena_printf(app->arena, "%s -> %s (%zu revision%s)", position_text(app->arena, &r->from),
                              at, r->steps, r->steps == 1 ? "" : "s");
}

static void print_well(struct app *app, const struct target_result *r)
{
    bool done = r->outcome == TARGET_DONE;
    printf("%s%s%s: %s\n", done ? print_style(app, stdout, STYLE_GREEN) : "", r->name,
           done ? print_style(app, stdout, STYLE_PLAIN) : "", way_text(app, r));
}

static bool is_well(const struct target_result *r)
{
    return r->outcome == TARGET_DONE || r->outcome == TARGET_UNCHANGED;
}

static void print_one(struct app *app, const struct target_result *r)
{
    if (r->err.status) {
        print_failure(app, r);
    } else if (r->outcome == TARGET_TAKEN_BACK || r->compensation.status) {
        print_taken_back(app, r);
    } else if (!is_well(r)) {
        printf("%s: %s\n", r->name, r->begun ? "left as it was when the run stopped" : "not started");
    } else if (!app->quiet) {
        print_well(app, r);
    }
}

static void print_same(struct app *app, const struct group *g)
{
    if (g->names.n > 1) {
        printf("  the same on %zu more: %s\n", g->names.n - 1, names_text(app->arena, &g->names, 1, 24));
    }
}

static void print_group(struct app *app, const struct group *g)
{
    const struct target_result *r = g->first;
    bool told = r->err.status || r->compensation.status || r->outcome == TARGET_TAKEN_BACK;
    if (g->names.n == 1 || told) {
        print_one(app, r);
        print_same(app, g);
    } else if (!is_well(r)) {
        printf("%zu targets not started: %s\n", g->names.n, names_text(app->arena, &g->names, 0, 30));
    } else if (!app->quiet) {
        printf("%s%zu targets%s: %s\n  %s\n", print_style(app, stdout, STYLE_GREEN), g->names.n,
               print_style(app, stdout, STYLE_PLAIN), way_text(app, r),
               names_text(app->arena, &g->names, 0, 2));
    }
}

/* In order, each failure once. */
static void print_few(struct app *app, const struct run_result *result, const groups_t *groups)
{
    for (size_t i = 0; i < result->targets.n; i++) {
        const struct target_result *r = &result->targets.items[i];
        const struct group *g = groups->items;
        if (!r->err.status) {
            print_one(app, r);
            continue;
        }
        while (g < groups->items + groups->n && g->first != r) {
            g++;
        }
        if (g < groups->items + groups->n) {
            print_group(app, g);
        }
    }
}

static void print_many(struct app *app, const groups_t *groups)
{
    size_t told = 0, untold = 0;
    strings_t others = {0};
    for (int class = 0; class <= 5; class ++) {
        for (size_t i = 0; i < groups->n; i++) {
            const struct group *g = &groups->items[i];
            if (g->class == class && (class < 5 || told++ < TOLD_MAX)) {
                print_group(app, g);
            } else if (g->class == class) {
                untold++;
                for (size_t k = 0; k < g->names.n; k++) {
                    *vec_push(app->arena, &others) = g->names.items[k];
                }
            }
        }
    }
    if (untold) {
        printf("%zu more failed in %zu other ways: %s\n  \"lockstep audit show RUN\" and --format json tell "
               "them all\n",
               others.n, untold, names_text(app->arena, &others, 0, 36));
    }
}

static void print_total(const struct run_result *result, int64_t took_us)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    static const enum target_outcome order[] = {TARGET_DONE,   TARGET_UNCHANGED, TARGET_TAKEN_BACK,
                                                TARGET_FAILED, TARGET_REFUSED,   TARGET_UNREACHABLE,
                                                TARGET_SKIPPED};
    size_t counts[TARGET_OUTCOME_COUNT] = {0};
    for (size_t i = 0; i < result->targets.n; i++) {
        counts[result->targets.items[i].outcome]++;
    }
    printf("run %s", result->run);
    const char *before = ": ";
    for (size_t i = 0; i < COUNT_OF(order) && result->targets.n > 1; i++) {
        if (counts[order[i]]) {
            const char *name = order[i] == TARGET_SKIPPED ? "not started" : target_outcome_name(order[i]);
            printf("%s%zu %s", before, counts[order[i]], name);
            before = ", ";
        }
    }
    if (result->targets.n > 1) {
        printf("; %s", duration_format(&a, took_us));
    }
    putchar('\n');
}

void run_summary_print(struct app *app, const struct run_result *result, int64_t took_us)
{
    groups_t groups = {0};
    print_utf8();
    collect(app->arena, result, &groups);
    if (result->targets.n <= FEW) {
        print_few(app, result, &groups);
    } else {
        print_many(app, &groups);
    }
    if (!app->quiet) {
        print_total(result, took_us);
    }
}

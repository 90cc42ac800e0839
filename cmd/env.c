/* lockstep env list, show, check: environment documents, without connecting anywhere. */
#include "cmd/env_check.h"
#include "cmd/report.h"
#include "engine/planner/waves.h"
#include "plans/wave_summary.h"
#include <fnmatch.h>

static const char *const on_failure_names[] = {"stop", "continue", "rollback"};
_Static_assert(COUNT_OF(on_failure_names) == ON_FAILURE_COUNT, "a name for every way");

static const char *const scope_names[] = {"target", "wave", "run"};
_Static_assert(COUNT_OF(scope_names) == ROLLBACK_SCOPE_COUNT, "a name for every scope");

#define ROWS_SHOWN 40 /* of a long list of targets, without -v */

static int run_list(struct app *app, struct err *err)
{
    enum { NAME, TARGETS, FROM, PROTECTED, DOCUMENT };
    static const struct column columns[] = {{"name", "ENVIRONMENT", 0},
                                            {"targets", "TARGETS", COLUMN_RIGHT},
                                            {"promotes_from", "PROMOTES FROM", 0},
                                            {"protected", "PROTECTED", 0},
                                            {"file", "FILE", 0}};
    env_checks_t checks = {0};
    int rc = env_check_all(app, &checks, err);
    if (rc) {
        return rc;
    }
    struct report *r = report_new(app, "environments", columns, COUNT_OF(columns));
    const struct env_check *c;
    vec_each (c, &checks) {
        if (!c->environment) {
            *err = c->err; /* a list with a hole in it would mislead */
            return err->status;
        }
        struct report_row *row = report_row(r, NULL);
        report_text(row, NAME, c->environment->name);
        if (c->has_query) {
            report_text(row, TARGETS, "query");
        } else {
            report_int(row, TARGETS, (int64_t)c->environment->ntargets);
        }
        report_text(row, FROM, c->environment->promotes_from);
        report_bool(row, PROTECTED, c->environment->protected_);
        report_text(row, DOCUMENT, c->file);
    }
    report_empty(r, "no environments");
    return report_print(r, err);
}

static void set_labels(struct app *app, struct report_row *row, size_t column, const struct target *t)
{
    strings_t list = {0};
    for (size_t i = 0; i < t->nlabels; i++) {
        *vec_push(app->arena, &list) =
            arena_printf(app->arena, "%s=%s", t->labels[i].name, t->labels[i].value);
    }
    report_list(row, column, &list);
}

/* The SSH hosts on the way, as they are written: references stay references. */
static void set_tunnel(struct app *app, struct report_row *row, size_t column, const struct target *t)
{
    strings_t list = {0};
    for (size_t i = 0; t->tunnel && i < t->tunnel->n; i++) {
        const struct tunnel_hop *hop = &t->tunnel->hops[i];
        *vec_push(app->arena, &list) =
            arena_printf(app->arena, "%s%s%s:%d", hop->user.text ? hop->user.text : "",
                         hop->user.text ? "@" : "", hop->host.text, hop->port);
    }
    report_list(row, column, &list);
}

static void add_facts(struct report *r, const struct environment *e)
{
    report_fact(r, "environment", "Environment", e->name);
    report_fact(r, "file", "File", e->file);
    report_fact(r, "promotes_from", "Promotes from", e->promotes_from);
    report_fact_bool(r, "protected", "Protected", e->protected_);
    const struct rollout *o = &e->rollout;
    report_fact_int(r, "parallel", "At once", o->parallel);
    if (o->parallel_per_server) {
        report_fact_int(r, "parallel_per_server", "At once per server", o->parallel_per_server);
    }
    report_fact(r, "on_failure", "On failure", on_failure_names[o->on_failure]);
    if (o->on_failure == ON_FAILURE_ROLLBACK) {
        report_fact(r, "rollback_scope", "Taken back", scope_names[o->rollback_scope]);
    }
    char budget[32];
    snprintf(budget, sizeof(budget), "%lld%s", (long long)o->max_failures,
             o->max_failures_percent ? "%" : "");
    report_fact(r, "max_failures", "Failures tolerated", budget);
}

/* A plan of nothing but the targets in their waves, to be shown as plans show them. */
static int plan_of_waves(struct arena *a, const struct environment *e, const unsigned **wave,
                         struct plan *plan, struct err *err)
{
    int rc = waves_assign(a, e, wave, err);
    for (size_t i = 0; i < e->ntargets && rc == 0; i++) {
        vec_push(a, &plan->targets)->name = e->targets[i].name;
    }
    if (rc == 0) {
        waves_fill(a, e, *wave, plan);
    }
    return rc;
}

static void print_waves(const struct plan *plan)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    int width = print_width();
    struct wrap wrap = {.out = &text, .width = width > 20 ? width : 80};
    wave_summary(plan, &wrap);
    fputs(strbuf_cstr(&text), stdout);
}

static int run_show(struct app *app, struct err *err)
{
    enum { NAME, ADDRESS, THROUGH, WAVE, QUERY, LABELS };
    static const struct column columns[] = {{"name", "TARGET", 0},
                                            {"address", "ADDRESS", COLUMN_WRAP},
                                            {"tunnel", "THROUGH", COLUMN_WRAP | COLUMN_OPTIONAL},
                                            {"wave", "WAVE", COLUMN_OPTIONAL},
                                            {"query", "FOR EACH ROW OF", COLUMN_WRAP | COLUMN_OPTIONAL},
                                            {"labels", "LABELS", COLUMN_WRAP | COLUMN_OPTIONAL}};
    env_checks_t one = {0};
    int rc = env_check_one(app, args_word(&app->args, 0), &one, err);
    if (rc) {
        return rc;
    }
    if (!one.items[0].environment) {
        *err = one.items[0].err;
        return err->status;
    }
    const struct environment *e = one.items[0].environment;
    struct plan plan = {0};
    const unsigned *wave = NULL;
    rc = one.items[0].has_query ? 0 : plan_of_waves(app->arena, e, &wave, &plan, err);
    if (rc) {
        return rc;
    }
    struct report *r = report_new(app, "targets", columns, COUNT_OF(columns));
    add_facts(r, e);
    size_t matching = 0;
    for (size_t i = 0; i < e->ntargets; i++) {
        const struct target *t = &e->targets[i];
        if (app->target && fnmatch(app->target, t->name, 0) != 0) {
            continue;
        }
        if (++matching > ROWS_SHOWN && !app->json && !app->verbose) {
            continue;
        }
        struct report_row *row = report_row(r, NULL);
        report_text(row, NAME, t->name);
        report_text(row, ADDRESS, target_display(app->arena, t, app_base(app)));
        report_text(row, WAVE, wave && e->rollout.waves.n ? e->rollout.waves.items[wave[i]].name : NULL);
        set_tunnel(app, row, THROUGH, t);
        report_text(row, QUERY, t->each.kind == EACH_QUERY ? t->each.query : NULL);
        set_labels(app, row, LABELS, t);
    }
    report_empty(r, "no target matches");
    rc = report_print(r, err);
    if (rc == 0 && !app->json && !app->verbose && matching > ROWS_SHOWN) {
        printf("and %zu more targets (-v shows them)\n", matching - ROWS_SHOWN);
    }
    if (rc == 0 && !app->json) {
        print_waves(&plan);
    }
    return rc;
}

static void print_doubts(struct app *app, const struct env_check *c)
{
    const struct err *why;
    vec_each (why, &c->doubts) {
        print_doubt(app, why);
    }
}

static void print_check(struct app *app, const struct env_check *c)
{
    char line[sizeof(c->err.file) + sizeof(c->err.message) + 64];
    const char *plain = print_style(app, stdout, STYLE_PLAIN);
    if (!c->environment) {
        printf("%sfail%s  %s\n", print_style(app, stdout, STYLE_RED), plain, c->file);
        print_error(app, &c->err);
        return;
    }
    if (c->cannot) {
        printf("%swarn%s  %s: not yet usable for %s: %s\n", print_style(app, stdout, STYLE_YELLOW), plain,
               c->environment->name, c->cannot, err_format(&c->why, line, sizeof(line)));
        return;
    }
    bool sure = c->doubts.n == 0;
    printf("%s%-4s%s  %s: %zu target%s%s\n", print_style(app, stdout, sure ? STYLE_GREEN : STYLE_YELLOW),
           sure ? "ok" : "warn", plain, c->environment->name, c->environment->ntargets,
           c->environment->ntargets == 1 ? "" : "s",
           c->has_query ? ", and one or more for every row of a query" : "");
    print_doubts(app, c);
}

static json_t *check_json(const struct env_check *c)
{
    json_t *o = json_object();
    json_object_set_new(o, "file", json_text(c->file));
    json_object_set_new(o, "name", json_text(c->environment ? c->environment->name : NULL));
    json_object_set_new(o, "ok", json_boolean(c->environment != NULL));
    if (!c->environment) {
        json_object_set_new(o, "error", err_json(&c->err));
    }
    json_t *warnings = json_array();
    const struct err *why;
    vec_each (why, &c->doubts) {
        json_array_append_new(warnings, err_json(why));
    }
    json_object_set_new(o, "warnings", warnings);
    if (c->cannot) {
        json_object_set_new(o, "cannot", json_text(c->cannot));
        json_object_set_new(o, "why", err_json(&c->why));
    }
    return o;
}

static int run_check(struct app *app, struct err *err)
{
    env_checks_t checks = {0};
    int rc = app->args.words.n || app->url ? 0 : env_check_all(app, &checks, err);
    for (size_t i = 0; !rc && i < app->args.words.n; i++) {
        rc = env_check_one(app, args_word(&app->args, i), &checks, err);
    }
    if (!rc && app->url) {
        rc = env_check_one(app, NULL, &checks, err);
    }
    if (rc) {
        return rc;
    }
    size_t wrong = 0;
    json_t *list = json_array();
    const struct env_check *c;
    vec_each (c, &checks) {
        wrong += c->environment == NULL;
        json_array_append_new(list, check_json(c));
        if (!app->json) {
            print_check(app, c);
        }
    }
    if (app->json) {
        json_print(json_pack("{s:O}", "environments", list));
    }
    json_decref(list);
    if (wrong) {
        return err_set(err, ERR_FILE, "%zu of %zu environments %s wrong", wrong, checks.n,
                       wrong == 1 ? "is" : "are");
    }
    return 0;
}

static const struct argument_spec one_environment[] = {
    {.name = "ENVIRONMENT",
     .help = "its name (default: that of -e, else the default)",
     .complete = COMPLETE_ENVIRONMENT,
     .optional = true},
    {0}};

static const struct command env_list = {
    .name = "env list",
    .group = GROUP_PROJECT,
    .summary = "list the environments",
    .description = "One line for each environment of the project: how many targets it has and where it is "
                   "promoted from. Nothing is connected to.",
    .examples = (const struct example[]){{"lockstep env list", "the environments of this project"},
                                         {"lockstep env list --format json", "the same for a program"},
                                         {0}},
    .run = run_list,
};

static const struct command env_show = {
    .name = "env show",
    .group = GROUP_PROJECT,
    .summary = "show an environment and its targets",
    .description = "Prints the policy of an environment and the address of each target, without passwords. "
                   "Lists and ranges are written out; a query is not run.",
    .arguments = one_environment,
    .examples = (const struct example[]){{"lockstep env show production", "all targets of production"},
                                         {"lockstep env show production -t 'eu-*'", "those that match"},
                                         {0}},
    .run = run_show,
};

static const struct command env_check = {
    .name = "env check",
    .group = GROUP_PROJECT,
    .summary = "check environment files for mistakes",
    .description = "Reads the whole of each document and reports every one that is wrong with file, line and "
                   "column. Also says what a document asks for that this version cannot do yet.",
    .arguments = (const struct argument_spec[]){{.name = "ENVIRONMENT",
                                                 .help = "which to check (default: all)",
                                                 .complete = COMPLETE_ENVIRONMENT,
                                                 .optional = true,
                                                 .many = true},
                                                {0}},
    .examples = (const struct example[]){{"lockstep env check", "check all of them, for instance in CI"},
                                         {"lockstep env check production", "check one"},
                                         {0}},
    .run = run_check,
};

const struct command command_env = {
    .name = "env",
    .group = GROUP_PROJECT,
    .summary = "list, show and check environments",
    .description = "An environment is a named set of databases with a policy: one file in environments/.",
    .subcommands = (const struct command *const[]){&env_list, &env_show, &env_check, NULL},
    .examples = (const struct example[]){{"lockstep env list", "what environments there are"}, {0}},
};

/* lockstep audit log | show | verify | export */
#include "base/file.h"
#include "cmd/audit_check.h"
#include "cmd/report.h"
#include "cmd/run_report.h"
#include "engine/store/store.h"

/* A mistyped place would otherwise read as a log without any run. */
static int no_store(const struct store *store, struct err *err)
{
    err_set(err, ERR_FILE, "there is no store at %s", store_place(store));
    return err_hint(err, "The first run makes it; \"store\" in lockstep.yaml says where it is.");
}

static int with_store(struct app *app, int (*use)(struct app *, struct store *, struct err *),
                      struct err *err)
{
    struct store *store = NULL;
    int rc = app_store(app, false, &store, err);
    if (rc) {
        return rc;
    }
    bool missing = app->project && app->project->store_named && !store_is_there(store);
    rc = missing ? no_store(store, err) : use(app, store, err);
    store_close(store);
    return rc;
}

static int list_runs(struct app *app, struct store *store, struct err *err)
{
    /* The id of a run begins with its time, so a terminal of 80 columns needs no other. */
    enum { RUN, ENVIRONMENT, OUTCOME, TOOK, WHO, COMMAND, STARTED, TARGETS, PLAN };
    static const struct column columns[] = {{"run", "RUN", 0},
                                            {"environment", "ENVIRONMENT", 0},
                                            {"outcome", "OUTCOME", 0},
                                            {"duration_us", "TOOK", COLUMN_RIGHT},
                                            {"actor", "WHO", 0},
                                            {"command", "COMMAND", COLUMN_WRAP},
                                            {"started", NULL, COLUMN_JSON_ONLY},
                                            {"targets", NULL, COLUMN_JSON_ONLY},
                                            {"plan", NULL, COLUMN_JSON_ONLY}};
    int64_t limit = 20;
    run_summaries_t runs = {0};
    int rc = args_int(&app->args, "limit", 0, INT32_MAX, &limit, err);
    rc = rc ? rc : audit_runs(store, app->arena, limit, &runs, err);
    if (rc) {
        return rc;
    }
    struct report *r = report_new(app, "runs", columns, COUNT_OF(columns));
    const struct run_summary *s;
    vec_each (s, &runs) {
        struct report_row *row = report_row(r, NULL);
        report_text(row, RUN, s->run);
        report_text(row, STARTED, time_format(app->arena, s->started_us, false));
        report_text(row, ENVIRONMENT, s->environment);
        report_textf(row, WHO, "%s@%s", s->actor ? s->actor : "?", s->host ? s->host : "?");
        report_text(row, COMMAND, s->command);
        report_int(row, TARGETS, s->targets);
        report_text(row, OUTCOME, s->outcome ? s->outcome : "no end recorded");
        bool good = s->outcome && strcmp(s->outcome, "ok") == 0;
        report_style(row, OUTCOME, good ? STYLE_GREEN : STYLE_RED);
        if (s->finished_us) {
            int64_t took = s->finished_us - s->started_us;
            report_shown(row, TOOK, took, duration_format(app->arena, took));
        }
        report_text(row, PLAN, s->plan);
    }
    report_empty(r, "no run is recorded yet");
    return report_print(r, err);
}

enum { SEQ, AT, EVENT, TARGET, WHAT, OUTCOME, TOOK, ROWS, DETAIL };
static const struct column event_columns[] = {{"seq", "SEQ", COLUMN_RIGHT},
                                              {"at", "AT", 0},
                                              {"kind", "EVENT", 0},
                                              {"target", "TARGET", 0},
                                              {"what", "WHAT", 0},
                                              {"outcome", "OUTCOME", 0},
                                              {"duration_us", "TOOK", COLUMN_RIGHT},
                                              {"rows", "ROWS", COLUMN_RIGHT},
                                              {"detail", "DETAIL", COLUMN_WRAP}};

struct showing {
    struct app *app;
    struct report *report;
};

/* One line an event: time, target, what was done, how it ended. */
static void print_event(struct app *app, const struct audit_event *e)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf line = STRBUF_INIT;
    strbuf_addf(&line, "%5lld  %.12s  ", (long long)e->seq, time_format(&a, e->at_us, true) + 11);
    if (e->target) {
        strbuf_addf(&line, "%s: ", e->target);
    }
    if (e->kind == EVENT_STATEMENT) {
        bool verify = e->detail && strcmp(e->detail, "verify") == 0;
        strbuf_addf(&line, "%s %s %lld: ", e->revision, verify ? "verify" : "statement",
                    (long long)e->statement);
        strbuf_addf(&line, "%s, %s", e->outcome, duration_format(&a, e->duration_us));
        if (e->rows >= 0) {
            strbuf_addf(&line, ", %lld row%s", (long long)e->rows, e->rows == 1 ? "" : "s");
        }
        strbuf_addf(&line, "  %s", e->sql ? e->sql : "");
        if (e->detail && !verify) {
            strbuf_addf(&line, "\n%21s%s", "", e->detail);
        }
    } else {
        char name[32];
        snprintf(name, sizeof(name), "%s", event_kind_name(e->kind));
        for (char *p = name; *p; p++) {
            *p = *p == '_' ? ' ' : *p;
        }
        strbuf_adds(&line, name);
        strbuf_addf(&line, "%s%s", e->revision ? " " : "", e->revision ? e->revision : "");
        strbuf_addf(&line, "%s%s", e->outcome ? ": " : "", e->outcome ? e->outcome : "");
        strbuf_addf(&line, "%s%s", e->detail ? "; " : "", e->detail ? e->detail : "");
        if (e->kind == EVENT_RUN_STARTED) {
            strbuf_addf(&line, " (%s@%s, %s)", e->actor ? e->actor : "?", e->host ? e->host : "?",
                        e->environment ? e->environment : "?");
        }
    }
    bool bad = e->outcome && (strcmp(e->outcome, "failed") == 0 || strcmp(e->outcome, "interrupted") == 0);
    printf("%s%s%s\n", bad ? print_style(app, stdout, STYLE_RED) : "", strbuf_cstr(&line),
           bad ? print_style(app, stdout, STYLE_PLAIN) : "");
}

static int show_event(void *arg, const struct audit_event *e, struct err *err)
{
    (void)err;
    struct showing *s = arg;
    if (!s->app->json) {
        print_event(s->app, e);
        return 0;
    }
    struct report_row *row = report_row(s->report, NULL);
    char *at = time_format(s->app->arena, e->at_us, true);
    report_int(row, SEQ, e->seq);
    report_text(row, AT, at);
    report_text(row, EVENT, event_kind_name(e->kind));
    report_text(row, TARGET, e->target);
    if (e->revision && e->statement) {
        report_textf(row, WHAT, "%s %lld: %s", e->revision, (long long)e->statement, e->sql ? e->sql : "");
    } else {
        report_text(row, WHAT, e->revision);
    }
    report_text(row, OUTCOME, e->outcome);
    if (e->duration_us > 0) {
        report_shown(row, TOOK, e->duration_us, duration_format(s->app->arena, e->duration_us));
    }
    if (e->rows >= 0) {
        report_int(row, ROWS, e->rows);
    }
    report_text(row, DETAIL, e->detail);
    return 0;
}

static int show_run(struct app *app, struct store *store, struct err *err)
{
    struct showing s = {app, report_new(app, "events", event_columns, COUNT_OF(event_columns))};
    int rc = audit_each(store, args_word(&app->args, 0), show_event, &s, err);
    return rc || !app->json ? rc : report_print(s.report, err);
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text) {
        json_object_set_new(o, key, json_text(text));
    }
}

static int export_event(void *arg, const struct audit_event *e, struct err *err)
{
    (void)err;
    struct app *app = arg;
    AUTO(arena_release) struct arena a = ARENA_INIT;
    json_t *o = json_object();
    json_object_set_new(o, "seq", json_integer(e->seq));
    json_object_set_new(o, "at", json_text(time_format(&a, e->at_us, true)));
    json_object_set_new(o, "kind", json_text(event_kind_name(e->kind)));
    const char *const keys[] = {"run",    "actor", "host",     "environment",
                                "target", "plan",  "revision", "direction"};
    const char *const values[] = {e->run,    e->actor, e->host,     e->environment,
                                  e->target, e->plan,  e->revision, e->direction};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        set_text(o, keys[i], values[i]);
    }
    if (e->statement) {
        json_object_set_new(o, "statement", json_integer(e->statement));
    }
    set_text(o, "statement_digest", e->statement_digest);
    set_text(o, "sql", e->sql);
    if (e->duration_us) {
        json_object_set_new(o, "duration_us", json_integer(e->duration_us));
    }
    if (e->rows >= 0) {
        json_object_set_new(o, "rows", json_integer(e->rows));
    }
    set_text(o, "outcome", e->outcome);
    set_text(o, "detail", e->detail);
    set_text(o, "previous", e->previous);
    set_text(o, "digest", e->digest);
    json_dumpf(o, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(o);
    (void)app;
    return 0;
}

static int export_all(struct app *app, struct store *store, struct err *err)
{
    return audit_each(store, args_word(&app->args, 0), export_event, app, err);
}

static int run_log(struct app *app, struct err *err)
{
    return with_store(app, list_runs, err);
}

static int run_show(struct app *app, struct err *err)
{
    return with_store(app, show_run, err);
}

static int run_verify(struct app *app, struct err *err)
{
    return with_store(app, audit_check, err);
}

static int run_export(struct app *app, struct err *err)
{
    return with_store(app, export_all, err);
}

static const struct command audit_log = {
    .name = "audit log",
    .group = GROUP_ORCHESTRATION,
    .summary = "list the runs, newest first",
    .description = "Who ran what, when, on how many targets, and how it ended.",
    .options =
        (const struct option_spec[]){{0, "limit", "NUMBER", .help = "at most so many (default 20)"}, {0}},
    .examples = (const struct example[]){{"lockstep audit log --limit 5", "the last five runs"}, {0}},
    .run = run_log,
};

static const struct command audit_show = {
    .name = "audit show",
    .group = GROUP_ORCHESTRATION,
    .summary = "show every event of a run",
    .description =
        "Each statement with its duration and rows, what was committed, rolled back and taken back.",
    .arguments = (const struct argument_spec[]){{.name = "RUN", .help = "a run's id or its beginning"}, {0}},
    .examples =
        (const struct example[]){{"lockstep audit show r20261121T093000", "by the beginning of its id"}, {0}},
    .run = run_show,
};

static const struct command audit_verify_command = {
    .name = "audit verify",
    .group = GROUP_ORCHESTRATION,
    .summary = "prove that the audit log is whole",
    .description = "Recomputes the chain of digests: an event that was edited, removed or moved is named. "
                   "Then every target of the "
                   "project is asked for the heads of the log that it recorded with its changes: one that "
                   "the log does not have "
                   "means that the log's end was cut off. --offline leaves the targets out.\n\nExits with 1 "
                   "when something is "
                   "wrong, 69 when a target could not be asked.",
    .options = (const struct option_spec[]){{0, "offline", NULL, .help = "check the chain only"}, {0}},
    .examples =
        (const struct example[]){{"lockstep audit verify", "the log and what the targets know of it"}, {0}},
    .run = run_verify,
};

static const struct command audit_export = {
    .name = "audit export",
    .streams = true,
    .group = GROUP_ORCHESTRATION,
    .summary = "print the log as JSON, one event a line",
    .description = "Every field of every event, digests included, oldest first.",
    .arguments =
        (const struct argument_spec[]){{.name = "RUN", .help = "only this run", .optional = true}, {0}},
    .examples =
        (const struct example[]){{"lockstep audit export --format jsonl > audit.jsonl", "for another system"},
                                 {0}},
    .run = run_export,
};

const struct command command_audit = {
    .name = "audit",
    .group = GROUP_ORCHESTRATION,
    .summary = "what was run, by whom, and whether the log is whole",
    .description =
        "The audit log is append-only and chained: each event carries the digest of the one before it, and "
        "the newest digest is written into every target together with the change.",
    .subcommands =
        (const struct command *const[]){&audit_log, &audit_show, &audit_verify_command, &audit_export, NULL},
    .examples = (const struct example[]){{"lockstep audit log", "the last runs"},
                                         {"lockstep audit verify", "nothing was edited, removed or cut off"},
                                         {0}},
};

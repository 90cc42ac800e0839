/* lockstep doctor: is everything in place? One line for each check. */
#include "base/file.h"
#include "cmd/env_check.h"
#include "cmd/report.h"
#include "drivers/tunnel.h"
#include "engine/fleet.h"
#include "engine/store/store.h"
#include "environments/vault.h"
#include <unistd.h>

enum result { RESULT_OK, RESULT_WARN, RESULT_FAIL, RESULT_COUNT };
static const char *const result_names[] = {"ok", "warn", "fail"};
static const enum style result_styles[] = {STYLE_GREEN, STYLE_YELLOW, STYLE_RED};
_Static_assert(COUNT_OF(result_names) == RESULT_COUNT && COUNT_OF(result_styles) == RESULT_COUNT,
               "all results");

struct doctor {
    struct app *app;
    struct report *report;
    size_t failed;
};

enum { RESULT, CHECK, DETAIL, HINT };

static void add(struct doctor *d, enum result result, const char *check, const char *detail, const char *hint)
{
    struct report_row *row = report_row(d->report, NULL);
    report_text(row, RESULT, result_names[result]);
    report_style(row, RESULT, result_styles[result]);
    report_text(row, CHECK, check);
    if (hint && hint[0] && !d->app->json) {
        report_textf(row, DETAIL, "%s. %s", detail, hint);
    } else {
        report_text(row, DETAIL, detail);
    }
    report_text(row, HINT, hint && hint[0] ? hint : NULL);
    d->failed += result == RESULT_FAIL;
}

static void add_err(struct doctor *d, enum result result, const char *check, const struct err *err)
{
    char line[sizeof(err->file) + sizeof(err->message) + 64];
    add(d, result, check, err_format(err, line, sizeof(line)), err->hint);
}

/* A missing client library matters only to those who have such a database. */
static void check_drivers(struct doctor *d)
{
    const char *const *names = NULL;
    size_t n = driver_names(&names);
    for (size_t i = 0; i < n; i++) {
        const struct driver *driver = NULL;
        struct err err = {0};
        const char *check = arena_printf(d->app->arena, "driver %s", names[i]);
        if (driver_find(names[i], &driver, &err) != 0) {
            add_err(d, RESULT_WARN, check, &err);
        } else {
            add(d, RESULT_OK, check, driver->title, NULL);
        }
    }
}

/* The same of SSH. Nothing is asked of the agent: that may need a person's consent. */
static void check_ssh(struct doctor *d)
{
    struct arena *a = d->app->arena;
    const char *library;
    struct err err = {0};
    if (tunnel_library(&library, &err) != 0) {
        add_err(d, RESULT_WARN, "ssh", &err);
        return;
    }
    const char *agent = getenv("SSH_AUTH_SOCK");
    bool lost = agent && !file_exists(agent);
    const char *known = path_join(a, ".", "~/.ssh/known_hosts");
    const char *detail =
        arena_printf(a, "%s; %s; %s%s", library,
                     !agent ? "no agent"
                     : lost ? "the agent's socket in SSH_AUTH_SOCK is gone"
                            : "an agent",
                     file_exists(known) ? "known hosts in " : "no known hosts of this user in ", known);
    add(d, lost ? RESULT_WARN : RESULT_OK, "ssh", detail,
        lost ? "Start an agent again, or unset SSH_AUTH_SOCK." : NULL);
}

static void check_graph(struct doctor *d)
{
    struct graph *g = NULL;
    struct err err = {0};
    if (app_graph(d->app, &g, &err) != 0) {
        add_err(d, RESULT_FAIL, "revisions", &err);
        return;
    }
    const char *text =
        arena_printf(d->app->arena, "%zu, %zu head%s", g->all.n, g->heads.n, g->heads.n == 1 ? "" : "s");
    if (g->heads.n > 1) {
        add(d, RESULT_WARN, "revisions", text, "\"lockstep merge\" joins heads.");
    } else {
        add(d, RESULT_OK, "revisions", text, NULL);
    }
}

/* Not made, only looked at, and that only when connecting is asked for. */
static void check_store_server(struct doctor *d, const struct project *p)
{
    struct store *store = NULL;
    struct err err = {0};
    if (!args_flag(&d->app->args, "connect")) {
        add(d, RESULT_OK, "store", arena_printf(d->app->arena, "%s (not tried)", p->store), NULL);
    } else if (store_open_project(p, false, &store, &err) != 0) {
        add_err(d, RESULT_FAIL, "store", &err);
    } else {
        add(d, RESULT_OK, "store", p->store, NULL);
    }
    store_close(store);
}

/* The store's folder is made by the first run: until then the nearest folder that exists counts. */
static void check_store(struct doctor *d, const struct project *p)
{
    const char *path = p->store;
    if (p->store_server) {
        check_store_server(d, p);
        return;
    }
    while (!file_exists(path) && strchr(path, '/')) {
        path = path_dirname(d->app->arena, path);
    }
    path = file_exists(path) ? path : ".";
    if (access(path, W_OK) == 0) {
        add(d, RESULT_OK, "store",
            arena_printf(d->app->arena, "%s%s", p->store,
                         file_exists(p->store) ? "" : " (made by the first run)"),
            NULL);
    } else {
        add(d, RESULT_FAIL, "store", arena_printf(d->app->arena, "%s cannot be written", p->store),
            "Runs are recorded there: make it writable for this user.");
    }
}

static int ask_server(void *arg, struct fleet *fleet, struct member *m, struct err *err)
{
    const char **servers = arg;
    int rc = member_connect(fleet, m, false, err);
    if (rc == 0) {
        servers[m - fleet->members.items] = arena_dup(&m->arena, m->driver->server(m->conn));
        member_disconnect(m);
    }
    return rc;
}

static void check_targets(struct doctor *d, struct environment *e)
{
    struct app *app = d->app;
    struct err err = {0};
    struct fleet fleet = {0};
    if (fleet_expand(app->arena, app->project, e, &err) != 0 || app_fleet_all(app, e, &fleet, &err) != 0) {
        if (app->target && err.status == ERR_USAGE) {
            return; /* -t selects targets of another environment */
        }
        add_err(d, RESULT_FAIL, arena_printf(app->arena, "connect %s", e->name), &err);
        return;
    }
    const char **servers = arena_array(app->arena, fleet.members.n + 1, sizeof(*servers));
    fleet_each(&fleet, true, ask_server, servers);
    struct member *m;
    vec_each (m, &fleet.members) {
        const char *check = arena_printf(app->arena, "connect %s/%s", e->name, m->target->name);
        if (m->err) {
            add_err(d, RESULT_FAIL, check, m->err);
            continue;
        }
        add(d, RESULT_OK, check,
            arena_printf(app->arena, "%s, %s", m->address, servers[m - fleet.members.items]), NULL);
    }
    fleet_close(&fleet);
}

/* How secrets are read from Vault; nothing where nobody speaks of it. The token itself is never shown. */
static void check_vault(struct doctor *d, bool wanted)
{
    struct err err = {0};
    const char *described = NULL, *token = NULL;
    bool connect = args_flag(&d->app->args, "connect");
    if (!wanted && !vault_is_set()) {
        return;
    }
    int rc = vault_describe(d->app->arena, &described, &err);
    rc = rc || !connect ? rc : vault_try(d->app->arena, &token, &err);
    if (rc) {
        add_err(d, wanted ? RESULT_FAIL : RESULT_WARN, "vault", &err);
    } else {
        add(d, RESULT_OK, "vault",
            arena_printf(d->app->arena, "%s%s%s", described, token ? "; " : "", token ? token : ""), NULL);
    }
}

static bool uses_vault(const struct environment *e)
{
    bool uses = false;
    for (size_t i = 0; i < e->ntargets && !uses; i++) {
        const struct target *t = &e->targets[i];
        const struct template_text *const texts[] = {&t->url, &t->password, &t->each.url, &t->each.password};
        for (size_t j = 0; j < COUNT_OF(texts); j++) {
            uses = uses || template_refers_to(texts[j], REFERENCE_VAULT);
        }
    }
    return uses;
}

static bool is_selected(const struct app *app, const struct environment *e)
{
    return !app->environment || strcmp(app->environment, e->name) == 0;
}

static void check_environments(struct doctor *d)
{
    env_checks_t checks = {0};
    struct err err = {0};
    if (env_check_all(d->app, &checks, &err) != 0) {
        add_err(d, RESULT_FAIL, "environments", &err);
        return;
    }
    if (checks.n == 0) {
        add(d, RESULT_WARN, "environments", "there are none", "Add environments/dev.yaml.");
    }
    bool connect = args_flag(&d->app->args, "connect"), vault = false;
    const struct env_check *c;
    vec_each (c, &checks) {
        vault = vault || (c->environment && uses_vault(c->environment));
    }
    check_vault(d, vault);
    vec_each (c, &checks) {
        if (!c->environment) {
            add_err(d, RESULT_FAIL, arena_printf(d->app->arena, "environment %s", path_basename(c->file)),
                    &c->err);
            continue;
        }
        const char *check = arena_printf(d->app->arena, "environment %s", c->environment->name);
        if (c->cannot) {
            add_err(d, RESULT_WARN, check, &c->why);
        } else if (c->doubts.n) {
            add_err(d, RESULT_WARN, check, &c->doubts.items[0]);
        } else {
            size_t n = c->environment->ntargets;
            add(d, RESULT_OK, check, arena_printf(d->app->arena, "%zu target%s", n, n == 1 ? "" : "s"), NULL);
        }
        if (connect && is_selected(d->app, c->environment)) {
            check_targets(d, c->environment);
        }
    }
}

static void check_project(struct doctor *d)
{
    struct project *p = NULL;
    struct err err = {0};
    if (app_project(d->app, &p, &err) != 0) {
        add_err(d, RESULT_FAIL, "project", &err);
        return;
    }
    add(d, RESULT_OK, "project", arena_printf(d->app->arena, "%s, %s", p->name, p->file), NULL);
    check_graph(d);
    check_environments(d);
    check_store(d, p);
}

static int run(struct app *app, struct err *err)
{
    static const struct column columns[] = {{"result", NULL, 0},
                                            {"check", NULL, 0},
                                            {"detail", NULL, COLUMN_WRAP},
                                            {"hint", NULL, COLUMN_JSON_ONLY}};
    struct doctor d = {.app = app, .report = report_new(app, "checks", columns, COUNT_OF(columns))};
    add(&d, RESULT_OK, "lockstep", LOCKSTEP_VERSION, NULL);
    check_drivers(&d);
    check_ssh(&d);
    check_project(&d);
    int rc = report_print(d.report, err);
    if (rc) {
        return rc;
    }
    return d.failed ? err_set(err, ERR_FAILED, "%zu check%s failed", d.failed, d.failed == 1 ? "" : "s") : 0;
}

const struct command command_doctor = {
    .name = "doctor",
    .group = GROUP_PROJECT,
    .summary = "check that everything is in place",
    .description =
        "Looks at the program, the database drivers, the project file, the revisions, every "
        "environment and the store, and prints a line for each: ok, warn or fail. With --connect it "
        "also opens a connection to every target (of -e and -t, if given) and changes nothing there. "
        "The exit status is 1 when a check failed.",
    .options = (const struct option_spec[]){{0, "connect", NULL, .help = "also connect to the targets"}, {0}},
    .examples =
        (const struct example[]){{"lockstep doctor", "check the project in this folder"},
                                 {"lockstep doctor --connect -e staging", "and reach staging's targets"},
                                 {0}},
    .run = run,
};

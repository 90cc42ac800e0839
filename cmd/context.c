/* Selecting and loading what a command works on. Nothing here prints. */
#include "cmd/context.h"
#include "engine/fleet.h"
#include <fnmatch.h>

/* Whether the command has TARGET_OPTIONS. */
static bool takes_selection(const struct args *args)
{
    const struct option_spec *s = args->command ? args->command->options : NULL;
    while (s && s->name && strcmp(s->name, "shard") != 0) {
        s++;
    }
    return s && s->name;
}

static int read_selection(struct app *app, struct err *err)
{
    struct selection *s = &app->selection;
    s->glob = app->target;
    if (!takes_selection(&app->args)) {
        return 0;
    }
    const char *only = args_text(&app->args, "only"), *exclude = args_text(&app->args, "exclude"),
               *shard = args_text(&app->args, "shard");
    int rc = only ? selection_patterns(app->arena, "only", only, &s->only, err) : 0;
    rc = rc || !exclude ? rc : selection_patterns(app->arena, "exclude", exclude, &s->exclude, err);
    return rc || !shard ? rc : selection_shard(shard, s, err);
}

int app_init(struct app *app, struct err *err)
{
    const struct args *args = &app->args;
    args_list(app->arena, args, "config", &app->config);
    app->environment = args_text(args, "environment");
    app->url = args_text(args, "url");
    app->quiet = args_flag(args, "quiet");
    app->verbose = args_flag(args, "verbose");
    app->yes = args_flag(args, "yes");
    const char *format = args_text(args, "format"), *color = args_text(args, "color");
    app->jsonl = format && strcmp(format, "jsonl") == 0;
    app->json = app->jsonl || (format && strcmp(format, "json") == 0);
    if (app->jsonl && !(args->command && args->command->streams)) {
        err_set(err, ERR_USAGE, "--format jsonl is for runs and \"audit export\" only");
        return err_hint(err, "Every command that prints a table takes --format json.");
    }
    bool report = format && (strcmp(format, "markdown") == 0 || strcmp(format, "junit") == 0 ||
                             strcmp(format, "html") == 0);
    if (report && !(args->command && args->command->reports)) {
        err_set(err, ERR_USAGE, "--format %s is for drift and diff only", format);
        return err_hint(err, "Every command that prints a table takes --format json.");
    }
    app->color_out = app->color_err = -1;
    if (color && strcmp(color, "auto") != 0) {
        app->color_out = app->color_err = strcmp(color, "always") == 0;
    }
    app->target = args_text(args, "target");
    int rc = read_selection(app, err);
    if (rc) {
        return rc;
    }
    if (app->url && app->environment) {
        err_set(err, ERR_USAGE, "--url and --environment cannot be given together");
        return err_hint(err, "--url stands in for an environment: leave one of them out.");
    }
    return 0;
}

int app_environment(struct app *app, const char *name, struct environment **out, struct err *err)
{
    struct environment *e = NULL;
    int rc = 0;
    if (app->url) {
        if (name) {
            err_set(err, ERR_USAGE, "--url and the environment \"%s\" cannot be given together", name);
            return err_hint(err, "--url stands in for an environment: leave one of them out.");
        }
        rc = environment_from_url(app->arena, app->url, &e, err);
    } else {
        struct project *p = NULL;
        rc = app_project(app, &p, err);
        if (rc) {
            return rc;
        }
        rc = project_environment(app->arena, p, name ? name : app->environment, &e, err);
    }
    if (rc) {
        return rc;
    }
    rc = fleet_expand(app->arena, app->url ? NULL : app->project, e, err);
    if (rc) {
        return rc;
    }
    *out = e;
    return 0;
}

/* How many promotions lead to an environment; a chain that goes round counts to its length. */
static size_t chain_depth(struct environment *const *list, size_t n, const struct environment *e)
{
    size_t depth = 0;
    for (const char *from = e->promotes_from; from && depth < n; depth++) {
        const char *next = NULL;
        for (size_t i = 0; i < n; i++) {
            if (strcmp(list[i]->name, from) == 0) {
                next = list[i]->promotes_from;
            }
        }
        from = next;
    }
    return depth;
}

int app_environments(struct app *app, struct environment ***out, size_t *n, struct err *err)
{
    struct project *p = NULL;
    int rc = app_project(app, &p, err);
    struct environment **list = NULL;
    rc = rc ? rc : project_environments(app->arena, p, &list, n, err);
    if (rc) {
        return rc;
    }
    struct environment **sorted = arena_array(app->arena, *n + 1, sizeof(*sorted));
    size_t placed = 0;
    for (size_t depth = 0; placed < *n; depth++) {
        for (size_t i = 0; i < *n; i++) {
            if (chain_depth(list, *n, list[i]) == depth) {
                sorted[placed++] = list[i];
            }
        }
    }
    *out = sorted;
    return 0;
}

/* "a, b, c": at most a dozen names, then their number. */
static const char *target_names(struct arena *a, const struct environment *e, const targets_t *only)
{
    AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
    size_t n = only ? only->n : e->ntargets;
    for (size_t i = 0; i < n && i < 12; i++) {
        strbuf_addf(&list, "%s%s", i ? ", " : "", only ? only->items[i]->name : e->targets[i].name);
    }
    if (n > 12) {
        strbuf_addf(&list, " and %zu more", n - 12);
    }
    return arena_dup(a, strbuf_cstr(&list));
}

int app_targets(struct app *app, struct environment *e, targets_t *out, struct err *err)
{
    targets_t found = {0};
    for (size_t i = 0; i < e->ntargets; i++) {
        if (!app->target || fnmatch(app->target, e->targets[i].name, 0) == 0) {
            *vec_push(app->arena, &found) = &e->targets[i];
        }
    }
    if (found.n == 0) {
        err_set(err, ERR_USAGE, "no target of %s matches \"%s\"", e->name, app->target ? app->target : "*");
        return err_hint(err, "%s has %s.", e->name, target_names(app->arena, e, NULL));
    }
    *out = found;
    return 0;
}

int app_target(struct app *app, struct environment *e, struct target **out, struct err *err)
{
    targets_t found = {0};
    int rc = app_targets(app, e, &found, err);
    if (rc || found.n == 0) {
        return rc;
    }
    if (found.n > 1) {
        err_set(err, ERR_USAGE, "%s works on one database, and %zu targets of %s are selected",
                app->args.command->name, found.n, e->name);
        return err_hint(err, "Choose one with -t: %s.", target_names(app->arena, e, &found));
    }
    *out = found.items[0];
    return 0;
}

int app_fleet(struct app *app, struct environment *e, struct fleet *out, struct err *err)
{
    const struct project *p = NULL;
    int rc = app_fleet_project(app, &p, err);
    return rc ? rc : fleet_open(app->arena, p, e, &app->selection, out, err);
}

int app_fleet_all(struct app *app, struct environment *e, struct fleet *out, struct err *err)
{
    const struct project *p = NULL;
    int rc = app_fleet_project(app, &p, err);
    return rc ? rc : fleet_open_all(app->arena, p, e, &app->selection, out, err);
}

int app_position(struct app *app, struct position *out, struct err *err)
{
    struct environment *e = NULL;
    struct target *t = NULL;
    int rc = app_environment(app, NULL, &e, err);
    if (!rc) {
        rc = app_target(app, e, &t, err);
    }
    if (rc) {
        return rc;
    }
    AUTO(fleet_close) struct fleet fleet = {0};
    rc = app_fleet(app, e, &fleet, err);
    if (rc) {
        return rc;
    }
    struct member *m = &fleet.members.items[0];
    rc = member_read(&fleet, m, err);
    if (rc) {
        return rc;
    }
    *out = m->state.at;
    return 0;
}

const char *app_base(struct app *app)
{
    struct project *p = NULL;
    return !app->url && app_project(app, &p, NULL) == 0 && p ? p->dir : ".";
}

const char *app_words(struct app *app)
{
    if (app->args.words.n == 0) {
        return NULL;
    }
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < app->args.words.n; i++) {
        strbuf_addf(&text, "%s%s", i ? " " : "", app->args.words.items[i]);
    }
    return arena_dup(app->arena, strbuf_cstr(&text));
}

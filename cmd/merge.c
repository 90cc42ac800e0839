/* lockstep merge */
#include "cmd/revision_file.h"

static void add_once(struct app *app, revisions_t *list, struct revision *r)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i] == r) {
            return;
        }
    }
    *vec_push(app->arena, list) = r;
}

static int find_parents(struct app *app, struct graph *g, revisions_t *out, struct err *err)
{
    /* Without arguments also those heads that another branch depends on, which "heads" leaves out. */
    if (app->args.words.n == 0) {
        *out = g->heads;
    }
    for (size_t i = 0; i < app->args.words.n; i++) {
        revisions_t named = {0};
        int rc = graph_resolve(app->arena, g, NULL, app->args.words.items[i], &named, err);
        if (rc) {
            return rc;
        }
        for (size_t k = 0; k < named.n; k++) {
            add_once(app, out, named.items[k]);
        }
    }
    if (out->n < 2) {
        err_set(err, ERR_USAGE, "a merge joins two revisions or more, and %s",
                out->n ? "there is only one" : "there is none");
        return err_hint(err, "The project has %zu head%s: see \"lockstep heads\".", g->heads.n,
                        g->heads.n == 1 ? "" : "s");
    }
    return 0;
}

/* One that comes before another is part of it already. */
static int check_apart(const revisions_t *parents, struct err *err)
{
    for (size_t i = 0; i < parents->n; i++) {
        for (size_t k = 0; k < parents->n; k++) {
            if (i != k && revision_is_ancestor(parents->items[i], parents->items[k], false)) {
                return err_set(err, ERR_USAGE, "%s cannot be merged with %s, which follows it",
                               parents->items[i]->id, parents->items[k]->id);
            }
        }
    }
    return 0;
}

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    revisions_t parents = {0};
    rc = find_parents(app, g, &parents, err);
    if (rc) {
        return rc;
    }
    rc = check_apart(&parents, err);
    if (rc) {
        return rc;
    }
    rc = revision_check_parents(&parents, args_flag(&app->args, "splice"), err);
    if (rc) {
        return rc;
    }
    const char *message = args_text(&app->args, "message");
    struct new_revision n = {.id = args_text(&app->args, "rev-id"), .message = message, .merge = true};
    AUTO(strbuf_release) struct strbuf list = STRBUF_INIT;
    for (size_t i = 0; i < parents.n; i++) {
        *vec_push(app->arena, &n.revises) = parents.items[i]->id;
        strbuf_addf(&list, "%s%s",
                    i == 0               ? "merge "
                    : i + 1 == parents.n ? " and "
                                         : ", ",
                    parents.items[i]->id);
    }
    n.message = message || app_is_alembic(app) ? message : strbuf_cstr(&list);
    args_list(app->arena, &app->args, "branch-label", &n.labels);
    return revision_file_make(app, &n, err);
}

const struct command command_merge = {
    .name = "merge",
    .group = GROUP_REVISIONS,
    .summary = "join branches with a new revision",
    .description =
        "Writes a revision that follows all of those named, so that the history has one head again. "
        "Without arguments it joins all heads.",
    .arguments = (const struct argument_spec[]){{.name = "REVISION",
                                                 .help = "what to join (default: every head)",
                                                 .complete = COMPLETE_REVISION,
                                                 .optional = true,
                                                 .many = true},
                                                {0}},
    .options =
        (const struct option_spec[]){
            {'m', "message", "TEXT", .help = "what the merge is for"},
            {0, "branch-label", "LABEL", .help = "name the branch that begins here", .many = true},
            {0, "rev-id", "ID", .help = "use this id instead of a random one"},
            {0, "splice", NULL, .help = "allow revisions that are not heads"},
            {0}},
    .examples = (const struct example[]){{"lockstep merge -m \"join orders and billing\"", "join all heads"},
                                         {"lockstep merge 3b1c orders@head", "join these two"},
                                         {0}},
    .run = run,
};

/* lockstep heads */
#include "cmd/revision_print.h"

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    const revisions_t *heads = args_flag(&app->args, "resolve-dependencies") ? &g->real_heads : &g->heads;
    if (app->json) {
        revisions_print_json(heads, NULL);
        return 0;
    }
    for (size_t i = 0; i < heads->n; i++) {
        if (app->verbose) {
            revision_print_long(app, heads->items[i], NULL);
        } else {
            revision_print(app, heads->items[i], REVISION_LABELS, NULL);
        }
    }
    return 0;
}

const struct command command_heads = {
    .name = "heads",
    .group = GROUP_REVISIONS,
    .summary = "show the newest revision of every branch",
    .description =
        "A head is a revision that no other one revises. A project usually has one; when two people "
        "add revisions at the same time it has two, and \"lockstep merge\" joins them.",
    .options =
        (const struct option_spec[]){
            {0, "resolve-dependencies", NULL, .help = "leave out heads that another branch depends on"}, {0}},
    .examples = (const struct example[]){{"lockstep heads", "one line for each head"},
                                         {"lockstep heads -v", "with parents, file and message"},
                                         {0}},
    .run = run,
};

/* lockstep branches */
#include "cmd/revision_print.h"

static void print_branch_point(struct app *app, const struct revision *r)
{
    if (app->verbose) {
        revision_print_long(app, r, NULL);
    } else {
        revision_print(app, r, REVISION_LABELS | REVISION_TREE, NULL);
    }
    for (size_t i = 0; i < r->children.n; i++) {
        printf("%*s -> ", (int)strlen(r->id), "");
        revision_print(app, r->children.items[i],
                       REVISION_LABELS | REVISION_TREE | (app->verbose ? REVISION_MESSAGE : 0), NULL);
    }
    putchar('\n');
}

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    revisions_t points = {0};
    for (size_t i = g->all.n; i > 0; i--) {
        if (revision_is_branch_point(g->all.items[i - 1])) {
            *vec_push(app->arena, &points) = g->all.items[i - 1];
        }
    }
    if (app->json) {
        revisions_print_json(&points, NULL);
        return 0;
    }
    for (size_t i = 0; i < points.n; i++) {
        print_branch_point(app, points.items[i]);
    }
    return 0;
}

const struct command command_branches = {
    .name = "branches",
    .group = GROUP_REVISIONS,
    .summary = "show the revisions where the history forks",
    .description = "Lists every revision that more than one other revises, newest first, with those that do. "
                   "A project without branches prints nothing.",
    .examples = (const struct example[]){{"lockstep branches", "each fork with the revisions that follow it"},
                                         {"lockstep branches -v", "the same with files and messages"},
                                         {0}},
    .run = run,
};

/* lockstep show */
#include "cmd/revision_print.h"

static int run(struct app *app, struct err *err)
{
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    struct position at = {0};
    revisions_t found = {0};
    bool asked = false;
    for (size_t i = 0; i < app->args.words.n; i++) {
        const char *text = app->args.words.items[i];
        if (!asked && revision_is_relative_to_current(slice_of(text))) {
            rc = app_position(app, &at, err);
            if (rc) {
                return rc;
            }
            asked = true;
        }
        revisions_t named = {0};
        rc = graph_resolve(app->arena, g, asked ? &at : NULL, text, &named, err);
        if (rc) {
            return rc;
        }
        for (size_t k = 0; k < named.n; k++) {
            *vec_push(app->arena, &found) = named.items[k];
        }
    }
    if (app->json) {
        revisions_print_json(&found, asked ? &at.ids : NULL);
        return 0;
    }
    for (size_t i = 0; i < found.n; i++) {
        revision_print_long(app, found.items[i], asked ? &at.ids : NULL);
    }
    return 0;
}

const struct command command_show = {
    .name = "show",
    .group = GROUP_REVISIONS,
    .summary = "show revisions in full",
    .description =
        "Prints what is known of a revision: what it revises and depends on, its branches, file and "
        "message. A revision is named by its id, the beginning of its id, a branch label, \"head\", "
        "\"heads\", \"label@head\", \"id-1\", or \"current\" for what the selected database has.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "REVISION", .help = "the revision to show", .complete = COMPLETE_REVISION, .many = true},
            {0}},
    .examples = (const struct example[]){{"lockstep show head", "the newest revision"},
                                         {"lockstep show 3b1c", "the one whose id begins with 3b1c"},
                                         {"lockstep show current -e staging", "where staging stands"},
                                         {0}},
    .run = run,
};

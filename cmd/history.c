/* lockstep history */
#include "base/str.h"
#include "cmd/revision_print.h"

/* A database is asked only when the range or -i needs it. */
static bool needs_position(const struct args *args, const char *range)
{
    struct slice rest = slice_of(range), end;
    while (slice_cut(&rest, ':', &end)) {
        if (revision_is_relative_to_current(end)) {
            return true;
        }
    }
    return args_flag(args, "indicate-current");
}

static int run(struct app *app, struct err *err)
{
    const char *range = args_text(&app->args, "rev-range");
    struct graph *g = NULL;
    int rc = app_graph(app, &g, err);
    if (rc) {
        return rc;
    }
    struct position at = {0};
    bool asked = needs_position(&app->args, range);
    if (asked) {
        rc = app_position(app, &at, err);
        if (rc) {
            return rc;
        }
    }
    revisions_t list = {0};
    rc = graph_range(app->arena, g, asked ? &at : NULL, range, &list, err);
    if (rc) {
        return rc;
    }
    const strings_t *current = args_flag(&app->args, "indicate-current") ? &at.ids : NULL;
    if (app->json) {
        revisions_print_json(&list, current);
        return 0;
    }
    for (size_t i = 0; i < list.n; i++) {
        if (app->verbose) {
            revision_print_long(app, list.items[i], current);
        } else {
            revision_print(app, list.items[i],
                           REVISION_PARENTS | REVISION_LABELS | REVISION_TREE | REVISION_MESSAGE, current);
        }
    }
    return 0;
}

const struct command command_history = {
    .name = "history",
    .group = GROUP_REVISIONS,
    .summary = "list revisions, newest first",
    .description =
        "Each line says what a revision follows, its id, its branches and its message. A range is "
        "written START:END; an end that is left out means the base or the heads. Ends are named as "
        "for \"lockstep show\"; \"-3:current\" and \"base:+5\" count from the other end.",
    .options =
        (const struct option_spec[]){
            {'r', "rev-range", "RANGE", .help = "only the revisions of START:END",
             .complete = COMPLETE_REVISION},
            {'i', "indicate-current", NULL, .help = "mark where the selected database stands"},
            {0}},
    .examples =
        (const struct example[]){{"lockstep history", "every revision"},
                                 {"lockstep history -r 3b1c:head -v", "in full, from 3b1c on"},
                                 {"lockstep history -r -3:current -e dev", "the last three that dev has"},
                                 {"lockstep history -i -e production", "mark what production has"},
                                 {0}},
    .run = run,
};

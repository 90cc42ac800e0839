/* lockstep downgrade */
#include "cmd/migrate.h"

static int run(struct app *app, struct err *err)
{
    return migrate(app, DIRECTION_DOWNGRADE, err);
}

const struct command command_downgrade = {
    .name = "downgrade",
    .streams = true,
    .group = GROUP_DATABASE,
    .summary = "take revisions back on one database",
    .description = "Runs the downgrade sections of the revisions that stand above the destination, newest "
                   "first. A revision without one cannot be taken back, and nothing is run then.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "DESTINATION",
             .help = "where to: -1, base, an id or its beginning, label@base; with --sql FROM:TO",
             .complete = COMPLETE_REVISION,
             .optional = false,
             .many = true},
            {0}},
    .options = (const struct option_spec[]){{0, "sql", NULL, .help = "print the SQL instead of running it"},
                                            {0, "transaction", "MODE",
                                             .help = "one transaction for the plan, or one a revision",
                                             .choices = "plan|revision"},
                                            {0}},
    .examples = (const struct example[]){{"lockstep downgrade -1", "the newest revision"},
                                         {"lockstep downgrade base", "everything"},
                                         {"lockstep downgrade --sql head:-1", "the SQL of one step back"},
                                         {0}},
    .run = run,
};

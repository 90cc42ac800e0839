/* lockstep upgrade */
#include "cmd/migrate.h"

static int run(struct app *app, struct err *err)
{
    return migrate(app, DIRECTION_UPGRADE, err);
}

const struct command command_upgrade = {
    .name = "upgrade",
    .streams = true,
    .group = GROUP_DATABASE,
    .summary = "run the revisions up to a destination on one database",
    .description = "Reads where the database is, finds the way to the destination, and runs its revisions: "
                   "in one transaction where the database can, so that a failure changes nothing. Without a "
                   "destination: head.\n\nWith --sql nothing is run or connected to: the statements are "
                   "printed, for psql, mariadb or sqlite3.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "DESTINATION",
             .help = "where to: head, heads, +2, an id or its beginning, label@head; with --sql also FROM:TO",
             .complete = COMPLETE_REVISION,
             .optional = true,
             .many = true},
            {0}},
    .options = (const struct option_spec[]){{0, "sql", NULL, .help = "print the SQL instead of running it"},
                                            {0, "transaction", "MODE",
                                             .help = "one transaction for the plan, or one a revision",
                                             .choices = "plan|revision"},
                                            {0}},
    .examples = (const struct example[]){{"lockstep upgrade",
                                          "everything up to the only head, on the default environment"},
                                         {"lockstep upgrade +1 -e staging", "the next revision, on staging"},
                                         {"lockstep upgrade --sql base:head", "the SQL of the whole way"},
                                         {0}},
    .run = run,
};

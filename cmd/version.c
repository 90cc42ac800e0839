/* lockstep version */
#include "cmd/report.h"

static int run(struct app *app, struct err *err)
{
    (void)err;
    if (app->json) {
        json_print(json_pack("{s:s, s:s}", "name", "lockstep", "version", LOCKSTEP_VERSION));
    } else {
        printf("lockstep %s\n", LOCKSTEP_VERSION);
    }
    return 0;
}

const struct command command_version = {
    .name = "version",
    .group = GROUP_HELP,
    .summary = "show the version",
    .description = "Prints the program's name and version. \"lockstep doctor\" tells the versions of the "
                   "database clients too.",
    .examples = (const struct example[]){{"lockstep version", "print \"lockstep\" and its version"},
                                         {"lockstep version --format json", "the same for a program"},
                                         {0}},
    .run = run,
};

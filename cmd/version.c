/* lockstep version */
#include "cmd/report.h"

#ifdef LOCKSTEP_FAILPOINTS
static const bool failpoints = true;
#else
static const bool failpoints = false;
#endif

static int run(struct app *app, struct err *err)
{
    (void)err;
    if (app->json) {
        json_print(json_pack("{s:s, s:s, s:b}", "name", "lockstep", "version", LOCKSTEP_VERSION, "failpoints",
                             (int)failpoints));
    } else {
        printf("lockstep %s%s\n", LOCKSTEP_VERSION, failpoints ? " (with failpoints, for tests only)" : "");
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

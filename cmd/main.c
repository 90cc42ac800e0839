/* The program: read the command line, run one command, print its error, end with its status. */
#include "base/digest.h"
#include "cmd/help.h"
#include "cmd/print.h"

/* What to run when no command was named, or --help or --version beside one. */
static int run(struct app *app, struct err *err)
{
    const struct command *c = app->args.command;
    if (app->args.help) {
        help_print(app, c);
        return 0;
    }
    if (app->args.version) {
        return command_version.run(app, err);
    }
    if (!c) {
        help_print_short(app, stderr);
        return -ERR_USAGE;
    }
    return c->run(app, err);
}

int main(int argc, char **argv)
{
    AUTO(arena_release) struct arena arena = ARENA_INIT;
    struct app app = {.arena = &arena, .color_out = -1, .color_err = -1};
    struct err err = {0};
    digest_setup();
    print_setup();
    int rc = options_parse(&arena, argc, argv, &app.args, &err);
    int rc_init = app_init(&app, rc ? NULL : &err);
    rc = rc ? rc : rc_init;
    if (rc == 0) {
        rc = run(&app, &err);
    }
    if (rc < 0) {
        err.status = rc;
        print_error(&app, &err);
    }
    return print_finish(rc < 0 ? -rc : rc);
}

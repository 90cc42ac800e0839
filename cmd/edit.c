/* lockstep edit */
#include "base/file.h"
#include "cmd/revision_print.h"
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *editor(void)
{
    static const char *const variables[] = {"VISUAL", "EDITOR"};
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value && value[0]) {
            return value;
        }
    }
    return NULL;
}

/* The shell takes the command apart, for it may have arguments of its own. */
static int open_file(struct app *app, const char *command, const char *file, struct err *err)
{
    const char *line = arena_printf(app->arena, "%s \"$@\"", command);
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        return err_set(err, ERR_FAILED, "cannot start the editor: %s", strerror(errno));
    }
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", line, command, file, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return err_set(err, ERR_FAILED, "cannot wait for the editor: %s", strerror(errno));
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return err_set(err, ERR_FAILED, "the editor \"%s\" failed on %s", command, file);
    }
    return 0;
}

static int resolve(struct app *app, const char *text, revisions_t *out, struct err *err)
{
    struct graph *g = NULL;
    struct position at = {0};
    int rc = app_graph(app, &g, err);
    bool current = revision_is_relative_to_current(slice_of(text));
    rc = rc || !current ? rc : app_position(app, &at, err);
    if (!rc && current && !at.ids.n) {
        return err_set(err, ERR_USAGE, "No current revisions");
    }
    rc = rc ? rc : graph_resolve(app->arena, g, current ? &at : NULL, text, out, err);
    if (!rc && !out->n) {
        err_set(err, ERR_USAGE, "No revision files indicated by symbol '%s'", text);
        return err_hint(err, "\"lockstep history\" lists the revisions.");
    }
    return rc;
}

static int run(struct app *app, struct err *err)
{
    revisions_t list = {0};
    int rc = resolve(app, args_word(&app->args, 0), &list, err);
    const char *command = editor();
    if (!rc && !command) {
        err_set(err, ERR_USAGE, "there is no editor");
        return err_hint(err, "Set VISUAL or EDITOR to the command that opens a file.");
    }
    for (size_t i = 0; i < list.n && !rc; i++) {
        rc = open_file(app, command, list.items[i]->file, err);
    }
    return rc;
}

const struct command command_edit = {
    .name = "edit",
    .group = GROUP_REVISIONS,
    .summary = "open the file of a revision in an editor",
    .description =
        "The editor is the command in VISUAL, else in EDITOR. A revision is named as for \"lockstep show\".",
    .arguments =
        (const struct argument_spec[]){
            {.name = "REVISION", .help = "the revision to edit", .complete = COMPLETE_REVISION}, {0}},
    .examples =
        (const struct example[]){{"lockstep edit head", "the newest revision"},
                                 {"EDITOR=\"code -w\" lockstep edit 3b1c", "with an editor of your choice"},
                                 {0}},
    .run = run,
};

/* The table of commands and looking one up. */
#include "cmd/command.h"
#include "base/str.h"

#define COMMAND_ENTRY(name) &command_##name,
const struct command *const commands[] = {COMMANDS(COMMAND_ENTRY) NULL};
#undef COMMAND_ENTRY
const size_t ncommands = COUNT_OF(commands) - 1;

static const char *const group_titles[] = {
    "Project", "Revisions", "One database", "Environments and plans", "Watching", "Help",
};
_Static_assert(COUNT_OF(group_titles) == GROUP_COUNT, "a title for every group");

const char *command_group_title(enum command_group g)
{
    return group_titles[g];
}

const char *command_word(const struct command *c)
{
    const char *blank = strrchr(c->name, ' ');
    return blank ? blank + 1 : c->name;
}

int command_find(const struct command *parent, const char *word, const struct command **out, struct err *err)
{
    const struct command *const *among = parent ? parent->subcommands : commands;
    const char *names[64];
    size_t n = 0;
    for (; among && among[n] && n < COUNT_OF(names); n++) {
        names[n] = command_word(among[n]);
        if (strcmp(names[n], word) == 0) {
            *out = among[n];
            return 0;
        }
    }
    err_set(err, ERR_USAGE, "unknown command \"%s%s%s\"", parent ? parent->name : "", parent ? " " : "",
            word);
    const char *nearest = str_nearest(word, names, n);
    if (nearest) {
        return err_hint(err, "Did you mean \"%s%s%s\"?", parent ? parent->name : "", parent ? " " : "",
                        nearest);
    }
    return err_hint(err, "\"lockstep help%s%s\" lists the commands.", parent ? " " : "",
                    parent ? parent->name : "");
}

/*
 * A command as data: its name, options, text and function. Parsing, --help, the man page and shell completion
 * all come from these tables.
 *
 * To add a command: write cmd/<name>.c with `const struct command command_<name> = {...}` and put its name
 * into COMMANDS below, where it shall stand in the help.
 */
#pragma once
#include "base/attributes.h"
#include "base/err.h"
#include "base/vec.h"

struct app;

/* Every command, in the order of the help. */
/* clang-format off */
#define COMMANDS(X) \
    X(init) X(list_templates) X(doctor) X(env) \
    X(revision) X(merge) X(history) X(show) X(edit) X(heads) X(branches) X(lint) X(check) \
    X(current) X(upgrade) X(downgrade) X(stamp) X(ensure_version) \
    X(status) X(plan) X(render) X(apply) X(resume) X(rollback) X(promote) X(audit) \
    X(drift) X(diff) X(snapshot) \
    X(help) X(version) X(man) X(completion)
/* clang-format on */

enum command_group {
    GROUP_PROJECT,
    GROUP_REVISIONS,
    GROUP_DATABASE,      /* one database, as in Alembic */
    GROUP_ORCHESTRATION, /* environments and plans */
    GROUP_WATCHING,
    GROUP_HELP,
    GROUP_COUNT
};

/* What a shell may offer for a value. */
enum completion {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_FOLDER,
    COMPLETE_ENVIRONMENT,
    COMPLETE_REVISION,
    COMPLETE_PLAN,
    COMPLETE_COMMAND,
    COMPLETE_COUNT
};

/* Written { 'm', "message", "TEXT", .help = "..." }. */
struct option_spec {
    char letter;         /* 0: none */
    const char *name;    /* long name, without dashes */
    const char *value;   /* upper-case word that stands for the value; NULL: a flag */
    const char *help;    /* lower case, no full stop */
    const char *choices; /* "text|json": the only values; NULL: any */
    enum completion complete;
    bool many; /* may be given several times: args_list() */
    bool required;
};

/* For commands that work on the targets of an environment; see struct selection. */
#define TARGET_OPTIONS                                                                                       \
    {0, "only", "GLOBS", .help = "only targets whose name matches one of these: eu-*,us-1"},                 \
        {0, "exclude", "GLOBS", .help = "no target whose name matches one of these"},                        \
    {                                                                                                        \
        0, "shard", "I/N", .help = "only the I-th of N parts, split by name: for job arrays"                 \
    }

struct argument_spec {
    const char *name; /* upper-case word */
    const char *help;
    const char *choices; /* "bash|zsh"; NULL: any */
    enum completion complete;
    bool optional, many; /* many: one or more (with optional: any number); only the last argument */
};

struct example {
    const char *command; /* as typed, "lockstep heads" */
    const char *text;    /* what it does, lower case */
};

/* Statuses that run() may return besides 0 and the negative ones of base/err.h. */
enum { EXIT_DIFFERENCE = 2, EXIT_WITHIN_BUDGET = 3 };

struct command {
    const char *name; /* "heads"; of a subcommand its whole path, "env list" */
    enum command_group group;
    const char *summary;     /* lower case, no full stop, at most 60 columns */
    const char *description; /* sentences; an empty line between paragraphs; wrapped when printed. A line that
                                begins with a blank is printed as it is. */
    const struct argument_spec *arguments; /* each of these lists ends with a zeroed item */
    const struct option_spec *options;     /* without the global ones */
    const struct example *examples;
    bool streams;                             /* takes --format jsonl */
    bool reports;                             /* takes --format markdown, junit and html */
    const struct command *const *subcommands; /* ends with NULL */
    /* 0, EXIT_DIFFERENCE, EXIT_WITHIN_BUDGET, or a negative status with err filled. NULL: a subcommand must
     * be named. Prints its result on stdout; never prints err. */
    int (*run)(struct app *app, struct err *err);
};

#define COMMAND_EXTERN(name) extern const struct command command_##name;
COMMANDS(COMMAND_EXTERN)
#undef COMMAND_EXTERN

extern const struct command *const commands[]; /* ends with NULL */
extern const size_t ncommands;

const char *command_group_title(enum command_group g);
/* The last word of its name. */
const char *command_word(const struct command *c);
/* By one word among the subcommands of parent (NULL: all commands). ERR_USAGE for an unknown word, with the
 * nearest. */
int command_find(const struct command *parent, const char *word, const struct command **out, struct err *err);

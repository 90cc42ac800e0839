/*
 * The command line: global and command options, read under the tables with getopt_long, and access to what
 * was given. Words that look like negative numbers ("-1", as in `downgrade -1`) are arguments, not options.
 */
#pragma once
#include "cmd/command.h"
#include <stdint.h>

struct given {
    const struct option_spec *spec;
    const char *value; /* NULL for a flag */
};

struct args {
    const struct command *command; /* NULL: none was named */
    VEC(struct given) given;
    strings_t words; /* arguments after the command's name */
    bool help, version;
};

extern const struct option_spec global_options[]; /* ends with a zeroed item */

/* Everything of args borrows from the arena and argv. args is filled as far as it was read even when an error
 * is returned, so that the error can be printed in the form that was asked for. */
int options_parse(struct arena *a, int argc, char **argv, struct args *args, struct err *err);

/* What was given for the option with that long name, which must stand in the command's table or the global
 * one. The last one wins where an option is given twice. */
bool args_flag(const struct args *args, const char *name);
const char *args_text(const struct args *args, const char *name); /* NULL: not given */
void args_list(struct arena *a, const struct args *args, const char *name, strings_t *out);
/* The option's value as a number; *out keeps its value when the option was not given. */
int args_int(const struct args *args, const char *name, int64_t min, int64_t max, int64_t *out,
             struct err *err);
/* The i-th argument, NULL when there are fewer. */
const char *args_word(const struct args *args, size_t i);

/* The synopsis behind "lockstep": "history [-r RANGE] [-i]". Appended to out. */
struct strbuf;
void command_synopsis(const struct command *c, struct strbuf *out);

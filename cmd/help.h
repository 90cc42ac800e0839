/* Help for people, out of the tables. */
#pragma once
#include "cmd/print.h"

/* The whole help of a command; NULL: of the program. On stdout. */
void help_print(struct app *app, const struct command *c);
/* A usage line and the commands with their summaries. */
void help_print_short(struct app *app, FILE *to);
/* text in lines of at most `width` columns, each after `indent` blanks; empty lines part paragraphs, and a
 * line that begins with a blank stays as it is. */
void help_wrap(FILE *to, const char *text, int indent, int width);

/*
 * Output for people: colours, errors on stderr, questions, and the end of stdout.
 *
 * Commands print results with stdio on stdout, which main makes one big buffer; notes and progress go to
 * stderr. A pipe that the reader closed ends the output quietly.
 */
#pragma once
#include "cmd/context.h"
#include <jansson.h>
#include <stdio.h>

enum style {
    STYLE_PLAIN,
    STYLE_BOLD,
    STYLE_DIM,
    STYLE_RED,
    STYLE_GREEN,
    STYLE_YELLOW,
    STYLE_CYAN,
    STYLE_COUNT
};

/* The escape sequence that begins a style on that stream, "" without colours. STYLE_PLAIN ends every style.
 *     printf("%s%s%s", print_style(app, stdout, STYLE_BOLD), id, print_style(app, stdout, STYLE_PLAIN)); */
const char *print_style(struct app *app, FILE *to, enum style style);
const char *style_name(enum style style); /* as libsmartcols names the colour; NULL for plain */

/* "lockstep: file:line:column: message", the excerpt, "hint: ..." on stderr; an object with --format json. */
void print_error(struct app *app, const struct err *err);
/* The same as a warning, for what is not wrong but probably not meant; not with --format json. */
void print_doubt(struct app *app, const struct err *err);
/* A line on stderr, "lockstep: ...", unless -q. A warning is shown even with -q. */
void print_note(struct app *app, const char *fmt, ...) PRINTF(2, 3);
void print_warning(struct app *app, const char *fmt, ...) PRINTF(2, 3);

/* Ask "<question> [y/N] " on the terminal. 0: yes. With --yes nothing is asked. ERR_REFUSED when the answer
 * is no, or when there is no terminal to ask on (hint: --yes). */
int print_confirm(struct app *app, struct err *err, const char *fmt, ...) PRINTF(3, 4);

/* Columns of the terminal on stdout; 0 when stdout is not one. */
int print_width(void);
/* Is that stream a terminal in which lines can be drawn over? */
bool print_is_terminal(FILE *to);
/* Makes the C library measure characters as UTF-8, whatever the locale says; tells whether it says so too.
 * Not while other threads run. */
bool print_utf8(void);

/* The error as a JSON object {"status": "file", "exit": 65, "file": ..., "line": ..., "message": ...}. */
json_t *err_json(const struct err *err);

void print_setup(void); /* once, before anything is printed */
int print_finish(
    int status); /* flush stdout; the exit status: status, or 1 when stdout could not be written */

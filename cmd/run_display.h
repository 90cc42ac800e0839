/*
 * Showing a run while it goes on. Events are taken in on whatever thread they happen and written by a thread
 * of the display's own, so that a slow terminal, a paused pager or a full pipe never holds up a run.
 */
#pragma once
#include "cmd/print.h"
#include "engine/run/run.h"

enum display_form {
    DISPLAY_NONE,
    DISPLAY_PULSE, /* on stderr: a line every half a minute, and one each time a lock is waited for */
    DISPLAY_LINES, /* on stderr: one line an event */
    DISPLAY_LIVE,  /* on stderr, a terminal: drawn in place */
    DISPLAY_JSONL, /* on stdout */
    DISPLAY_FORM_COUNT
};

struct run_display;

/* Everything is shown until run_display_stop(). What was printed to stdout before is flushed. */
int run_display_start(struct app *app, const struct plan *plan, enum display_form form,
                      struct run_display **out, struct err *err);
/* The run is over: leaves the final lines only, all of them written. What is told later is written at once.
 */
void run_display_settle(struct run_display *d);
void run_display_stop(struct run_display *d); /* accepts NULL */

/* For struct run_opts; arg is the display. */
void run_display_event(void *arg, const struct run_event *e);
/* For struct interrupt_watch. */
void run_display_interrupted(void *arg, int count);
void run_display_resumed(void *arg); /* after Ctrl-Z: what was drawn stands above a prompt */

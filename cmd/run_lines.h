/* A run as text without a terminal: one line an event, with the time since the start. */
#pragma once
#include "cmd/run_view.h"

/* The line of the event, which the view knows already, with its end; nothing for events that are not worth
 * one. */
void run_lines_event(struct strbuf *out, const struct run_view *v, const struct run_event *e, int64_t now_us);
/* A line that says what is at work, for logs that have been silent for long. */
void run_lines_pulse(struct strbuf *out, const struct run_view *v, int64_t now_us);

/* "orders-eu: failed in 3.2s: r2.sql:4: ..." in one line, without its end. */
void run_lines_outcome(struct strbuf *out, const struct target_result *r);
/* The outcome in words. */
const char *outcome_words(const struct target_result *r);
/* The error without the target's name before it; in buf. */
const char *target_error_text(const struct target_result *r, char *buf, size_t size);

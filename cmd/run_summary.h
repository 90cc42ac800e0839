/*
 * What became of a run, for people to read at its end: few targets one by one, many in groups, failures in
 * full but each only once.
 */
#pragma once
#include "cmd/print.h"
#include "engine/run/run.h"

/* On stdout. With -q only what did not go well. */
void run_summary_print(struct app *app, const struct run_result *result, int64_t took_us);

/* "It is back at 2b6c1f3e4d5a, where it was.": where a target was left and what to do about it. */
char *target_story(struct arena *a, const struct target_result *r);

/* Runs that have not ended, for status: what they wait for, and what to do next. */
#pragma once
#include "cmd/report.h"

/* Those of the environment (NULL: of all), newest first: sentences for people, ids for programs. */
int status_runs(struct app *app, const char *environment, strings_t *sentences, strings_t *ids,
                struct err *err);

/*
 * A run for programs: one JSON object a line, as it happens (--format jsonl). docs/fleets.md names the
 * fields.
 */
#pragma once
#include "cmd/run_view.h"
#include <jansson.h>

void run_jsonl_begin(struct strbuf *out, const struct run_view *v, const char *run);
void run_jsonl_event(struct strbuf *out, const struct run_view *v, const struct run_event *e);
void run_jsonl_interrupted(struct strbuf *out, const char *run, int count);
/* Any object with "time" and "event" before its own members; drops the reference. */
void run_jsonl_add(struct strbuf *out, const char *event, const char *run, json_t *members);

/* What became of a target; also in --format json. */
json_t *target_result_json(const struct target_result *r);

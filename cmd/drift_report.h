/*
 * Reports of drift and diff, each written from struct drift_report alone. Whatever a database calls its
 * objects is escaped; characters that cannot be seen, or that turn the direction of the text around them, are
 * made visible.
 */
#pragma once
#include "base/str.h"
#include "engine/drift/drift.h"

struct drift_format {
    const char *name; /* "html", as --format has it */
    void (*write)(struct strbuf *out, const struct drift_report *r);
};
/* json, markdown, junit, html; NULL: not one of them. The text report, with its colours, is in drift_text.c.
 */
const struct drift_format *drift_format_find(const char *name);

void drift_write_json(struct strbuf *out, const struct drift_report *r); /* docs/drift-report.schema.json */
void drift_write_markdown(struct strbuf *out, const struct drift_report *r);
void drift_write_junit(struct strbuf *out, const struct drift_report *r);
void drift_write_html(struct strbuf *out, const struct drift_report *r);

/* Targets about which there is the same to say: told once, with their names. */
struct drift_case {
    const struct drift_target *example; /* the first of them */
    VEC(size_t) targets;                /* indexes into the report's */
    size_t findings, ignored;           /* that count; that a rule ignores; of each */
};
typedef VEC(struct drift_case) drift_cases_t;
/* Every target that was judged, those with drift first, then in the report's order. */
void drift_cases(struct arena *a, const struct drift_report *r, drift_cases_t *out);

const char *drift_outcome_name(enum drift_outcome o); /* "no_baseline", for programs */
const char *drift_outcome_text(enum drift_outcome o); /* "nothing to compare with", for people */
const char *drift_kind_name(enum drift_kind k);
const char *drift_change_name(enum schema_change_kind k);
/* "-" for what is not there, "+" for what is there besides, "~" for what differs. */
const char *drift_change_mark(const struct drift_finding *f);
/* Was it read and compared? */
bool drift_judged(const struct drift_target *t);
/* Is its schema known, and so one of the groups? */
bool drift_grouped(const struct drift_report *r, const struct drift_target *t);
/* "3 of 500 targets have drift, 1 could not be reached": the report in one line. */
const char *drift_verdict(struct arena *a, const struct drift_report *r);
/* "column users.email" */
const char *drift_finding_title(struct arena *a, const struct drift_finding *f);
/* "not_null_conflict" as people read it. */
const char *drift_field_title(struct arena *a, const struct schema_field *f);
/* What an attribute is on one side: "no" for a flag that is not set. NULL: none. */
const char *drift_value(const struct schema_field *f, const char *shown);
/* "2026-11-21 09:13:00 UTC" */
const char *drift_time(struct arena *a, int64_t us);
/* Above the statements: whose they are to be. */
const char *drift_restore_title(const struct drift_report *r);
const char *drift_adopt_title(const struct drift_report *r);
/* "1 target", "3 targets" */
const char *drift_number(struct arena *a, size_t n, const char *what);

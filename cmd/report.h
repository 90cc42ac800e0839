/*
 * Reports: facts, a table or a tree, built once as data and printed as text (libsmartcols: as wide as the
 * terminal, plain when piped) or as JSON.
 *
 *     struct report *r = report_new(app, "targets", columns, COUNT_OF(columns));
 *     struct report_row *row = report_row(r, NULL);
 *     report_text(row, COLUMN_NAME, target->name);
 *     return report_print(r, err);
 *
 * prints a table, or {"targets": [{"name": "orders-eu", ...}, ...]}. Rows with a parent make a tree; in JSON
 * they stand in the parent's "children".
 */
#pragma once
#include "cmd/print.h"

enum column_flags {
    COLUMN_RIGHT = 1 << 0,
    COLUMN_WRAP = 1 << 1, /* takes several lines on a narrow terminal; no column is ever cut */
    COLUMN_TREE = 1 << 2, /* this column carries the tree's branches */
    COLUMN_JSON_ONLY = 1 << 3,
    COLUMN_TEXT_ONLY = 1 << 4,
    COLUMN_OPTIONAL = 1 << 5 /* left out of the text when all of its cells are empty */
};

struct column {
    const char *key;   /* in JSON */
    const char *title; /* in text; NULL in every column: no line of titles */
    unsigned flags;    /* enum column_flags */
};

struct report;
struct report_row;

/* name: the key of the list in JSON. columns must outlive the report; n may be 0 (facts only). */
struct report *report_new(struct app *app, const char *name, const struct column *columns, size_t n);
struct report_row *report_row(struct report *r, struct report_row *parent);

/* Texts are copied. NULL is an empty cell, null in JSON. A cell that is never set is null. */
void report_text(struct report_row *row, size_t column, const char *text);
void report_textf(struct report_row *row, size_t column, const char *fmt, ...) PRINTF(3, 4);
void report_int(struct report_row *row, size_t column, int64_t n);
void report_bool(struct report_row *row, size_t column, bool b);                /* "yes", "no" */
void report_list(struct report_row *row, size_t column, const strings_t *list); /* "a, b" */
/* What people read differs from the value: "2m 05s" for 125000000. */
void report_shown(struct report_row *row, size_t column, int64_t n, const char *shown);
void report_style(struct report_row *row, size_t column, enum style style);

/* A line "Title: value" above the table, a member of the outer object in JSON. */
void report_fact(struct report *r, const char *key, const char *title, const char *value);
void report_fact_int(struct report *r, const char *key, const char *title, int64_t n);
void report_fact_bool(struct report *r, const char *key, const char *title, bool b);
void report_fact_list(struct report *r, const char *key, const char *title, const strings_t *list);
/* Shown instead of an empty table, in text. */
void report_empty(struct report *r, const char *text);

/* Print on stdout in the form that --format asks for. */
int report_print(struct report *r, struct err *err);

/* For commands whose JSON is no table: print any value, indented, and drop the reference. */
void json_print(json_t *value);
/* A JSON string; bytes that are not UTF-8 are replaced. NULL gives null. */
json_t *json_text(const char *text);
json_t *json_list(const strings_t *list);

/*
 * What a comparison finds: a table for each database, from which test_schema_coverage.c makes changes on a
 * live one and docs/schema-coverage.md is written.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct coverage_row {
    const char *word, *path; /* of the object that is found: "foreign key", "orders.by_user" */
    /* What of it: the name of a field, or "missing", "unexpected". Where a change cannot but be two:
     * "returns, definition"; the first stands in the page. */
    const char *attribute;
    const char *change; /* SQL, on a database that `setup` has filled */
};

struct coverage {
    const char *title; /* column of the page */
    const char *setup; /* SQL */
    const struct coverage_row *rows;
    size_t n;
};

/*
 * A revision written in SQL: header comments, then sections.
 *     -- revision: ID   -- revises: ID, ID   -- message: text   -- labels: a, b   -- depends_on: ID, label
 *     -- transaction: off   -- created: 2026-11-21T09:13:00Z
 *     -- upgrade   -- downgrade   -- verify        each optionally ": dialect" or ": dialect, dialect"
 * Keys are written as above (case does not matter), one a line, before the first section. Any other comment
 * line in the header is free text, except that "-- word: value" with a word near a known key is an error.
 * A UTF-8 BOM and CRLF line ends are accepted anywhere. The dialects are the drivers' names, "mariadb"
 * standing for "mysql".
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "engine/revision/graph.h"

/* Read only as much of the file as its header needs, and fill r (everything of it in the arena). */
int sql_file_header(struct arena *a, const char *path, struct revision *r, struct err *err);
/* The same from a text that is at hand. */
int sql_header_parse(struct arena *a, const char *file, struct slice text, struct revision *r, struct err *err);

struct sql_section {
    struct slice text; /* ptr NULL: there is no such section for the dialect */
    int line;          /* of its first line in the file */
};

struct sql_body {
    struct sql_section upgrade, downgrade, verify; /* the most specific for the dialect */
    bool has_upgrade_elsewhere;  /* an upgrade section for another dialect exists */
    char checksum[65]; /* SHA-256 over the whole file, line ends and trailing blanks folded, without BOM, and
                          without the header's labels, message and free comments: the parts that run */
};
/* Errors: two sections of one kind for one dialect (both places), unknown section dialect, SQL before the first
 * section, no upgrade section at all. */
int sql_file_body(struct arena *a, const char *path, const char *dialect, struct sql_body *out, struct err *err);
int sql_body_parse(struct arena *a, const char *file, struct slice text, const char *dialect, struct sql_body *out,
                   struct err *err);

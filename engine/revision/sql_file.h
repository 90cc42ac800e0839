/*
 * A revision written in SQL: header comments, then sections.
 *     -- revision: ID   -- revises: ID, ID   -- message: text   -- labels: a, b   -- depends_on: ID, label
 *     -- transaction: off   -- created: 2026-11-21T09:13:00Z
 *     -- upgrade   -- downgrade   -- verify        each optionally ": dialect" or ": dialect, dialect"
 * Keys are written as above (case does not matter), one a line, before the first section. Any other comment
 * line in the header is free text, except that "-- word: value" with a word near a known key is an error.
 * A UTF-8 BOM and CRLF line ends are accepted anywhere. The dialects are the drivers' names, "mariadb"
 * standing for "mysql".
 *
 * A section begins at each line that holds nothing but its marker (blanks around and before the colon, and
 * upper case, are accepted) and ends at the next. Statements are not looked at for that: a marker line inside
 * a string, a dollar-quoted body or a block comment begins a section as well. A second section of the same
 * kind and dialect is an error, so that cutting a body in two does not go unnoticed where its sections stand
 * already; write such a comment with a further word. An empty section does nothing; without a downgrade
 * section a revision is irreversible.
 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include "engine/revision/graph.h"

#define SQL_HEADER_MAX ((size_t)1 << 20)

/* Read only as much of the file as its header needs, and fill r (everything of it in the arena). */
int sql_file_header(struct arena *a, const char *path, struct revision *r, struct err *err);
/* The same from a text that is at hand: a whole file, or its beginning up to the first section. */
int sql_header_parse(struct arena *a, const char *file, struct slice text, struct revision *r,
                     struct err *err);

struct sql_section {
    struct slice text; /* ptr NULL: there is no such section for the dialect; borrowed from the file's text */
    int line;          /* of its first line in the file */
};

struct sql_body {
    struct sql_section upgrade, downgrade, verify; /* the most specific for the dialect */
    bool has_upgrade_elsewhere;                    /* an upgrade section for another dialect exists */
    char checksum[65]; /* SHA-256 over what decides what runs: id, revises, depends_on, transaction, and every
                          section of every dialect, with its place in the file's order. Line ends, trailing
                          blanks, blank lines at a section's end, a BOM and the header's labels, message,
                          created and free comments do not count. */
};
/* Errors: two sections of one kind for one dialect (both places), unknown section dialect, SQL before the
 * first section, no upgrade section at all, a NUL byte. The header is checked as well. */
int sql_file_body(struct arena *a, const char *path, const char *dialect, struct sql_body *out,
                  struct err *err);
int sql_body_parse(struct arena *a, const char *file, struct slice text, const char *dialect,
                   struct sql_body *out, struct err *err);

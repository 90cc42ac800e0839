/*
 * A script: the exact sequence of statements that carries out a track on one target, with the transactions
 * and the bookkeeping. The engine builds it (engine/run/script_build.h); a run executes it, and
 * script_print() writes it for people and for psql, mariadb and sqlite3: one sequence, two uses.
 */
#pragma once
#include "base/str.h"
#include "base/vec.h"

enum script_kind {
    SCRIPT_COMMENT, /* text only, printed as "-- text"; not executed */
    SCRIPT_BEGIN,   /* opens a transaction (or journaled work) */
    SCRIPT_COMMIT,
    SCRIPT_SETUP,     /* CREATE TABLE of the version or history table */
    SCRIPT_STATEMENT, /* of the revision */
    SCRIPT_LIVE,    /* a revision that reads the database as it runs: text tells what; printed as a comment */
    SCRIPT_VERIFY,  /* of the revision; its rows are looked at */
    SCRIPT_VERSION, /* version table; must change exactly one row */
    SCRIPT_HISTORY, /* history row begun or finished */
    SCRIPT_JOURNAL, /* progress within a step outside a transaction */
    SCRIPT_KIND_COUNT
};

struct script_item {
    enum script_kind kind;
    unsigned step;      /* index into the track's steps; UINT_MAX for none */
    unsigned statement; /* index into the step's statements, for STATEMENT, VERIFY and JOURNAL */
    struct slice text, copy;
};

struct script {
    VEC(struct script_item) items;
};

/* How one statement is written so that the database's client reads it back (struct driver's print). */
typedef void (*script_print_fn)(struct strbuf *, struct slice text, struct slice copy);
/* The script as a text file; head may be NULL. */
void script_print(const struct script *s, const char *head, script_print_fn print, struct strbuf *out);

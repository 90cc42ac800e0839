/*
 * The revision graph: which revisions there are and how they follow each other. Filled by readers (SQL files
 * now), answered from headers alone; bodies are read only for the steps of a plan.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct revision;
typedef VEC(struct revision *) revisions_t;

struct revision {
    const char *id, *message;     /* message "" when absent */
    const char *file;             /* path, as found */
    strings_t revises, depends_on, labels; /* as written; depends_on may name ids (full) or labels */
    bool transaction_off;
    int64_t created_us;           /* "-- created:" header when present, else 0 */
    int line_revises;             /* place of the header line, for errors; 0 when absent */
    /* Filled by graph_finish: */
    revisions_t parents, children;           /* by revises */
    revisions_t dependencies, dependants;    /* by depends_on */
    strings_t branch_labels;                 /* labels seen from here: own and those that reach it through
                                                children up to and parents down to a branch point, as Alembic
                                                spreads them */
    unsigned index, mark;                    /* private to graph.c and walk.c */
};

struct graph {
    struct arena *arena;  /* everything of the graph lives here */
    revisions_t all;      /* parents before children; ties in order of id */
    revisions_t heads;    /* no child by revises; order of id */
    revisions_t real_heads; /* heads that nobody depends on either (Alembic's _real_heads) */
    revisions_t bases;
    void *by_id;          /* private: hash of ids and labels */
    const char *const *folders;
    size_t nfolders;
};

/* Read the headers of every *.sql file in the folders (not recursive; files whose name begins with "." are
 * passed over). A missing folder is an error; an empty one is a graph without revisions.
 * Errors (ERR_FILE with file and line): wrong header, duplicate id or label (both places), missing parent with
 * the nearest known id, cycle (its ids in order), depends_on unknown. The graph borrows from the arena. */
int graph_load(struct arena *a, const char *const *folders, size_t n, struct graph **out, struct err *err);

/* For other readers and for tests: add revisions (fields above the line), then finish. */
struct graph *graph_new(struct arena *a);
struct revision *graph_add(struct graph *g, const char *id, const char *file, struct err *err); /* NULL: duplicate */
int graph_finish(struct graph *g, struct err *err);

/* By exact id or branch label; NULL when unknown. */
struct revision *graph_find(const struct graph *g, const char *id);
/* By id, label, or unique prefix of an id. ERR_USAGE: unknown (with the nearest), ambiguous (lists them). */
int graph_lookup(const struct graph *g, const char *id, struct revision **out, struct err *err);
bool revision_is_head(const struct revision *r);
bool revision_is_branch_point(const struct revision *r); /* more than one child */
bool revision_is_merge_point(const struct revision *r);  /* more than one parent */
bool revision_is_ancestor(const struct revision *ancestor, const struct revision *r, bool follow_depends_on);

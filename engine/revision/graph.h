/*
 * The revision graph: which revisions there are and how they follow each other. Filled by readers (SQL files
 * and Alembic's Python files), answered from headers alone; bodies are read only for the steps of a plan.
 *
 * A graph is built by one thread and not changed after graph_finish(): then any number of threads may read
 * it.
 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct revision;
typedef VEC(struct revision *) revisions_t;

/* What the file of a revision is written in. */
enum revision_kind { REVISION_SQL, REVISION_PYTHON, REVISION_KIND_COUNT };

/* What only Python revisions have. */
struct revision_python {
    struct slice doc;  /* the docstring without white space at its ends; len 0: there is none */
    struct slice text; /* the whole file as its identifiers were read; ptr NULL: not kept, read it again */
    bool has_upgrade, has_downgrade;     /* the function is defined at all */
    bool upgrade_empty, downgrade_empty; /* it does nothing */
};

struct revision {
    const char *id, *message; /* message "" when absent */
    const char *file;         /* path, as found */
    enum revision_kind kind;
    const struct revision_python *python;  /* REVISION_PYTHON; else NULL */
    strings_t revises, depends_on, labels; /* as written; depends_on may name ids (full) or labels */
    int64_t created_us;                    /* "-- created:" header when present, else 0 */
    bool transaction_off;
    int line; /* places of the header lines, for errors; 0 when absent */
    int line_revises, line_depends_on, line_labels;
    /* Filled by graph_finish: */
    unsigned index;   /* rank by id: a number below graph->all.n, for tables beside the graph */
    unsigned ndirect; /* how many of `dependencies`, its first ones, are of this revision alone: the
                         rest are dependencies of an ancestor too, and so implied */
    revisions_t parents, children;        /* by revises: as written; in order of id */
    revisions_t dependencies, dependants; /* by depends_on */
    strings_t branch_labels;              /* labels seen from here, sorted: own and those of ancestors, and
                                             those of descendants as long as no branch or merge lies between,
                                             as Alembic spreads them */
};

struct graph {
    struct arena *arena;    /* everything of the graph lives here */
    revisions_t all;        /* in the order in which `upgrade heads` from nothing takes them */
    revisions_t heads;      /* no child by revises; order of id */
    revisions_t real_heads; /* heads that nobody depends on either (Alembic's _real_heads) */
    revisions_t bases;      /* revise nothing; order of id */
    void *by_id;            /* private: hash of ids and labels */
    const char *const *folders;
    size_t nfolders;
};

/* Where revisions are read from. */
struct graph_source {
    const char *const *folders;
    size_t n;
    bool recursive; /* folders below them too; links to folders are not followed */
    bool alembic;   /* an Alembic project's: a folder that is missing holds nothing */
};

/* Ids may not hold "@ - + : ," blanks, quotes, backslashes or control characters, and be none of "head",
 * "heads", "base", "current" and "none"; they may be longer than a version table's column (the planner checks
 * that). Labels may hold "-" and "+" besides. */
#define GRAPH_ID_MAX     255u
#define GRAPH_LABELS_MAX 1024u /* in one graph: keeps the spreading of labels linear */

/* Read the headers of the revision files in the folders: *.sql whose name does not begin with ".", and *.py
 * whose name does not begin with "__init__" or ".#" (Alembic's rule). In a folder with Python files an SQL
 * file without a "-- revision:" line is data of theirs. A missing folder is an error (see graph_source); an
 * empty one is a graph without revisions. Errors (ERR_FILE with file and line): wrong header, duplicate id or
 * label (both places), missing parent with the nearest known id, cycle (its ids in order), depends_on
 * unknown. The graph borrows from the arena.
 */
int graph_read(struct arena *a, const struct graph_source *source, struct graph **out, struct err *err);
/* graph_read() of these folders. */
int graph_load(struct arena *a, const char *const *folders, size_t n, struct graph **out, struct err *err);

/* For other readers and for tests: add revisions (fill the fields above the line), then finish. The strings
 * are borrowed and must live as long as the graph. graph_add gives NULL and an ERR_FILE error for an id that
 * is known already (both files) or that is none. */
struct graph *graph_new(struct arena *a);
struct revision *graph_add(struct graph *g, const char *id, const char *file, struct err *err);
int graph_insert(struct graph *g, struct revision *r,
                 struct err *err); /* one that is filled and in the arena */
int graph_finish(struct graph *g, struct err *err);

/* By exact id or branch label; NULL when unknown. */
struct revision *graph_find(const struct graph *g, const char *id);
/* By id, label, or unique prefix of an id. ERR_USAGE: unknown (with the nearest), ambiguous (lists them). */
int graph_lookup(const struct graph *g, const char *id, struct revision **out, struct err *err);
bool revision_is_head(const struct revision *r);
bool revision_is_branch_point(const struct revision *r); /* more than one child */
bool revision_is_merge_point(const struct revision *r);  /* more than one parent */
/* A revision is not its own ancestor. */
bool revision_is_ancestor(const struct revision *ancestor, const struct revision *r, bool follow_depends_on);

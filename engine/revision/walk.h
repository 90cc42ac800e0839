/*
 * Identifiers and ways through the graph, by Alembic's rules (Alembic 1.19, "Working with Branches" and
 * "Relative Migration Identifiers").
 *
 * A position is the set of ids in a target's version table; only the ends are recorded there (an ancestor of
 * another member, through revises or depends_on, is implied).
 *
 * Ids in results are borrowed from the graph, lists live in the arena given. Nothing here changes the graph,
 * so that threads may share it.
 *
 * Otherwise than Alembic: an upgrade to a revision behind the position, -N from several current revisions and
 * a label that the revision's branch does not have are errors; -N at the lower end of a range counts from its
 * upper end; a stamp never loses the row of a branch that it leaves alone.
 */
#pragma once
#include "engine/revision/graph.h"

struct position { /* sorted by id */
    strings_t ids;
};

enum direction { DIRECTION_UPGRADE, DIRECTION_DOWNGRADE, DIRECTION_COUNT };
const char *direction_name(enum direction d); /* "upgrade" "downgrade" */

/* What one step does to the version table, in order. */
enum version_op_kind { VERSION_INSERT, VERSION_DELETE, VERSION_UPDATE };
struct version_op {
    enum version_op_kind kind;
    const char *from, *to; /* INSERT: to; DELETE: from; UPDATE: from -> to */
};
typedef VEC(struct version_op) version_ops_t;

struct walk_step {
    struct revision *revision;
    enum direction direction;
    version_ops_t version_ops;
    strings_t before, after; /* what "Running upgrade A -> B" names: before = the revision's parents (of an
                                upgrade), after = its id; the other way round for a downgrade; empty = base */
};
typedef VEC(struct walk_step) walk_t;

/* Every id of the position must be in the graph: otherwise ERR_REFUSED "... is not in this checkout", with a
 * hint (the database is ahead of this checkout, or belongs to another project). ERR_REFUSED as well for a row
 * too many: an id twice, or one that another follows. The walks check this themselves. */
int position_check(const struct graph *g, const struct position *at, struct err *err);

/* Steps of `upgrade`: destination is head, heads, +N, id, partial id, id+N, id-N, label@head, label@+N,
 * label@id, label, or several separated by commas or blanks as given on the command line.
 * Nothing to do: an empty walk. Errors (ERR_USAGE): unknown, ambiguous, several heads where one is meant
 * (lists them, hint: name one, or "heads"), walked past the last head ("relative revision +7 didn't produce 7
 * migrations"), destination behind the position (hint: downgrade). */
int walk_upgrade(struct arena *a, const struct graph *g, const struct position *at, const char *destination,
                 walk_t *out, struct err *err);
/* Steps of `downgrade`: base, -N, id, partial id, id-N, id+N, label@base, label@-N, label@id. Whatever
 * follows or depends on a step is taken back before it. ERR_USAGE: unknown, ambiguous, -N from several
 * current revisions or across a merge or past the beginning, a destination that is no ancestor of the
 * position. */
int walk_downgrade(struct arena *a, const struct graph *g, const struct position *at, const char *destination,
                   walk_t *out, struct err *err);
/* The position after a walk. */
void position_after(struct arena *a, const struct position *at, const walk_t *walk, struct position *out);
/* Every revision that a position stands for: its ids and all their ancestors (revises and depends_on). */
void position_revisions(struct arena *a, const struct graph *g, const struct position *at, revisions_t *out);
/* Upgrade limited to a set: the steps from `at` that lead to as much of `allowed` as its order permits
 * (a revision is taken only with all its ancestors). Used by promote. */
int walk_upgrade_within(struct arena *a, const struct graph *g, const struct position *at,
                        const revisions_t *allowed, walk_t *out, struct err *err);

/* What `stamp` does to the version table: destinations as for upgrade, not relative, and base. Ids of the
 * position that belong to other branches stay. Rows too many are no error here: a stamp puts them right. To
 * leave rows that the graph does not know, delete them all first and stamp from an empty position. */
int walk_stamp(struct arena *a, const struct graph *g, const struct position *at, const char *destination,
               version_ops_t *out, struct position *after, struct err *err);

/* Resolve identifiers to revisions, for show, history and merge: "head" "heads" "base" id partial label
 * label@head id+N ... `base` gives no revision. Position is needed for "current" and bare relative forms; it
 * may be NULL (then those are ERR_USAGE). */
int graph_resolve(struct arena *a, const struct graph *g, const struct position *at, const char *text,
                  revisions_t *out, struct err *err);
/* A range "a:b", "a:", ":b" for history, newest first, ends included; text NULL: everything. Either end takes
 * every form of graph_resolve, "current" included. "-3:current" and "base:+5" count from the other end, and
 * stop where there is no more. ERR_USAGE: no colon, an end that is not before the other. */
int graph_range(struct arena *a, const struct graph *g, const struct position *at, const char *text,
                revisions_t *out, struct err *err);

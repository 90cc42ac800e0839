/*
 * What people write for a revision: "head", "ae10", "label@head", "ae10+2", "-1". Private to engine/revision.
 */
#pragma once
#include "engine/revision/set.h"
#include "engine/revision/walk.h"

/* [LABEL@][SYMBOL][+N|-N] taken apart; strings in the arena. */
struct identifier {
    const char *text;   /* the whole, for errors */
    const char *label;  /* NULL: none */
    const char *symbol; /* NULL: relative to the position */
    bool relative;
    long steps; /* of a relative one, never 0 */
};

/* A name that the graph knows is never taken apart. ERR_USAGE: empty, nothing before or after "@", steps of 0
 * or more than a million. */
int identifier_parse(struct arena *a, const struct graph *g, const char *text, struct identifier *out,
                     struct err *err);

/* The next of several identifiers, separated by commas or blanks, or NULL. */
const char *identifier_next(struct arena *a, const char **rest);

/* The revision that carries the label, or the one of this id: what "LABEL@" names. */
int identifier_branch(const struct graph *g, const char *label, struct revision **out, struct err *err);

/* The revisions of an identifier that is not relative; `base` is an empty list. A label must be that of the
 * revision's branch. `at` gives "current" its meaning and may be NULL. */
int identifier_revisions(struct arena *a, const struct graph *g, const struct position *at,
                         const struct identifier *id, revisions_t *out, struct err *err);
/* The same where one revision is meant; base is NULL. */
int identifier_revision(struct arena *a, const struct graph *g, const struct position *at,
                        const struct identifier *id, struct revision **out, struct err *err);

/* Walk from a revision (NULL: base), up to children for steps > 0 and down to parents for steps < 0. A branch
 * (NULL: any) limits the way up to its lineage. Past an end: with `clamp` the end itself, else ERR_USAGE,
 * "didn't produce". ERR_USAGE as well: more than one way ("ambiguous walk"). *last, unless NULL, is the
 * revision stepped away from last. */
int identifier_walk(struct arena *a, const struct graph *g, const struct identifier *id,
                    struct revision *start, const struct revision_set *branch, bool clamp,
                    struct revision **out, struct revision **last, struct err *err);

/* The revision that a relative identifier leads to; NULL is base. Without a symbol it starts from the
 * position's member, on the label's branch where one is given; `at` may be NULL otherwise. */
int identifier_relative(struct arena *a, const struct graph *g, const struct position *at,
                        const struct identifier *id, bool clamp, struct revision **out,
                        struct revision **last, struct err *err);

/* "a, b, c" of the ids, at most eight. */
const char *revisions_names(struct arena *a, const revisions_t *list);

/* The position's members; ids that the graph does not know are position_check's business and left out here.
 */
void position_members(struct arena *a, const struct graph *g, const struct position *at, revisions_t *out);

/* The half of position_check that a stamp needs: every id is in the graph. */
int position_known(const struct graph *g, const struct position *at, struct err *err);

/* The position after these operations. */
void position_apply(struct arena *a, const struct position *at, const version_ops_t *ops,
                    struct position *out);

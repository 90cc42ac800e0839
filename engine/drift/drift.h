/*
 * Drift: a live database differing from what the record says. Pending revisions are not drift.
 * Reports (cmd/drift_*.c), watch and notifications all work on struct drift_report.
 */
#pragma once
#include "engine/drift/snapshot.h"
#include "engine/revision/graph.h"
#include "engine/schema/ddl.h"

enum drift_kind {
    DRIFT_POSITION, /* the version table names a revision that this checkout does not know */
    DRIFT_CHECKSUM, /* a revision's file was edited after it was applied (line ends, trailing space aside) */
    DRIFT_SCHEMA,
    DRIFT_KIND_COUNT
};

struct drift_finding {
    enum drift_kind kind;
    const char *word, *path; /* "column", "users.email"; "revision", "3b1c..." */
    enum schema_change_kind change;
    VEC(struct schema_attribute) attributes; /* SCHEMA_CHANGED; field NULL for the other kinds of drift */
    const char *expected, *actual;           /* whole definitions, lines; NULL: none there */
    const char *message;                     /* one sentence: what is different */
    strings_t restore, adopt;   /* DDL that puts it back; that takes it over into the revisions */
    const char *restore_hazard; /* NULL: none */
    const char *restore_refused, *adopt_refused; /* why there is no such statement; NULL: there are some */
    const char *ignored;                         /* the rule's reason: it does not count; NULL: it does */
    const char *ignored_until;                   /* "2026-12-31"; NULL: the rule has no end */
};

enum drift_outcome {
    DRIFT_NONE,
    DRIFT_FOUND,
    DRIFT_BUSY,        /* a run is at work on it: not judged */
    DRIFT_NO_BASELINE, /* neither a snapshot nor a scratch database to compare with; `error` says how to get
                          one */
    DRIFT_UNREACHABLE,
    DRIFT_FAILED, /* could not be read */
    DRIFT_OUTCOME_COUNT
};

struct drift_target {
    const char *name, *address, *dialect, *server; /* server: version, for people */
    enum drift_outcome outcome;
    const char *error, *hint; /* BUSY, NO_BASELINE, UNREACHABLE, FAILED */
    strings_t position;
    int64_t behind, ahead;            /* revisions to the head; those unknown here */
    char fingerprint[DIGEST_HEX + 1]; /* of the live schema, ignored objects aside; "" unknown */
    char expected[DIGEST_HEX + 1];
    const char *baseline; /* "snapshot of run X, 2026-11-20 02:00 UTC", "revisions in a scratch database" */
    strings_t unseen;
    VEC(struct drift_finding) findings;
    unsigned group; /* index into groups */
    /* Kept of the first target with that schema, and of those whose schema has drifted; else NULL. */
    const struct schema *live, *expected_schema;
    const struct schema *grouped; /* live without what is ignored: what `fingerprint` is of */
    const struct environment *of; /* its rules */
};

/* Targets of one dialect with the same live schema. */
struct drift_group {
    char fingerprint[DIGEST_HEX + 1];
    const char *dialect;
    size_t n;                          /* targets in it */
    size_t example;                    /* index of its first target */
    bool majority;                     /* the largest of its dialect */
    schema_changes_t differences;      /* from the majority's schema to this one; empty for the majority */
    VEC(struct drift_finding) variant; /* the same, for people */
};

struct drift_report {
    bool diff; /* of lockstep diff: `actual` is the target's, `expected` that of its `baseline` */
    const char *environment, *project, *version; /* of Lockstep */
    int64_t began_us, ended_us;
    VEC(struct drift_target) targets; /* in the environment's order */
    VEC(struct drift_group) groups;   /* by dialect, the majority first, then by size */
    size_t count[DRIFT_OUTCOME_COUNT];
    strings_t expired;        /* rules that ignore nothing any more: "audit_* until 2026-01-31 (file:line)" */
    size_t findings, ignored; /* that count; that a rule ignores */
};

struct alembic_env;
struct run_control;

struct drift_options {
    bool scratch;                /* compare with what the revisions build, even where there is a snapshot */
    bool definitions;            /* fill in expected, actual, restore and adopt */
    struct run_control *control; /* interrupts it; may be NULL */
    const struct alembic_env *alembic; /* of the project, for revisions in Python; may be NULL */
};
/* Reads and judges every member, as many at once as the environment's rollout lets be at work. Errors of a
 * target stand in the report; it fails only when the store cannot be read, or it is interrupted. */
int drift_check(struct arena *a, struct fleet *f, struct store *s, const struct graph *g,
                const struct drift_options *options, struct drift_report *out, struct err *err);
/* How a command ends: 0 none, 2 drift, ERR_UNREACHABLE, ERR_FAILED (not all could be judged): the worst. */
int drift_status(const struct drift_report *r);

typedef VEC(struct drift_finding) drift_findings_t;
/* What differs between two schemas, as findings. rules NULL: none is ignored. */
struct drift_judging {
    const struct drift_rule *rules;
    size_t nrules;
    int64_t now_us; /* rules that have ended by then ignore nothing */
    bool definitions;
};
void drift_find(struct arena *a, const struct schema *expected, const struct schema *actual,
                const struct drift_judging *by, drift_findings_t *out);
const struct drift_rule *drift_rule_for(struct arena *a, const struct drift_judging *by,
                                        const struct schema_item *item);

/* The groups of a report whose targets have fingerprints; `grouped` of at least one target of each. */
void drift_group(struct arena *a, struct drift_report *r);

/* Two schemas beside each other, for a report of a comparison: fills fingerprints, findings and outcome. */
void drift_compare(struct arena *a, const struct schema *expected, const struct schema *actual,
                   struct drift_target *out);

/* Everything that has drifted on a target, as the statements of one revision and of its way back.
 * ERR_REFUSED: something cannot be written as SQL. */
int drift_adoption(struct arena *a, const struct drift_target *t, schema_statements_t *upgrade,
                   schema_statements_t *downgrade, struct err *err);

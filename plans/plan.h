/*
 * A plan: what would run, per target, frozen and digested. One file of the plans folder.
 *
 * Targets that share dialect, position and steps share a track, so that a plan for a thousand like targets
 * holds their SQL once. The digest covers every byte that decides what runs where: see plan_digest().
 */
#pragma once
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct plan_statement {
    struct slice text, copy; /* copy.ptr NULL: none (rows of COPY ... FROM STDIN) */
    int line;                /* in the revision's file; 0 unknown */
};
typedef VEC(struct plan_statement) plan_statements_t;

enum plan_version_kind { PLAN_VERSION_INSERT, PLAN_VERSION_DELETE, PLAN_VERSION_UPDATE, PLAN_VERSION_COUNT };
struct plan_version_op {
    enum plan_version_kind kind;
    const char *from, *to;
};
typedef VEC(struct plan_version_op) plan_version_ops_t;

struct plan_step {
    const char *revision, *message;
    bool downgrade;
    strings_t before, after; /* as "Running upgrade before -> after" names them */
    const char *checksum;    /* of the revision's file */
    const char *source;      /* the revision's file, for people; not in the digest */
    bool transaction;        /* false: its statements run outside a transaction */
    int64_t resume_from;     /* statements done by an earlier, failed run; they are not run again */
    plan_version_ops_t version_ops;
    plan_statements_t statements;
    plan_statements_t verify; /* run before commit; a row whose first column is false fails */
    bool reversible;          /* undo is known */
    plan_statements_t undo;   /* statements that take the step back */
    /* Revisions in Python may read the database: then its answers decide what is sent, the statements are
     * none, and these tell what it reads ("reads rows, 3b1c_x.py line 14"). NULL: everything is known. */
    const char *live, *undo_live;
    /* Not NULL: the statements come from the user's own Alembic, or the step is run by it (when live); why.
     */
    const char *python, *undo_python;
};
typedef VEC(struct plan_step) plan_steps_t;

enum plan_transaction { PLAN_TRANSACTION_PLAN, PLAN_TRANSACTION_REVISION, PLAN_TRANSACTION_COUNT };

struct plan_track {
    const char *dialect;                       /* driver name */
    strings_t from, to;                        /* positions, sorted */
    bool has_version_table, has_history_table; /* as found while planning */
    plan_steps_t steps;
    strings_t held_back; /* promote: "REVISION: why", in order; informational, in the digest */
};

/* How a target of an atomic wave waits with its commit for the others. */
enum plan_hold {
    PLAN_HOLD_NONE,     /* of no atomic wave, or with nothing to do */
    PLAN_HOLD_PREPARED, /* its transaction is prepared: a crash between the commits is finished by resume */
    PLAN_HOLD_OPEN, /* its transaction is open: committed one after another, before those that are prepared */
    PLAN_HOLD_FIRST, /* it commits as it goes, before the others begin, and is taken back when one of them
                        fails */
    PLAN_HOLD_COUNT
};

struct plan_target {
    const char *name;
    const char *address;                           /* display URL, without secrets */
    unsigned track;                                /* index into tracks */
    int64_t lock_timeout_ms, statement_timeout_ms; /* -1 default */
    enum plan_hold hold;
};

/* A target that could not be reached while planning, within the budget for failures: the run does not touch
 * it, and counts it as failed. */
struct plan_left_out {
    const char *name;
    const char *address;
    const char *why; /* not in the digest */
};

enum plan_on_failure { PLAN_STOP, PLAN_CONTINUE, PLAN_ROLLBACK, PLAN_ON_FAILURE_COUNT };
enum plan_scope { PLAN_SCOPE_TARGET, PLAN_SCOPE_WAVE, PLAN_SCOPE_RUN, PLAN_SCOPE_COUNT };

enum plan_pause {
    PLAN_PAUSE_NONE,
    PLAN_PAUSE_TIME,   /* the run waits for pause_ms */
    PLAN_PAUSE_QUERY,  /* until pause_query returns true on every target of the wave; pause_ms: at most */
    PLAN_PAUSE_PERSON, /* until somebody says "lockstep resume" */
    PLAN_PAUSE_COUNT
};

/* Targets that may run at the same time. A wave begins when every wave of `after` is complete, with its
 * pause. */
struct plan_wave {
    const char *name;                      /* as in the environment, else its number; "all" without waves */
    size_t first, n;                       /* its targets are plan->targets[first .. first + n) */
    int64_t parallel, parallel_per_server; /* at most so many at once, over all waves and runners; per
                                              server 0: no limit of its own */
    VEC(unsigned) after;                   /* indexes of earlier waves, ascending */
    enum plan_pause pause;                 /* once the wave is complete */
    int64_t pause_ms;                      /* TIME, QUERY; 0 for the others */
    const char *pause_query;               /* QUERY; NULL for the others */
    bool atomic;                           /* all of its targets commit, or none does */
};

struct plan {
    const char *project, *environment;
    const char *promotes_from; /* environment that it was promoted from; NULL: none */
    const char *part_of,
        *shard;         /* digest of the whole plan, and "2/3", when this is a part of it; else NULL */
    const char *author; /* user@host */
    int64_t created_us; /* whole seconds; not in the digest */
    const char *version_table, *version_table_schema; /* schema NULL: none */
    enum plan_transaction transaction;
    enum plan_on_failure on_failure;
    enum plan_scope rollback_scope;
    int64_t max_failures;
    bool max_failures_percent;
    VEC(struct plan_track) tracks;
    VEC(struct plan_wave)
    waves;                           /* over all targets, in order; at least one in a plan that was planned or
                                        loaded */
    VEC(struct plan_target) targets; /* in order of execution: those of the first wave first */
    VEC(struct plan_left_out) left_out;
    char digest[DIGEST_HEX + 1];
};

/* Fill plan->digest: SHA-256 over every field above except created_us, source, line and the digest itself. */
void plan_digest(const struct plan *p, char hex[DIGEST_HEX + 1]);
/* "<environment>-<first 12 digits of the digest>" */
char *plan_id(struct arena *a, const struct plan *p);
size_t plan_pending(const struct plan *p); /* steps over all targets */

/* Give the plan one wave named "all" over every target, one at a time: what a document without waves means.
 * It is neither written nor digested. */
void plan_one_wave(struct arena *a, struct plan *p);
/* The wave of target number `target`, which must be in the plan; its index in plan->waves. */
size_t plan_wave_of(const struct plan *p, size_t target);
/* So many targets may fail, beside those that were left out: a percentage is never rounded in favour of
 * failure (10 % of 19 allow one). */
size_t plan_failure_budget(const struct plan *p);

/* Documents. plan_load checks every field and that the digest is that of the content: a changed plan is
 * ERR_REFUSED ("was changed after it was made"), a malformed one ERR_FILE with the place. plan_write computes
 * the digest, and refuses a plan whose own digest is set to another; plan_save saves nothing that plan_load
 * would not load. */
int plan_write(const struct plan *p, struct strbuf *out, struct err *err);
int plan_save(const struct plan *p, const char *path, struct err *err);
int plan_load(struct arena *a, const char *path, struct plan **out, struct err *err);
int plan_parse(struct arena *a, const char *file, struct slice text, struct plan **out, struct err *err);

/* For people: "+ 3 revisions on orders-eu: ...". At most `width` columns (0: 80; at least 20); targets of one
 * track are grouped, lists beyond a dozen names are cut with their number. Ends with a newline. */
void plan_summary(const struct plan *p, int width, struct strbuf *out);

/*
 * The two tables that Lockstep keeps in a target: Alembic's version table and lockstep_history. Their SQL
 * texts, the same for a run and for a rendered script, and the reading of what they say.
 */
#pragma once
#include "drivers/driver.h"
#include "engine/revision/walk.h"
#include "plans/plan.h"

/* Names, quoted where needed and with their schema. */
struct bookkeeping {
    const struct driver *driver;
    const char *version_table; /* "alembic_version", "app.alembic_version" */
    const char *version_name;  /* without the schema: what Alembic's constraint name is made from */
    const char *history_table; /* "lockstep_history"; for another version table T: "T_history" */
    const char *lease_table;   /* "lockstep_lock", with a row for each version table */
};
void bookkeeping_init(struct bookkeeping *b, struct arena *a, const struct driver *driver,
                      const char *version_table, const char *schema);
/* The history table's name, without quotes and schema. */
const char *bookkeeping_history_name(struct arena *a, const struct bookkeeping *b);

struct half_step;

/* What the history row of a step says about who did it; NULL fields become SQL NULL (a script run by hand).
 */
struct history_stamp {
    const char *run; /* "by hand" for a script */
    const char *plan, *actor, *audit_head;
};

char *bookkeeping_create_version(const struct bookkeeping *b, struct arena *a);
char *bookkeeping_create_history(const struct bookkeeping *b, struct arena *a);
/* For a history table from before it had the column of journal entries. */
char *bookkeeping_add_in_flight(const struct bookkeeping *b, struct arena *a);
char *bookkeeping_version_op(const struct bookkeeping *b, struct arena *a, const struct plan_version_op *op);
/* A row of a step that is complete in the same transaction (outcome "applied"). */
char *history_insert_applied(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                             const struct plan_step *step);
/* Journaled steps: the row is "running" first, counts statements, and becomes "applied". `entry` is the
 * expression of journal_entry() for what is sent next; NULL writes none. */
char *history_insert_running(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                             const struct plan_step *step, const char *entry);
char *history_progress(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                       const struct plan_step *step, size_t done, const char *entry);
/* Before a statement whose place in the journal is known already. */
char *history_in_flight(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                        const char *entry);
char *history_finish(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                     const struct plan_step *step);
/* The running row of this run ends with `done` statements in effect: outcome "half", or "failed" when the
 * target is as it was before the step. "half" with none: the first has begun, see half_step.begun. */
char *history_stop(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                   const struct plan_step *step, size_t done, bool begun);
/* The running row of a run that died, likewise, as it was found out. prefix NULL: leave it. */
char *history_decide(const struct bookkeeping *b, struct arena *a, const struct half_step *half,
                     const char *prefix);
/* Rows that earlier runs left open become `outcome` ("resumed", "stamped"). */
char *history_settle(const struct bookkeeping *b, struct arena *a, const char *outcome);
char *history_insert_stamped(const struct bookkeeping *b, struct arena *a, const struct history_stamp *by,
                             const char *revision);
/* Stands for the audit log's head in the texts of a run's script until the head is known. */
#define AUDIT_HEAD_MARK "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
/* Put the head (64 digits) in the mark's place. */
struct slice history_seal(struct arena *a, struct slice text, const char *audit_head);

/* SHA-256 over the first n statements of a step: what a resumed run must find unchanged. */
void step_prefix(const struct plan_step *step, size_t n, char hex[DIGEST_HEX + 1]);

/* A step that an earlier run left part way. */
struct half_step {
    bool present;
    bool running; /* nobody has written down yet that it stopped */
    bool known; /* exactly `done` statements are in effect: the server refused the next, or all are, or it was
                   found out. false: the run died, and the statement after them may have taken effect. */
    const char *run, *revision, *direction, *checksum, *actor, *started;
    bool begun; /* the statement after them may have taken effect, in whole or in part, and running it once
                   more does no harm: the target is inside, also when `done` is 0 */
    int64_t done, total;
    int64_t recorded;   /* what the journal counts, and `prefix` is about: done, or one less when it was found
                           out that the statement in flight took effect */
    const char *prefix; /* digest of the first `recorded` statements */
    const char *in_flight; /* the journal's entry about the statement after them: see journal.h; or NULL */
    const char *why;       /* how it was found out, or why it cannot be; NULL: nobody has looked */
};

/* false, of one that is known: nothing of it is in effect, and any run closes it. */
static inline bool half_step_inside(const struct half_step *half)
{
    return half->done > 0 || half->begun;
}

struct target_state {
    struct position at;
    bool has_version_table, has_history_table;
    bool has_in_flight; /* the history table has its newest column */
    struct half_step half;
    /* Transactions of runs that are prepared in the database, by name; and how many more the server takes. */
    strings_t prepared;
    int64_t prepare_slots;
};
/* The statements that read it, and what their outcomes tell: for whoever reads many targets in one batch. */
#define STATE_READS 2
void target_state_reads(const struct bookkeeping *b, struct arena *a, struct statement out[STATE_READS]);
/* And one about the whole database; false: there is none to send. Its outcome may be NULL. */
bool target_state_prepared(const struct bookkeeping *b, struct statement *out);
int target_state_take(const struct bookkeeping *b, struct arena *a, const struct outcome *outcomes,
                      const struct outcome *prepared, struct target_state *out, struct err *err);
void target_state_copy(struct arena *a, const struct target_state *from, struct target_state *out);
/* Both in one batch. Strings live in the arena. */
int target_state_read(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                      struct target_state *out, struct err *err);
/* The same with the target's lock, in one wait: *locked tells whether it was free, and holder->leases whether
 * leases count too. The driver needs lock_reading. */
int target_state_read_locking(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                              const char *key, bool *locked, struct lock_holder *holder,
                              struct target_state *out, struct err *err);

/* What the history says of each revision: the newest upgrade or stamp of it that stands. */
struct applied_revision {
    const char *revision, *checksum, *run, *actor, *finished; /* checksum NULL: stamped */
};
typedef VEC(struct applied_revision) applied_revisions_t;
int history_applied(const struct bookkeeping *b, struct conn *conn, struct arena *a, applied_revisions_t *out,
                    struct err *err);
/* Run, actor and time of the newest row, for "who moved this target"; fields NULL when there is none. */
int history_last(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                 struct applied_revision *out, struct err *err);
/* Of the revisions of the track's first n steps: the newest row that took effect of one that is not that
 * run's. out->revision NULL: all are; out->run NULL: the history does not say who did it. */
int history_other(const struct bookkeeping *b, struct conn *conn, struct arena *a,
                  const struct plan_track *track, size_t n, const char *run, struct applied_revision *out,
                  struct err *err);
/* Every distinct audit head in the target, oldest first. */
int history_heads(const struct bookkeeping *b, struct conn *conn, struct arena *a, strings_t *runs,
                  strings_t *heads, struct err *err);
/* "3b1c2d4e5f6a", "a, b", "base" for people. */
char *position_text(struct arena *a, const strings_t *ids);
bool position_same(const strings_t *a, const strings_t *b);

/*
 * From a plan's track to the script that carries it out: transactions, the steps' statements, and the
 * bookkeeping between them. A run executes exactly this; `render` and `--sql` print it.
 *
 * Where the database has transactional DDL:   BEGIN, per step [statements, verify, version, history], COMMIT;
 * one such block for the whole track, or one a revision. A step outside a transaction, and every step where
 * DDL commits implicitly, is journaled: history row "running", then each statement followed by its progress,
 * in one transaction where the statement can take part in one, then verify, version and history together in
 * one transaction. Statements that commit by themselves have an entry of the journal before them.
 */
#pragma once
#include "engine/run/bookkeeping.h"
#include "plans/script.h"

struct script_opts {
    struct history_stamp by;
    enum plan_transaction transaction;
    const char *within, *commit; /* of a track that is one transaction: its first statement, and what ends
                                    it in place of the driver's commit; NULL: none */
    bool no_history;             /* version table only, as Alembic writes it */
    bool comments;               /* for people; a run leaves them out */
    bool entries; /* the journal says what is in flight (journal.h); a script by hand cannot be resumed */
    bool settles; /* the journal has an open row of the first step, which this script's goes on with */
    bool add_in_flight; /* the history table there is has no column for that yet */
};

/* The script borrows texts from the track and the arena. */
void script_build(struct arena *a, const struct bookkeeping *b, const struct plan_track *track,
                  const struct script_opts *opts, struct script *out);

/* Has an earlier run begun with this step of the track? */
bool step_goes_on(const struct script_opts *opts, unsigned index);

/* Is this step journaled, rather than part of a transaction? */
bool step_is_journaled(const struct driver *driver, const struct plan_step *step);

/* Can it share a transaction with its entry in the journal, so that both are there or neither? */
bool statement_is_transactional(const struct driver *driver, const struct plan_statement *s);

/* Does it leave the transaction that is open as it is, where DDL commits it? */
bool statement_joins(const struct driver *driver, const struct plan_statement *s);

/* Does the statement only change rows, so that a ROLLBACK takes it back where DDL commits? */
bool statement_is_dml(const struct driver *driver, const struct plan_statement *s);

/* The track that takes back the first `completed` steps: newest first, upgrade for downgrade. Every one of
 * them must be reversible. Its `from` is the end of the whole track. */
void track_reverse(struct arena *a, const struct plan_track *track, size_t completed, struct plan_track *out);

/*
 * Trying again what a lock has kept from happening: a lock timeout, a deadlock or a serialization failure has
 * had no effect, so the transaction is rolled back (nothing is held while we wait), and after a pause begun
 * anew; outside of transactions the statement alone is sent again. What may have had an effect is never tried
 * again. Each attempt is an event of the audit log, and who was in the way is named.
 */
#pragma once
#include "engine/run/settle.h"

struct lock_retries {
    size_t from; /* the item begun anew last, and how often */
    int64_t attempts;
};

/* After the failure: true when the script goes on at item *from. False: it stays a failure, whose message
 * then names who was in the way. */
bool lock_retry(struct execution *x, struct failure *f, struct lock_retries *t, bool taking_back,
                size_t *from);
/* Events about the member's lock, such as from whom it was taken over. */
void lock_note(struct execution *x);

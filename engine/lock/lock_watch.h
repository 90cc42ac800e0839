/*
 * Who keeps a statement waiting for a lock. That can be told only while it waits, so a thread looks from a
 * second connection when a batch takes long: some time before lock_timeout ends the statement, and again
 * after that. Without a wait there is neither a look nor a connection.
 */
#pragma once
#include "engine/fleet.h"

struct lock_watch;

/* NULL where the driver cannot tell. The member's connection stays the same from begin to end. */
struct lock_watch *lock_watch_new(struct member *m);
void lock_watch_free(struct lock_watch *w);  /* accepts NULL, as the others do */
void lock_watch_begin(struct lock_watch *w); /* a batch goes out; forgets what was seen */
void lock_watch_end(struct lock_watch *w);
/* "blocked by pid 4711 (user ana, application psql, idle in transaction for 3 min, last query: UPDATE t SET a
 * = ?)", of the newest look since begin that saw somebody; NULL: nobody. */
char *lock_watch_blockers(struct lock_watch *w, struct arena *a);

/* One line of the text, without what could be a secret: literals become "?", and the rest is cut. */
char *lock_watch_query(struct arena *a, const char *query);

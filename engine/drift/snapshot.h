/*
 * Snapshots: what a target's schema was when a run ended on it well. A snapshot's document is the text of
 * engine/schema/object.h; in the store documents are kept once for each fingerprint.
 */
#pragma once
#include "engine/fleet.h"
#include "engine/schema/object.h"
#include "engine/store/snapshots.h"

/* The live schema of a member as snapshots, drift and diff see it: all schemas of its database, or the one of
 * ?schema=; in one consistent snapshot where the database has one; without Lockstep's and Alembic's own
 * tables. Takes no lock that disturbs anyone. s->unseen tells what could not be read. */
int snapshot_read(struct arena *a, struct fleet *f, struct member *m, struct schema **out, struct err *err);

/* The connection's schema without what is not looked at; `scope`: NULL for all of its database. */
int snapshot_read_conn(struct arena *a, struct conn *c, const struct bookkeeping *book, const char *scope,
                       struct schema **out, struct err *err);

/* Read the position and the schema between two looks at where the target stands, and keep it. snap:
 * environment, run and plan are filled in, the rest is filled. s NULL: it is not kept. ERR_REFUSED: a run is
 * within a revision, or was at work meanwhile. The member stays connected. */
int snapshot_take(struct arena *a, struct store *s, struct fleet *f, struct member *m, struct snapshot *snap,
                  struct schema **schema, struct err *err);

/* Only what stands in the default schema, as the snapshot of a target with ?schema= has it. */
void snapshot_narrow(struct schema *s);

/* Durable when it returns. The fingerprint is filled in. */
int snapshot_save(struct store *s, struct snapshot *snap, const struct schema *schema, struct err *err);
/* The newest one of a target; *found false: there is none. */
int snapshot_find(struct store *s, struct arena *a, const char *environment, const char *target,
                  struct snapshot *out, bool *found, struct err *err);
int snapshot_document(struct store *s, struct arena *a, const char *fingerprint, struct schema **out,
                      struct err *err);

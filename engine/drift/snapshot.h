/*
 * Snapshots: what a target's schema was when a run ended on it well. A snapshot's document is the text of
 * engine/schema/object.h; in the store documents are kept once for each fingerprint.
 */
#pragma once
#include "engine/fleet.h"
#include "engine/schema/object.h"
#include "engine/store/store.h"

struct snapshot {
    const char *environment, *target;
    const char *run;    /* id; NULL: taken by hand */
    const char *plan;   /* digest; NULL: none */
    strings_t position; /* revisions, sorted */
    int64_t taken_us;
    char fingerprint[DIGEST_HEX + 1];
    const char *document; /* NULL until asked for: snapshot_document() */
};

/* The live schema of a member as snapshots, drift and diff see it: all schemas of its database, or the one of
 * ?schema=; in one consistent snapshot where the database has one; without Lockstep's and Alembic's own
 * tables. Takes no lock that disturbs anyone. s->unseen tells what could not be read. */
int snapshot_read(struct arena *a, struct fleet *f, struct member *m, struct schema **out, struct err *err);

/* Durable when it returns. */
int snapshot_save(struct store *s, const struct snapshot *snap, const struct schema *schema, struct err *err);
/* The newest one of a target; *found false: there is none. */
int snapshot_find(struct store *s, struct arena *a, const char *environment, const char *target,
                  struct snapshot *out, bool *found, struct err *err);
/* The newest of every target of the environment, by target. */
int snapshot_list(struct store *s, struct arena *a, const char *environment, struct snapshot **out, size_t *n,
                  struct err *err);
int snapshot_document(struct store *s, struct arena *a, const char *fingerprint, struct schema **out,
                      struct err *err);

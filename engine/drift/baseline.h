/* What a target's schema is expected to be: its snapshot, or what the revisions build. Each is made once,
 * however many targets are compared with it. */
#pragma once
#include "engine/drift/drift.h"
#include "engine/fleet.h"
#include <pthread.h>

struct baselines;
struct baseline {
    const struct schema *schema; /* NULL: not read, since the fingerprint is the live one */
    char fingerprint[DIGEST_HEX + 1];
    const char *text; /* for people: what it is */
};
struct baselines *baselines_new(struct fleet *f, struct store *s, const struct graph *g,
                                const struct drift_options *options);
void baselines_free(struct baselines *b, struct arena *into); /* what was given lives on in `into` */

/* From any thread. The document is read unless `live` is its fingerprint. */
int baseline_snapshot(struct baselines *b, struct arena *a, const struct snapshot *snap, const char *live,
                      struct baseline *out, struct err *err);
/* ERR_USAGE: there is no server for it; the hint says how to name one. */
int baseline_scratch(struct baselines *b, struct member *m, struct baseline *out, struct err *err);

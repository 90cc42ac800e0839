/* Snapshots of schemas in the store: the newest of each target, and documents, once for each fingerprint. */
#pragma once
#include "base/digest.h"
#include "base/vec.h"
#include "engine/store/store.h"
#include <stdint.h>

struct snapshot {
    const char *environment, *target;
    const char *run;    /* id; NULL: taken by hand */
    const char *plan;   /* digest; NULL: none */
    strings_t position; /* revisions, sorted */
    int64_t taken_us;
    char fingerprint[DIGEST_HEX + 1];
    const char *document; /* NULL until asked for: snapshots_document() */
};
typedef VEC(struct snapshot) snapshots_t;

/* In place of the target's earlier one; a document that no target refers to any more goes. Durable when it
 * returns. */
int snapshots_save(struct store *s, const struct snapshot *snap, struct slice document, struct err *err);
/* By target; target NULL: of all targets of the environment. */
int snapshots_list(struct store *s, struct arena *a, const char *environment, const char *target,
                   snapshots_t *out, struct err *err);
/* ERR_FAILED: the store has none of that fingerprint. */
int snapshots_document(struct store *s, struct arena *a, const char *fingerprint, struct slice *out,
                       struct err *err);

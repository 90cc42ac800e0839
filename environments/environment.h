/*
 * Environment documents (environments/NAME.yaml): a named set of targets with a policy.
 *
 * environment_load() parses and validates the whole document; every error names file, line, column and the
 * nearest known key. What this version cannot do yet (gates, approvals, ...) parses,
 * and is refused when used, by environment_supported().
 */
#pragma once
#include "environments/rollout.h"
#include "environments/secret.h"
#include "environments/tunnel.h"
#include "environments/url.h"

enum transaction_mode { TRANSACTION_PLAN, TRANSACTION_REVISION, TRANSACTION_MODE_COUNT };
enum env_tls {
    ENV_TLS_DEFAULT,
    ENV_TLS_DISABLE,
    ENV_TLS_REQUIRE,
    ENV_TLS_VERIFY_CA,
    ENV_TLS_VERIFY_FULL,
    ENV_TLS_COUNT
};

struct label {
    const char *name, *value;
};

struct tls_settings {
    enum env_tls mode;
    const char *ca, *cert, *key; /* paths, relative ones joined to the document's folder; NULL absent */
};

enum each_kind { EACH_NONE, EACH_LIST, EACH_RANGE, EACH_QUERY };
struct each {
    enum each_kind kind;
    const char **values; /* EACH_LIST */
    size_t n;
    int64_t from, to;  /* EACH_RANGE, both included: each: { range: 1..40 } */
    int width;         /* of the range's first bound as written ("001" gives 3), for zero padding */
    const char *query; /* EACH_QUERY: first column of its rows */
    struct template_text url, password; /* key "from" and its password: where the query runs */
};

struct target {
    const char *name; /* unique in the environment once `each` is expanded; "${value}" before that */
    struct template_text url, password;
    struct tls_settings tls;
    bool has_tls;
    struct label *labels; /* values may hold "${value}" before expansion */
    size_t nlabels;
    struct each each;
    const struct tunnel *tunnel; /* its own, or the environment's; NULL: the direct way */
    bool has_tunnel;             /* the key stands at the target itself */
    const struct yaml_node *node;
};

struct settings { /* -1 in a number: not given */
    int64_t lock_timeout_ms, statement_timeout_ms;
    int64_t connect_timeout_ms;   /* of one attempt, tunnel included */
    int64_t connect_retry_for_ms; /* how long a run tries again while a server says "not now" */
    int64_t liveness_ms; /* a server that is silent for so long is asked whether it still works; 0: never */
    int64_t lock_retries;
    int64_t lock_wait_ms;  /* how long to try for the lock on a target; default 600 ms */
    int64_t lock_lease_ms; /* how long a lease lasts that nobody renews; default 30 s */
    int transaction;       /* enum transaction_mode, -1 not given */
};

/* What a check for drift leaves aside: key drift.ignore. */
struct drift_rule {
    const char *path;           /* glob over what schema_item_path() gives */
    const char *kind;           /* one of drift_rule_kinds; NULL: all */
    const char *reason, *until; /* until: "2027-01-31", the last day on which it holds; NULL: it has no end */
    int64_t ends_us;            /* end of that day, UTC; 0: never */
    const struct yaml_node *node;
};
extern const char *const drift_rule_kinds[]; /* ends with NULL */

struct environment {
    const char *name, *file, *dir;                      /* dir: folder of the file */
    const char *promotes_from;                          /* NULL absent */
    bool protected_;                                    /* key "protected" */
    const struct yaml_node *approvals, *gates, *notify; /* NULL absent; checked for form */
    const struct tunnel *tunnel;                        /* for targets without their own; NULL absent */
    struct target *targets;
    size_t ntargets;
    struct settings settings;
    struct rollout rollout;
    struct drift_rule *ignored; /* drift: { ignore: [...] } */
    size_t nignored;
    struct template_text *scratch; /* URLs of servers for scratch databases, one a dialect */
    size_t nscratch;
    const struct yaml_node *node;
};

int environment_load(struct arena *a, const char *path, struct environment **out, struct err *err);
int environment_parse(struct arena *a, const char *file, struct slice text, struct environment **out,
                      struct err *err);
/* An environment of one target out of a bare URL, named "default"/"default". The URL may hold references. */
int environment_from_url(struct arena *a, const char *url, struct environment **out, struct err *err);

/* What the environment asks for that this version cannot do: ERR_REFUSED "...: not supported yet" at the key.
 */
enum environment_use {
    USE_CONNECT /* nothing is refused any more */,
    USE_APPLY /* approvals, notifications, ... */,
    USE_PROMOTE /* and gates */
};
int environment_supported(const struct environment *e, enum environment_use use, struct err *err);

/* Where scratch databases of this dialect are made; NULL: the environment does not say. */
const struct template_text *environment_scratch(const struct environment *e, const char *dialect);

/* Labels and values that waves match and that no target has: no error, since a wave may be empty, but
 * probably not meant. Each says where it stands and what there is. */
typedef VEC(struct err) label_doubts_t;
void rollout_doubt_labels(struct arena *a, const struct environment *e, label_doubts_t *out);

/* Runs an `each` query: fills values (in the arena). Supplied by the engine, which has the drivers. */
typedef int (*each_query_fn)(void *arg, struct arena *a, const struct environment *e, const struct target *t,
                             const char ***values, size_t *n, struct err *err);
/* Replace every target with `each` by its expansions, "${value}" put into name, url, password and labels
 * (percent-encoded in the url). query may be NULL: then a target with each.query is an error.
 * Errors: two targets of one name, no value at all, a value that is empty. */
int environment_expand(struct arena *a, struct environment *e, each_query_fn query, void *arg,
                       struct err *err);

/* The target's URL with every reference resolved and the password put in. sqlite paths are joined to the
 * project's folder `base`. */
int target_url(struct arena *a, const struct target *t, const char *base, struct url *out, struct err *err);
/* For people: display form of the URL, never a secret; a text that cannot be resolved is shown as written. */
char *target_display(struct arena *a, const struct target *t, const char *base);

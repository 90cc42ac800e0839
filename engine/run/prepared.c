/* Whose transaction a prepared one is. */
#include "engine/run/prepared.h"
#include "base/arena.h"

#define NAME_MAX_BYTES 199 /* of a prepared transaction in PostgreSQL */

char *prepared_name(struct arena *a, const char *run, const char *target)
{
    char *name = arena_printf(a, PREPARED_PREFIX "%s:%s", run, target);
    if (strlen(name) > NAME_MAX_BYTES) {
        char digest[DIGEST_HEX + 1];
        sha256_hex(target, strlen(target), digest);
        name = arena_printf(a, PREPARED_PREFIX "%s:%.32s", run, digest);
    }
    return name;
}

const char *prepared_run(const struct member *m, struct arena *a)
{
    const char *const *p;
    vec_each (p, &m->state.prepared) {
        const char *run = *p + strlen(PREPARED_PREFIX), *end = strchr(run, ':');
        char *id = end ? arena_dupn(a, run, (size_t)(end - run)) : NULL;
        if (id && strcmp(prepared_name(a, id, m->target->name), *p) == 0) {
            return id;
        }
    }
    return NULL;
}

void prepared_advise(const struct member *m, const char *own_run, struct err *err)
{
    const char *const *p;
    vec_each (p, &m->state.prepared) {
        const char *run = *p + strlen(PREPARED_PREFIX);
        size_t n = strcspn(run, ":");
        if (!own_run || strlen(own_run) != n || strncmp(own_run, run, n) != 0) {
            err_hint(err,
                     "Run %.*s has left a prepared transaction in this database, which keeps its locks: "
                     "\"lockstep resume %.*s\" or \"lockstep rollback %.*s\" decides.",
                     (int)n, run, (int)n, run, (int)n, run);
            return;
        }
    }
}

int prepared_check_none(const struct member *m, struct err *err)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *run = prepared_run(m, &a);
    if (!run) {
        return 0;
    }
    err_set(err, ERR_REFUSED, "run %s has left a prepared transaction on %s, which waits for its wave", run,
            m->target->name);
    return err_hint(err, "\"lockstep resume %s\" finishes that run, \"lockstep rollback %s\" takes it back.",
                    run, run);
}

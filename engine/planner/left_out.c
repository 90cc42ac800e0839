/* Leaving out what cannot be reached. See the header. */
#include "engine/planner/left_out.h"

bool member_is_out_of_reach(const struct member *m)
{
    return m->lost || (m->err && m->err->status == ERR_UNREACHABLE);
}

bool left_out_possible(const struct plan_request *q)
{
    return q->leave_out && q->environment->rollout.max_failures > 0;
}

static unsigned wave_number(const struct member *m, const unsigned *wave_of)
{
    return wave_of ? wave_of[m->target - m->environment->targets] : 0;
}

static bool is_atomic(const struct rollout *r, unsigned wave)
{
    return r->waves.n ? r->waves.items[wave].atomic : r->atomic;
}

static int refuse(const struct member *m, struct err *err, const char *why, const char *hint)
{
    *err = *m->err;
    err_wrap(err, "%s", why);
    return err->hint[0] ? err->status : err_hint(err, "%s", hint);
}

/* The first target of each wave that is out of reach, and whether any other of the wave is there. */
static int check_waves(struct arena *a, const struct fleet *f, const struct rollout *r,
                       const unsigned *wave_of, struct err *err)
{
    size_t n = r->waves.n ? r->waves.n : 1;
    const struct member **out = arena_array(a, n, sizeof(*out)), *m;
    bool *there = arena_array(a, n, sizeof(bool));
    vec_each (m, &f->members) {
        unsigned wave = wave_number(m, wave_of);
        bool gone = member_is_out_of_reach(m);
        there[wave] = there[wave] || !gone;
        out[wave] = out[wave] || !gone ? out[wave] : m;
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = r->waves.n ? r->waves.items[i].name : "all";
        if (out[i] && is_atomic(r, (unsigned)i)) {
            return refuse(out[i], err,
                          arena_printf(a, "wave %s is atomic and needs all of its targets", name),
                          "Make it reachable, or leave it out with --exclude.");
        }
        if (out[i] && !there[i]) {
            return refuse(out[i], err, arena_printf(a, "no target of wave %s can be reached", name),
                          "Make one of them reachable, or leave them out with --exclude.");
        }
    }
    return 0;
}

int left_out_collect(struct arena *a, const struct fleet *f, const struct plan_request *q,
                     const unsigned *wave_of, struct plan *plan, struct err *err)
{
    const struct rollout *r = &q->environment->rollout;
    size_t n = f->members.n, most = (size_t)r->max_failures;
    most = r->max_failures_percent ? n * most / 100 : most;
    const struct member *m, *first = NULL;
    vec_each (m, &f->members) {
        if (member_is_out_of_reach(m)) {
            first = first ? first : m;
            *vec_push(a, &plan->left_out) =
                (struct plan_left_out){m->target->name, m->address, arena_dup(a, m->err->message)};
        }
    }
    if (plan->left_out.n > most) {
        return refuse(first, err,
                      arena_printf(a, "%zu of %zu targets cannot be reached, and %zu may fail",
                                   plan->left_out.n, n, most),
                      "Make them reachable, or leave them out with --exclude.");
    }
    return first ? check_waves(a, f, r, wave_of, err) : 0;
}

/* Splitting a plan that is made already. */
#include "engine/planner/part.h"
#include "base/arena.h"
#include "engine/planner/waves.h"

struct plan *plan_part(struct arena *a, const struct plan *whole, const struct selection *s)
{
    struct plan *part = arena_alloc(a, sizeof(*part));
    *part = *whole;
    part->part_of = whole->digest;
    part->shard = arena_printf(a, "%u/%u", s->shard, s->shards);
    memset(&part->targets, 0, sizeof(part->targets));
    memset(&part->left_out, 0, sizeof(part->left_out));
    memset(&part->waves, 0, sizeof(part->waves));
    const struct plan_wave *from;
    vec_each (from, &whole->waves) {
        struct plan_wave *w = vec_push(a, &part->waves);
        *w = *from;
        w->first = part->targets.n;
        for (size_t i = from->first; i < from->first + from->n; i++) {
            if (shard_of(whole->targets.items[i].name, s->shards) == s->shard) {
                *vec_push(a, &part->targets) = whole->targets.items[i];
            }
        }
        w->n = part->targets.n - w->first;
    }
    const struct plan_left_out *out;
    vec_each (out, &whole->left_out) {
        if (shard_of(out->name, s->shards) == s->shard) {
            *vec_push(a, &part->left_out) = *out;
        }
    }
    waves_drop_pauses(a, part);
    plan_digest(part, part->digest);
    return part;
}

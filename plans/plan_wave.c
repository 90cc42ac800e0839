/* What follows from the waves of a plan. */
#include "base/arena.h"
#include "plans/plan_fields.h"

void plan_one_wave(struct arena *a, struct plan *p)
{
    for (size_t i = 0; i < p->targets.n; i++) {
        p->targets.items[i].hold = PLAN_HOLD_NONE;
    }
    p->waves.n = 0;
    *vec_push(a, &p->waves) = (struct plan_wave){.name = PLAN_WAVE_ALL, .n = p->targets.n, .parallel = 1};
}

size_t plan_wave_of(const struct plan *p, size_t target)
{
    size_t low = 0, high = p->waves.n;
    while (high - low > 1) { /* empty waves begin where the next one does: the last that begins here has it */
        size_t middle = low + (high - low) / 2;
        if (p->waves.items[middle].first <= target) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t plan_failure_budget(const struct plan *p)
{
    size_t n = (size_t)p->max_failures, out = p->left_out.n;
    n = p->max_failures_percent ? (p->targets.n + out) * n / 100 : n;
    return n > out ? n - out : 0;
}

/* The waves of a plan, for people: how many targets each has, how many at once, and what is waited for. */
#pragma once
#include "plans/plan.h"
#include "plans/wrap.h"

/* Nothing for a plan whose targets are changed one after the other without a stop. */
void wave_summary(const struct plan *p, struct wrap *w);
/* "10 min", "1 h 30 min", "1.5 s": exact. */
char *duration_text(struct arena *a, int64_t ms);

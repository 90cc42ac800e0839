/*
 * A run that goes on: what the store knows of it becomes the roster, the results so far and the pauses of
 * this process. What has ended stays so; what failed, and what was at work when its process died, is looked
 * at where it stands and finished.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;
struct run;

/* Before anything starts. ERR_REFUSED: somebody is at work on the run, or nothing of it is left to do. */
int again_load(struct run *r, struct err *err);
/* What the store knows of one target becomes its result. */
struct run_target_row;
void again_load_row(struct run *r, const struct run_target_row *row);
/* False for targets that run_again.only leaves out. */
bool again_selects(const struct run *r, size_t target);
/* Left out, though it was at work when the run stopped. */
bool again_leaves(const struct run *r, size_t target);

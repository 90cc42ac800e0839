/*
 * A run that goes on: what the store knows of it becomes the roster, the results so far and the pauses of
 * this process. What has ended stays so; what failed, and what was at work when its process died, is looked
 * at where it stands and finished.
 */
#pragma once

struct err;
struct run;

/* Before anything starts. ERR_REFUSED: somebody is at work on the run, or nothing of it is left to do. */
int again_load(struct run *r, struct err *err);

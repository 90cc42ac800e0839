/*
 * Which revisions an environment has proved: those that every one of its targets has, applied with the
 * checksum that the file has now.
 */
#pragma once
#include "engine/fleet.h"
#include "engine/revision/graph.h"

/* Reads every member of `from`; an error of one of them is an error. held_back names every other revision of
 * the graph, parents first: "3b1c2d4e5f6a: not on orders-us". */
int promotion_evidence(struct arena *a, struct fleet *from, const struct graph *g, revisions_t *allowed,
                       strings_t *held_back, struct err *err);

/* Only the lines of held_back whose revision is missing from some member of `to`: the others are there
 * already. */
void promotion_held_for(struct arena *a, const struct fleet *to, const struct graph *g,
                        const strings_t *held_back, strings_t *out);

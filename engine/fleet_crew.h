/*
 * Threads that work through the members of a fleet, with as many connections at a time as servers and this
 * process bear.
 */
#pragma once
#include "engine/fleet.h"

/* Members that are worked on together, over one connection: those of one server. */
struct crew_unit {
    struct member **members; /* in the fleet's order */
    size_t n;
};

/* Works on all members of a unit; errors stay in the members. scratch is emptied afterwards. */
typedef void (*crew_fn)(void *arg, struct fleet *f, const struct crew_unit *unit, struct arena *scratch);

/* Call fn for every unit, which stand in the order of their first members. Unless keep_going, units behind
 * one that failed are left out; those before it are not. Returns the number of members that failed. */
size_t crew_work(struct fleet *f, const struct crew_unit *units, size_t n, bool keep_going, crew_fn fn,
                 void *arg);

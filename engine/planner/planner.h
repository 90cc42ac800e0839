/*
 * Environments + graph + positions -> plan.
 *
 * Every target's position is read, the way through the graph is found, the steps' files are read and cut into
 * statements, and targets with the same dialect, position and steps are put on one track.
 */
#pragma once
#include "engine/fleet.h"
#include "engine/revision/graph.h"
#include "engine/revision/walk.h"
#include "plans/plan.h"

struct alembic_env;

struct plan_request {
    const struct project *project; /* NULL with --url */
    const struct environment *environment;
    const struct graph *graph;
    enum direction direction;
    const char *destination;    /* as given: "heads", "+2", ...; not used with `within` */
    const revisions_t *within;  /* promote: upgrade as far as these permit */
    const strings_t *held_back; /* promote: "REVISION: why", put into every track */
    const char *promotes_from;
    const struct alembic_env *alembic; /* what revisions in Python need of their project; may be NULL */
    bool one_wave;                     /* the environment's waves are left aside: upgrade and downgrade */
    int transaction; /* enum transaction_mode from the command line, -1: the environment's */
    bool leave_out;  /* targets that cannot be reached are left out of the plan, as many as may fail */
    bool keep_going; /* a target that cannot be read or planned does not stop the others: its member
                        keeps the error and the plan leaves it out */
};

/* The fleet's members are read (and stay connected). Errors name the target. */
int planner_plan(struct arena *a, struct fleet *fleet, const struct plan_request *request, struct plan **out,
                 struct err *err);

/* A plan of one target without a connection, from a position that the caller names (for --sql). With `fresh`
 * the bookkeeping tables are made by the script. */
int planner_offline(struct arena *a, const struct member *member, const struct plan_request *request,
                    const struct position *from, bool fresh, struct plan **out, struct err *err);

/* Checksum of a revision's file as a target of this dialect sees it; for comparing with what was applied. */
int revision_checksum(struct arena *a, const struct revision *r, const char *dialect,
                      char hex[DIGEST_HEX + 1], struct err *err);

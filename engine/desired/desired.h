/*
 * The schema that a project wants: its statements, from files of SQL, a program that prints them, or models,
 * run in a scratch database and read back, so that it is compared with a live schema as like with like.
 */
#pragma once
#include "engine/alembic/body.h"
#include "engine/fleet.h"
#include "engine/schema/object.h"

struct desired {
    const char *const *files; /* SQL, run one after the other */
    size_t nfiles;
    const char *command; /* for the shell, in the project's folder; prints SQL */
    const char *models;  /* "app.models:Base" */
    const char *env_py;  /* of an Alembic project, with target_metadata; NULL: none */
    const char *dir;     /* the project's */
};

/* What the project names. ERR_USAGE says what it may name when it names nothing. */
int desired_of(struct arena *a, const struct project *p, struct desired *out, struct err *err);
/* ERR_REFUSED for a database that has no scratch database yet. */
int desired_schema(struct arena *a, const struct desired *d, const struct alembic_env *env,
                   const struct member *m, struct schema **out, struct err *err);
/* Take out of both what is not compared: Lockstep's and Alembic's own tables, and, where models say what is
 * wanted, all that models do not speak of: views, triggers, routines and the like. */
void desired_narrow(struct arena *a, const struct desired *d, const struct member *m, struct schema *wanted,
                    struct schema *live);

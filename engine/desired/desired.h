/*
 * The schema that a project wants: its statements, from files of SQL, a program that prints them, or models,
 * run in a scratch database and read back, so that it is compared with a live schema as like with like.
 */
#pragma once
#include "engine/alembic/body.h"
#include "engine/drift/scratch.h"

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
/* In a scratch database like the member's. */
int desired_schema(struct arena *a, const struct desired *d, const struct alembic_env *env,
                   const struct scratch_options *options, const struct member *m, struct schema **out,
                   struct err *err);
/* Take out what is not compared: where models say what is wanted, all that models do not speak of: views,
 * triggers, routines and the like. */
void desired_narrow(const struct desired *d, struct schema *s);

/*
 * One invocation: what was asked for on the command line, and the project, graph and environments it is
 * about, each loaded when first asked for. Everything lives in app->arena.
 */
#pragma once
#include "base/arena.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "engine/revision/walk.h"
#include "engine/selection.h"
#include "environments/project.h"

struct app {
    struct arena *arena;
    struct args args;
    /* Global options. */
    strings_t config;              /* -c, as often as it was given */
    const char *environment, *url; /* NULL: not given */
    const char *target;            /* -t, a glob; NULL: every target */
    struct selection selection;    /* -t, and --only, --exclude and --shard where the command has them */
    bool quiet, verbose, yes;
    bool json;  /* --format json or jsonl */
    bool jsonl; /* --format jsonl: each event of a run on its line */
    bool join;  /* --join and --lease of commands that have them: see app_join() */
    int64_t lease_s;
    int color_out, color_err; /* colour on stdout and stderr; -1: not decided yet, see print_style() */
    /* Loaded on demand. */
    struct project *project;
    struct graph *graph;
};

/* Fill the global options from args, which stands filled. */
int app_init(struct app *app, struct err *err);

/* The project that -c names, or the one around the current folder. */
int app_project(struct app *app, struct project **out, struct err *err);
/* Is it an Alembic project, with alembic.ini or [tool.alembic]? app->project must be loaded. */
bool app_is_alembic(const struct app *app);
/* The project whose version table a target has: none with --url, except that of an Alembic project.
 * ERR_REFUSED: env.py decides about the version table in code. */
int app_fleet_project(struct app *app, const struct project **out, struct err *err);
int app_graph(struct app *app, struct graph **out, struct err *err);
/* The environment of that name; NULL: what -e says, else the project's default. With --url an environment of
 * one target, and a name or -e beside it is ERR_USAGE. Targets with `each` are expanded. */
int app_environment(struct app *app, const char *name, struct environment **out, struct err *err);
/* All environments of the project, in the order in which changes pass through them. */
int app_environments(struct app *app, struct environment ***out, size_t *n, struct err *err);
/* The environment's targets that -t selects (without -t: all). ERR_USAGE when there is none, naming those
 * there are. */
typedef VEC(struct target *) targets_t;
int app_targets(struct app *app, struct environment *e, targets_t *out, struct err *err);
/* For commands on one database: ERR_USAGE unless exactly one target is selected; says which there are. */
int app_target(struct app *app, struct environment *e, struct target **out, struct err *err);
/* The selected targets, ready to connect to (engine/fleet.h); close it with fleet_close(). */
struct fleet;
int app_fleet(struct app *app, struct environment *e, struct fleet *out, struct err *err);
/* For a command that does what it can: see fleet_open_all(). */
int app_fleet_all(struct app *app, struct environment *e, struct fleet *out, struct err *err);
/* Connect to the one selected database and read where it stands, for "current". */
int app_position(struct app *app, struct position *out, struct err *err);
/* Folder that a target's relative paths are joined to: the project's; "." with --url. */
const char *app_base(struct app *app);
/* Arguments joined by blanks (a destination may be given as several words). NULL when there is none. */
const char *app_words(struct app *app);

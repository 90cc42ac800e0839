/*
 * Which of an environment's targets a command works on: -t, --only, --exclude and --shard.
 */
#pragma once
#include "environments/environment.h"

struct selection {
    const char *glob;       /* -t; NULL: every target */
    strings_t only;         /* patterns, one of which must match; none: every target */
    strings_t exclude;      /* patterns, none of which may match */
    unsigned shard, shards; /* --shard 2/3; shards 0: not split */
};

/* "a-*,b" as patterns. ERR_USAGE names the option when there is an empty one. */
int selection_patterns(struct arena *a, const char *option, const char *text, strings_t *out,
                       struct err *err);
/* "2/3". ERR_USAGE for anything else. */
int selection_shard(const char *text, struct selection *s, struct err *err);

/* The shard, from 1, that a target falls to. It depends on its name alone: targets that come or go move no
 * other. The first 15 digits of the name's SHA-256, modulo the number of shards, plus one. */
unsigned shard_of(const char *name, unsigned shards);

/* chosen[i] for each of the environment's targets; returns their number through *n. s may be NULL: all.
 * ERR_USAGE when a pattern matches no target, or nothing is left; but a shard may be empty. */
int selection_choose(struct arena *a, const struct selection *s, const struct environment *e, bool **chosen,
                     size_t *n, struct err *err);

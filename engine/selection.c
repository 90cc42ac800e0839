/* Choosing targets by patterns, and splitting them between jobs. */
#include "engine/selection.h"
#include "base/arena.h"
#include "base/digest.h"
#include <fnmatch.h>

#define SHARDS_MAX 10000

int selection_patterns(struct arena *a, const char *option, const char *text, strings_t *out, struct err *err)
{
    struct slice rest = slice_of(text), part;
    strings_t list = {0};
    while (slice_cut(&rest, ',', &part)) {
        part = slice_trim(part);
        if (part.len == 0) {
            err_set(err, ERR_USAGE, "--%s expects names or patterns with commas between them, not \"%s\"",
                    option, text);
            return err_hint(err, "For instance: --%s \"eu-*,us-1\".", option);
        }
        *vec_push(a, &list) = slice_dup(a, part);
    }
    *out = list;
    return 0;
}

/* Digits only, without a sign, of a number from 1. 0: it is none. */
static unsigned number_of(struct slice s)
{
    unsigned n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || n > SHARDS_MAX) {
            return 0;
        }
        n = n * 10 + (unsigned)(s.ptr[i] - '0');
    }
    return n > SHARDS_MAX ? 0 : n;
}

int selection_shard(const char *text, struct selection *s, struct err *err)
{
    struct slice rest = slice_of(text), first = {0};
    bool split = slice_cut(&rest, '/', &first) && rest.ptr;
    unsigned shard = number_of(first), shards = split ? number_of(rest) : 0;
    if (shard == 0 || shards == 0) {
        err_set(err, ERR_USAGE, "--shard expects which part of how many, such as 1/3, not \"%s\"", text);
        return err_hint(err, "The first of three is 1/3 and the last is 3/3; there may be %d.", SHARDS_MAX);
    }
    if (shard > shards) {
        err_set(err, ERR_USAGE, "--shard %s: there is no part %u of %u", text, shard, shards);
        return err_hint(err, "The parts are 1/%u to %u/%u.", shards, shards, shards);
    }
    s->shard = shard;
    s->shards = shards;
    return 0;
}

unsigned shard_of(const char *name, unsigned shards)
{
    char hex[DIGEST_HEX + 1];
    sha256_hex(name, strlen(name), hex);
    hex[15] = '\0';
    return (unsigned)(strtoull(hex, NULL, 16) % shards) + 1;
}

static bool matches_any(const strings_t *patterns, const char *name)
{
    for (size_t i = 0; i < patterns->n; i++) {
        if (fnmatch(patterns->items[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* "Its targets are: a, b, c." */
static int hint_names(const struct environment *e, struct err *err)
{
    AUTO(strbuf_release) struct strbuf names = STRBUF_INIT;
    size_t shown = e->ntargets > 12 ? 10 : e->ntargets;
    for (size_t i = 0; i < shown; i++) {
        strbuf_addf(&names, "%s%s", i ? ", " : "", e->targets[i].name);
    }
    if (shown < e->ntargets) {
        strbuf_addf(&names, " and %zu more", e->ntargets - shown);
    }
    return err_hint(err, "Its targets are: %s.", strbuf_cstr(&names));
}

static int no_target(const struct environment *e, const char *glob, struct err *err)
{
    err_set(err, ERR_USAGE, "no target of %s matches \"%s\"", e->name, glob);
    return hint_names(e, err);
}

/* A pattern that matches nothing is a mistake: the target that it was meant for would be worked on, or not.
 */
static int check_patterns(const struct environment *e, const strings_t *patterns, struct err *err)
{
    for (size_t i = 0; i < patterns->n; i++) {
        bool found = false;
        for (size_t k = 0; k < e->ntargets && !found; k++) {
            found = fnmatch(patterns->items[i], e->targets[k].name, 0) == 0;
        }
        if (!found) {
            return no_target(e, patterns->items[i], err);
        }
    }
    return 0;
}

int selection_choose(struct arena *a, const struct selection *s, const struct environment *e, bool **chosen,
                     size_t *n, struct err *err)
{
    static const struct selection all;
    s = s ? s : &all;
    int rc = check_patterns(e, &s->only, err);
    rc = rc ? rc : check_patterns(e, &s->exclude, err);
    if (rc) {
        return rc;
    }
    bool *list = arena_array(a, e->ntargets + 1, sizeof(bool));
    size_t selected = 0, left = 0, mine = 0;
    for (size_t i = 0; i < e->ntargets; i++) {
        const char *name = e->targets[i].name;
        if (s->glob && fnmatch(s->glob, name, 0) != 0) {
            continue;
        }
        selected++;
        if ((s->only.n && !matches_any(&s->only, name)) || matches_any(&s->exclude, name)) {
            continue;
        }
        left++;
        list[i] = s->shards == 0 || shard_of(name, s->shards) == s->shard;
        mine += list[i];
    }
    if (selected == 0) {
        return no_target(e, s->glob ? s->glob : "*", err);
    }
    if (left == 0) {
        err_set(err, ERR_USAGE, "no target of %s is left after %s%s%s", e->name, s->only.n ? "--only" : "",
                s->only.n && s->exclude.n ? " and " : "", s->exclude.n ? "--exclude" : "");
        return hint_names(e, err);
    }
    *chosen = list;
    *n = mine;
    return 0;
}

/* Taking identifiers apart and finding what they name. */
#include "engine/revision/identifier.h"

#define STEPS_MAX 1000000

static int usage(struct err *err, const char *hint)
{
    if (hint) {
        err_hint(err, "%s", hint);
    }
    return ERR_USAGE;
}

/* Index of the sign of a trailing +N or -N, or len when there is none. */
static size_t relative_at(const char *text, size_t len)
{
    size_t at = len;
    while (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9') {
        at--;
    }
    return at > 0 && at < len && (text[at - 1] == '+' || text[at - 1] == '-') ? at - 1 : len;
}

static int parse_steps(const char *text, struct identifier *out, struct err *err)
{
    long n = 0;
    for (const char *c = text + 1; *c; c++) {
        n = n * 10 + (*c - '0');
        if (n > STEPS_MAX) {
            err_set(err, ERR_USAGE, "\"%s\" walks more than %d revisions", out->text, STEPS_MAX);
            return ERR_USAGE;
        }
    }
    if (n == 0) {
        err_set(err, ERR_USAGE, "\"%s\" does not move: the number of steps is 0", out->text);
        return ERR_USAGE;
    }
    out->relative = true;
    out->steps = text[0] == '-' ? -n : n;
    return 0;
}

int identifier_parse(struct arena *a, const struct graph *g, const char *text, struct identifier *out,
                     struct err *err)
{
    struct slice trimmed = slice_trim(slice_of(text));
    struct identifier id = {.text = slice_dup(a, trimmed)};
    if (!trimmed.len) {
        err_set(err, ERR_USAGE, "a revision is missing: the identifier is empty");
        return usage(err, "Give an id, \"head\", \"base\", a branch label or a relative form such as +1.");
    }
    const char *rest = id.text, *sign = strchr(rest, '@');
    if (!graph_find(g, rest)) {
        if (sign) {
            id.label = arena_dupn(a, rest, (size_t)(sign - rest));
            rest = sign + 1;
            if (!id.label[0] || !rest[0]) {
                err_set(err, ERR_USAGE, "\"%s\" has nothing %s \"@\"", id.text,
                        id.label[0] ? "after" : "before");
                return usage(err, "Write LABEL@head, LABEL@base, LABEL@ID or LABEL@+1.");
            }
        }
        size_t len = strlen(rest), at = graph_find(g, rest) ? len : relative_at(rest, len);
        if (at < len) {
            int rc = parse_steps(rest + at, &id, err);
            if (rc) {
                return rc;
            }
            rest = at ? arena_dupn(a, rest, at) : NULL;
        }
    }
    id.symbol = rest;
    *out = id;
    return 0;
}

static bool is_separator(char c)
{
    return c == ',' || c == ' ' || c == '\t' || c == '\n';
}

const char *identifier_next(struct arena *a, const char **rest)
{
    const char *from = *rest;
    while (is_separator(*from)) {
        from++;
    }
    const char *to = from;
    while (*to && !is_separator(*to)) {
        to++;
    }
    *rest = to;
    return to > from ? arena_dupn(a, from, (size_t)(to - from)) : NULL;
}

int identifier_branch(const struct graph *g, const char *label, struct revision **out, struct err *err)
{
    struct revision *found = graph_find(g, label);
    if (!found && graph_lookup(g, label, &found, err)) {
        return err_wrap(err, "No such branch");
    }
    *out = found;
    return 0;
}

const char *revisions_names(struct arena *a, const revisions_t *list)
{
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    for (size_t i = 0; i < list->n && i < 8; i++) {
        strbuf_addf(&b, "%s%s", i ? ", " : "", list->items[i]->id);
    }
    if (list->n > 8) {
        strbuf_addf(&b, " and %zu more", list->n - 8);
    }
    return arena_dup(a, strbuf_cstr(&b));
}

void position_members(struct arena *a, const struct graph *g, const struct position *at, revisions_t *out)
{
    revisions_t members = {0};
    const char **id;
    vec_each (id, &at->ids) {
        struct revision *r = graph_find(g, *id);
        if (r && strcmp(r->id, *id) == 0) {
            *(struct revision **)vec_push(a, &members) = r;
        }
    }
    *out = members;
}

static void keep_members(const revisions_t *list, const struct revision_set *set, struct arena *a,
                         revisions_t *out)
{
    struct revision *const *r;
    *out = (revisions_t){0};
    vec_each (r, list) {
        if (!set || revision_set_has(set, *r)) {
            *(struct revision **)vec_push(a, out) = *r;
        }
    }
}

static int several_heads(struct arena *a, const char *text, const revisions_t *heads, struct err *err)
{
    err_set(err, ERR_USAGE,
            "Multiple head revisions are present for given argument '%s'; please specify a specific target "
            "revision, '<branchname>@%s' to narrow to a specific head, or 'heads' for all heads",
            text, text);
    return err_hint(err, "The heads are %s.", revisions_names(a, heads)), ERR_USAGE;
}

/* An id or prefix on a branch: a prefix has to be unique among the revisions of the branch only. */
static int lookup_on_branch(struct arena *a, const struct graph *g, const struct identifier *id,
                            const struct revision_set *branch, struct revision **out, struct err *err)
{
    struct revision *found = graph_find(g, id->symbol), **r;
    revisions_t fitting = {0};
    if (found && !revision_set_has(branch, found)) {
        err_set(err, ERR_USAGE, "revision %s is not on the branch \"%s\"", found->id, id->label);
        return usage(err, "Leave the label out, or name a revision of that branch.");
    }
    vec_each (r, &g->all) {
        if (!found && revision_set_has(branch, *r) &&
            strncmp((*r)->id, id->symbol, strlen(id->symbol)) == 0) {
            *(struct revision **)vec_push(a, &fitting) = *r;
        }
    }
    if (!found && fitting.n != 1) {
        int rc = graph_lookup(g, id->symbol, &found, err);
        if (rc) {
            return rc;
        }
        err_set(err, ERR_USAGE, "revision %s is not on the branch \"%s\"", found->id, id->label);
        return usage(err, "Leave the label out, or name a revision of that branch.");
    }
    *out = found ? found : fitting.items[0];
    return 0;
}

static int need_position(const struct position *at, const struct identifier *id, struct err *err)
{
    if (at) {
        return 0;
    }
    err_set(err, ERR_USAGE, "\"%s\" is relative to a database's position, and there is none here", id->text);
    return usage(err, "Name a revision to start from, such as ID+1.");
}

static int resolve(struct arena *a, const struct graph *g, const struct position *at,
                   const struct identifier *id, const struct revision_set *branch, revisions_t *out,
                   struct err *err)
{
    struct revision *found;
    if (strcmp(id->symbol, "base") == 0) {
        *out = (revisions_t){0};
        return 0;
    }
    if (strcmp(id->symbol, "current") == 0) {
        int rc = need_position(at, id, err);
        if (rc) {
            return rc;
        }
        rc = position_check(g, at, err);
        if (rc) {
            return rc;
        }
        revisions_t members;
        position_members(a, g, at, &members);
        keep_members(&members, branch, a, out);
        return 0;
    }
    bool head = strcmp(id->symbol, "head") == 0;
    if (head || strcmp(id->symbol, "heads") == 0) {
        revisions_t heads;
        keep_members(head || branch ? &g->heads : &g->real_heads, branch, a, &heads);
        if (head && heads.n > 1) {
            return several_heads(a, id->text, &heads, err);
        }
        *out = heads;
        return 0;
    }
    int rc =
        branch ? lookup_on_branch(a, g, id, branch, &found, err) : graph_lookup(g, id->symbol, &found, err);
    if (rc) {
        return rc;
    }
    *out = (revisions_t){0};
    *(struct revision **)vec_push(a, out) = found;
    return 0;
}

int identifier_revisions(struct arena *a, const struct graph *g, const struct position *at,
                         const struct identifier *id, revisions_t *out, struct err *err)
{
    if (!id->label) {
        return resolve(a, g, at, id, NULL, out, err);
    }
    struct revision *branch;
    int rc = identifier_branch(g, id->label, &branch, err);
    if (rc) {
        return rc;
    }
    AUTO(revision_set_release) struct revision_set lineage = REVISION_SET_INIT;
    revision_set_init(&lineage, g);
    revision_set_add_lineage(&lineage, g, branch, EDGES_REVISES);
    return resolve(a, g, at, id, &lineage, out, err);
}

int identifier_revision(struct arena *a, const struct graph *g, const struct position *at,
                        const struct identifier *id, struct revision **out, struct err *err)
{
    revisions_t found;
    int rc = identifier_revisions(a, g, at, id, &found, err);
    if (rc) {
        return rc;
    }
    if (found.n > 1) {
        return several_heads(a, id->symbol, &found, err);
    }
    *out = found.n ? found.items[0] : NULL;
    return 0;
}

static int too_far(const struct identifier *id, struct err *err)
{
    long n = id->steps < 0 ? -id->steps : id->steps;
    err_set(err, ERR_USAGE, "Relative revision %s didn't produce %ld migrations: there is nothing %s it",
            id->text, n, id->steps < 0 ? "before" : "after");
    return usage(err, id->steps < 0 ? "Walk fewer steps, or say \"base\" for the beginning."
                                    : "Walk fewer steps, or say \"heads\" for the end.");
}

static int ambiguous_walk(struct arena *a, const struct identifier *id, const struct revision *from,
                          const revisions_t *ways, struct err *err)
{
    err_set(err, ERR_USAGE, "Ambiguous walk: %s leads from %s to %zu revisions: %s", id->text,
            from            ? from->id
            : id->steps < 0 ? "the heads"
                            : "the base",
            ways->n, revisions_names(a, ways));
    return usage(err, "Name the revision that is meant, or its branch: LABEL@+1, ID@-1.");
}

int identifier_walk(struct arena *a, const struct graph *g, const struct identifier *id,
                    struct revision *start, const struct revision_set *branch, bool clamp,
                    struct revision **out, struct revision **last, struct err *err)
{
    struct revision *now = start, *before = NULL;
    bool up = id->steps > 0;
    for (long left = up ? id->steps : -id->steps; left > 0; left--) {
        const revisions_t *next = up ? (now ? &now->children : &g->bases) : now ? &now->parents : NULL;
        revisions_t ways = {0};
        if (next && next->n == 1 && (!branch || !up || revision_set_has(branch, next->items[0]))) {
            before = now;
            now = next->items[0];
            continue;
        }
        if (next) {
            keep_members(next, up ? branch : NULL, a, &ways);
        }
        if (ways.n > 1) {
            return ambiguous_walk(a, id, now, &ways, err);
        }
        if (ways.n == 0 && (up || !now)) {
            if (!clamp) {
                return too_far(id, err);
            }
            break;
        }
        before = now;
        now = ways.n ? ways.items[0] : NULL;
    }
    *out = now;
    if (last) {
        *last = before;
    }
    return 0;
}

static int several_starts(struct arena *a, const struct identifier *id, const revisions_t *starts,
                          struct err *err)
{
    err_set(err, ERR_USAGE, "%s is ambiguous from several current revisions: %s", id->text,
            revisions_names(a, starts));
    return usage(err, "Name the branch that is meant: LABEL@+1, ID@-1.");
}

/* The newest of the applied revisions that are on the branch. */
static void applied_tips(struct arena *a, const struct graph *g, const revisions_t *members,
                         const struct revision_set *branch, enum edges edges, revisions_t *out)
{
    AUTO(revision_set_release) struct revision_set applied = REVISION_SET_INIT;
    revision_set_init(&applied, g);
    revision_set_add_ancestors(&applied, g, members, EDGES_ALL);
    struct revision **r, **it;
    *out = (revisions_t){0};
    vec_each (r, &g->all) {
        bool tip = revision_set_has(&applied, *r) && revision_set_has(branch, *r);
        if (!tip) {
            continue;
        }
        vec_each (it, &(*r)->children) {
            bool on_branch = edges == EDGES_REVISES || revision_set_has(branch, *it);
            tip = tip && !(revision_set_has(&applied, *it) && on_branch);
        }
        if (edges == EDGES_ALL) {
            vec_each (it, &(*r)->dependants) {
                tip = tip && !(revision_set_has(&applied, *it) && revision_set_has(branch, *it));
            }
        }
        if (tip) {
            *(struct revision **)vec_push(a, out) = *r;
        }
    }
}

static int start_up(struct arena *a, const struct graph *g, const struct position *at,
                    const struct identifier *id, const struct revision_set *branch, struct revision **out,
                    struct err *err)
{
    int rc = need_position(at, id, err);
    if (rc) {
        return rc;
    }
    revisions_t members, starts;
    position_members(a, g, at, &members);
    keep_members(&members, branch, a, &starts);
    if (!starts.n && branch) {
        applied_tips(a, g, &members, branch, EDGES_ALL, &starts);
    }
    if (starts.n > 1) {
        return several_starts(a, id, &starts, err);
    }
    *out = starts.n ? starts.items[0] : NULL;
    return 0;
}

static int start_down(struct arena *a, const struct graph *g, const struct position *at,
                      const struct identifier *id, const struct revision_set *branch, struct revision **out,
                      struct err *err)
{
    int rc = need_position(at, id, err);
    if (rc) {
        return rc;
    }
    revisions_t members, starts;
    position_members(a, g, at, &members);
    keep_members(&members, branch, a, &starts);
    if (!starts.n && branch) {
        applied_tips(a, g, &members, branch, EDGES_REVISES, &starts);
    }
    if (starts.n > 1) {
        return several_starts(a, id, &starts, err);
    }
    if (!starts.n && members.n) {
        err_set(err, ERR_USAGE, "%s has nothing to take back: no revision of the branch \"%s\" is applied",
                id->text, id->label);
        return ERR_USAGE;
    }
    if (!starts.n) {
        return too_far(id, err);
    }
    *out = starts.items[0];
    return 0;
}

int identifier_relative(struct arena *a, const struct graph *g, const struct position *at,
                        const struct identifier *id, bool clamp, struct revision **out,
                        struct revision **last, struct err *err)
{
    AUTO(revision_set_release) struct revision_set lineage = REVISION_SET_INIT;
    struct revision *branch, *start;
    int rc;
    if (id->label) {
        rc = identifier_branch(g, id->label, &branch, err);
        if (rc) {
            return rc;
        }
        revision_set_init(&lineage, g);
        revision_set_add_lineage(&lineage, g, branch, EDGES_REVISES);
    }
    const struct revision_set *limit = id->label ? &lineage : NULL;
    if (id->symbol) {
        /* On the way up the label chooses among the children: the start need not be on the branch. */
        const struct identifier from = {
            .text = id->text, .symbol = id->symbol, .label = id->steps < 0 ? id->label : NULL};
        rc = identifier_revision(a, g, at, &from, &start, err);
    } else if (id->steps > 0) {
        rc = start_up(a, g, at, id, limit, &start, err);
    } else {
        rc = start_down(a, g, at, id, limit, &start, err);
    }
    if (rc) {
        return rc;
    }
    return identifier_walk(a, g, id, start, limit, clamp, out, last, err);
}

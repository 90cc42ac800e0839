/* Building the graph: the table of names, the edges, and the refusal of graphs that are none. */
#include "engine/revision/graph.h"
#include "engine/revision/labels.h"
#include "engine/revision/order.h"

/* Open addressing, for ids and for labels apart. */
struct names {
    struct id {
        size_t hash; /* of the id, to look at few of them */
        struct revision *revision;
    } * ids;
    struct label {
        const char *name;
        struct revision *revision;
    } * labels;
    size_t nids, size; /* size of ids is a power of two */
    size_t nlabels;
};
#define LABELS_SIZE (2u * GRAPH_LABELS_MAX)

static size_t name_hash(const char *s)
{
    uint64_t h = 14695981039346656037u;
    for (; *s; s++) {
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    }
    return (size_t)(h ^ h >> 29);
}

static struct id *id_slot(const struct names *names, const char *id, size_t hash)
{
    for (size_t i = hash;; i++) {
        struct id *slot = &names->ids[i & (names->size - 1)];
        if (!slot->revision || (slot->hash == hash && strcmp(slot->revision->id, id) == 0)) {
            return slot;
        }
    }
}

static struct label *label_slot(const struct names *names, const char *name)
{
    for (size_t i = name_hash(name);; i++) {
        struct label *slot = &names->labels[i % LABELS_SIZE];
        if (!slot->name || strcmp(slot->name, name) == 0) {
            return slot;
        }
    }
}

/* The old table stays in the arena: over all growth that is less than one more of the final size. */
static void grow_ids(struct graph *g, struct names *names)
{
    struct names old = *names;
    names->size = old.size * 4;
    names->ids = arena_array(g->arena, names->size, sizeof(*names->ids));
    for (size_t i = 0; i < old.size; i++) {
        if (old.ids[i].revision) {
            *id_slot(names, old.ids[i].revision->id, old.ids[i].hash) = old.ids[i];
        }
    }
}

/* False: there are too many. */
static bool put_label(struct graph *g, const char *label, struct revision *r)
{
    struct names *names = g->by_id;
    if (names->nlabels == GRAPH_LABELS_MAX) {
        return false;
    }
    if (!names->labels) {
        names->labels = arena_array(g->arena, LABELS_SIZE, sizeof(*names->labels));
    }
    *label_slot(names, label) = (struct label){label, r};
    names->nlabels++;
    return true;
}

struct graph *graph_new(struct arena *a)
{
    struct graph *g = arena_alloc(a, sizeof(*g));
    struct names *names = arena_alloc(a, sizeof(*names));
    names->size = 64;
    names->ids = arena_array(a, names->size, sizeof(*names->ids));
    g->arena = a;
    g->by_id = names;
    return g;
}

struct revision *graph_find(const struct graph *g, const char *id)
{
    const struct names *names = g->by_id;
    struct revision *found = id_slot(names, id, name_hash(id))->revision;
    return found || !names->labels ? found : label_slot(names, id)->revision;
}

static int file_error(struct err *err, const char *file, int line)
{
    return err_place(err, file, line, line ? 1 : 0);
}

static int name_check(const struct revision *r, int line, const char *what, const char *name,
                      const char *refused, struct err *err)
{
    static const char *const reserved[] = {"head", "heads", "base", "current", "none"};
    size_t len = strlen(name);
    if (len == 0 || len > GRAPH_ID_MAX) {
        err_set(err, ERR_FILE, len ? "%s is longer than %u characters" : "%s is empty", what, GRAPH_ID_MAX);
        return file_error(err, r->file, line);
    }
    for (const char *c = name; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F) {
            err_set(err, ERR_FILE, "%s \"%s\" holds a blank or a control character", what, name);
            return file_error(err, r->file, line);
        }
    }
    const char *bad = strpbrk(name, refused);
    if (bad) {
        err_set(err, ERR_FILE, "%s \"%s\" holds \"%c\", which may not stand in %s", what, name, *bad, what);
        return file_error(err, r->file, line);
    }
    for (size_t i = 0; len < 8 && i < COUNT_OF(reserved); i++) {
        if (strcmp(name, reserved[i]) == 0) {
            err_set(err, ERR_FILE, "\"%s\" cannot be %s: the word has a meaning of its own", name, what);
            return file_error(err, r->file, line);
        }
    }
    return 0;
}

int graph_insert(struct graph *g, struct revision *r, struct err *err)
{
    struct revision given = {.file = r->file};
    struct names *names = g->by_id;
    int rc = name_check(&given, 0, "a revision id", r->id, "@-+:,'\"`\\", err);
    if (rc) {
        return rc;
    }
    if (names->nids * 3 >= names->size * 2) {
        grow_ids(g, names);
    }
    size_t hash = name_hash(r->id);
    struct id *slot = id_slot(names, r->id, hash);
    if (slot->revision) {
        err_set(err, ERR_FILE, "revision %s is in %s already", r->id, slot->revision->file);
        file_error(err, r->file, 0);
        return err_hint(err, "Give one of the two files another id."), ERR_FILE;
    }
    *slot = (struct id){hash, r};
    names->nids++;
    *vec_push(g->arena, &g->all) = r;
    return 0;
}

struct revision *graph_add(struct graph *g, const char *id, const char *file, struct err *err)
{
    struct revision *r = arena_alloc(g->arena, sizeof(*r));
    *r = (struct revision){.id = id, .file = file, .message = ""};
    return graph_insert(g, r, err) ? NULL : r;
}

/* The first bytes of the id as a number, to compare most ids without looking at them. */
struct sort_key {
    uint64_t start;
    struct revision *r;
};

static int by_id(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    if (x->start != y->start) {
        return x->start < y->start ? -1 : 1;
    }
    return strcmp(x->r->id, y->r->id);
}

static void sort_by_id(struct graph *g)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct sort_key *keys = arena_array(&scratch, g->all.n + 1, sizeof(*keys));
    for (size_t i = 0; i < g->all.n; i++) {
        keys[i].r = g->all.items[i];
        size_t len = strlen(keys[i].r->id);
        for (size_t k = 0; k < sizeof(keys[i].start); k++) {
            keys[i].start = keys[i].start << 8 | (k < len ? (unsigned char)keys[i].r->id[k] : 0);
        }
    }
    qsort(keys, g->all.n, sizeof(*keys), by_id);
    for (size_t i = 0; i < g->all.n; i++) {
        g->all.items[i] = keys[i].r;
        keys[i].r->index = (unsigned)i;
    }
}

static int add_labels(struct graph *g, struct err *err)
{
    struct revision **r;
    vec_each (r, &g->all) {
        const char **label;
        vec_each (label, &(*r)->labels) {
            if (name_check(*r, (*r)->line_labels, "a branch label", *label, "@:,'\"`\\", err)) {
                return ERR_FILE;
            }
            const struct revision *known = graph_find(g, *label);
            if (known) {
                bool is_id = strcmp(known->id, *label) == 0;
                err_set(err, ERR_FILE, "branch label \"%s\" %s %s (%s)", *label,
                        is_id ? "is the id of revision" : "is used by revision", known->id, known->file);
                return file_error(err, (*r)->file, (*r)->line_labels);
            }
            if (!put_label(g, *label, *r)) {
                err_set(err, ERR_FILE, "there are more than %u branch labels", GRAPH_LABELS_MAX);
                return file_error(err, (*r)->file, (*r)->line_labels);
            }
        }
    }
    return 0;
}

/* The id that was probably meant: the only one that begins so, or the nearest. NULL: none is near. */
static const char *nearest_id(const struct graph *g, const char *word)
{
    size_t len = strlen(word), prefixed = 0;
    const char *found = NULL, *nearest = NULL;
    int limit = (int)(len > 64 ? 64 : len) / 3 + 1, best = limit + 1;
    struct revision **r;
    vec_each (r, &g->all) {
        const char *id = (*r)->id;
        if (strncmp(id, word, len) == 0) {
            prefixed++;
            found = id;
        }
        int distance = str_distance(word, id);
        if (distance < best) {
            best = distance;
            nearest = id;
        }
    }
    return prefixed == 1 ? found : nearest;
}

static int resolve_edges(struct graph *g, struct revision *r, const strings_t *names, bool revises,
                         revisions_t *out, struct err *err)
{
    int line = revises ? r->line_revises : r->line_depends_on;
    const char *verb = revises ? "revises" : "depends on", **name;
    out->items = arena_array(g->arena, names->n, sizeof(*out->items));
    out->cap = names->n;
    vec_each (name, names) {
        struct revision *other = graph_find(g, *name);
        if (!other || (revises && strcmp(other->id, *name) != 0)) {
            const char *near = other ? other->id : nearest_id(g, *name);
            err_set(err, ERR_FILE, "revision %s %s \"%s\", which is not among the revisions", r->id, verb,
                    *name);
            if (near) {
                err_hint(err, "Did you mean %s?", near);
            } else {
                err_hint(err, "Add the missing file, or correct the id.");
            }
            return file_error(err, r->file, line);
        }
        if (other == r) {
            err_set(err, ERR_FILE, "revision %s %s itself", r->id, verb);
            return file_error(err, r->file, line);
        }
        for (size_t i = 0; i < out->n; i++) {
            if (out->items[i] == other) {
                err_set(err, ERR_FILE, "revision %s %s %s twice", r->id, verb, other->id);
                return file_error(err, r->file, line);
            }
        }
        out->items[out->n++] = other;
    }
    return 0;
}

static void add_followers(struct graph *g)
{
    struct revision **r, **to;
    vec_each (r, &g->all) {
        vec_each (to, &(*r)->parents) {
            (*to)->children.cap++;
        }
        vec_each (to, &(*r)->dependencies) {
            (*to)->dependants.cap++;
        }
    }
    vec_each (r, &g->all) {
        revisions_t *lists[] = {&(*r)->children, &(*r)->dependants};
        for (size_t i = 0; i < COUNT_OF(lists); i++) {
            if (lists[i]->cap) {
                lists[i]->items = arena_array(g->arena, lists[i]->cap, sizeof(struct revision *));
            }
        }
    }
    vec_each (r, &g->all) {
        vec_each (to, &(*r)->parents) {
            (*to)->children.items[(*to)->children.n++] = *r;
        }
        vec_each (to, &(*r)->dependencies) {
            (*to)->dependants.items[(*to)->dependants.n++] = *r;
        }
    }
}

/* Sort each revision's dependencies into its own and those that an ancestor (by revises) has as well. Only
 * what several depend on can be implied, so the search is made for those alone. */
static void find_direct(struct graph *g)
{
    struct revision **r, **it;
    vec_each (r, &g->all) {
        (*r)->ndirect = (unsigned)(*r)->dependencies.n;
    }
    vec_each (r, &g->all) {
        const revisions_t *dependants = &(*r)->dependants;
        if (dependants->n < 2) {
            continue;
        }
        AUTO(revision_set_release) struct revision_set later = REVISION_SET_INIT;
        revision_set_init(&later, g);
        vec_each (it, dependants) {
            revision_set_add_descendants(&later, g, &(*it)->children, EDGES_REVISES);
        }
        vec_each (it, dependants) {
            if (!revision_set_has(&later, *it)) {
                continue;
            }
            struct revision **deps = (*it)->dependencies.items;
            size_t at = 0, last = --(*it)->ndirect;
            while (deps[at] != *r) {
                at++;
            }
            memmove(&deps[at], &deps[at + 1], (last - at) * sizeof(*deps));
            deps[last] = *r;
        }
    }
}

static void find_ends(struct graph *g)
{
    struct revision **r;
    vec_each (r, &g->all) {
        bool head = revision_is_head(*r);
        if (head) {
            *(struct revision **)vec_push(g->arena, &g->heads) = *r;
        }
        if (head && !(*r)->dependants.n) {
            *(struct revision **)vec_push(g->arena, &g->real_heads) = *r;
        }
        if (!(*r)->parents.n) {
            *(struct revision **)vec_push(g->arena, &g->bases) = *r;
        }
    }
}

int graph_finish(struct graph *g, struct err *err)
{
    struct revision **r;
    sort_by_id(g);
    int rc = add_labels(g, err);
    if (rc) {
        return rc;
    }
    vec_each (r, &g->all) {
        rc = resolve_edges(g, *r, &(*r)->revises, true, &(*r)->parents, err);
        if (rc) {
            return rc;
        }
        rc = resolve_edges(g, *r, &(*r)->depends_on, false, &(*r)->dependencies, err);
        if (rc) {
            return rc;
        }
    }
    add_followers(g);
    rc = revisions_refuse_cycles(g, err);
    if (rc) {
        return rc;
    }
    find_direct(g);
    find_ends(g);
    AUTO(revision_set_release) struct revision_set everything = REVISION_SET_INIT;
    revision_set_init(&everything, g);
    vec_each (r, &g->all) {
        revision_set_add(&everything, *r);
    }
    revisions_t ordered;
    revisions_newest_first(g->arena, g, &everything, &ordered);
    revisions_reverse(&ordered);
    g->all = ordered;
    revision_labels_spread(g);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

static int ambiguous(const struct graph *g, const char *word, struct err *err)
{
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    strings_t ids = {0};
    struct revision **r;
    vec_each (r, &g->all) {
        if (strncmp((*r)->id, word, strlen(word)) == 0) {
            *(const char **)vec_push(&scratch, &ids) = (*r)->id;
        }
    }
    qsort(ids.items, ids.n, sizeof(*ids.items), by_text);
    for (size_t i = 0; i < ids.n && i < 8; i++) {
        strbuf_addf(&text, "%s%s", i ? ", " : "", ids.items[i]);
    }
    if (ids.n > 8) {
        strbuf_addf(&text, " and %zu more", ids.n - 8);
    }
    err_set(err, ERR_USAGE, "Multiple revisions start with '%s': %s", word, strbuf_cstr(&text));
    return err_hint(err, "Give more characters of the id."), ERR_USAGE;
}

int graph_lookup(const struct graph *g, const char *id, struct revision **out, struct err *err)
{
    struct revision *found = graph_find(g, id), **r;
    size_t n = 0;
    if (found) {
        *out = found;
        return 0;
    }
    vec_each (r, &g->all) {
        if (id[0] && strncmp((*r)->id, id, strlen(id)) == 0) {
            found = *r;
            n++;
        }
    }
    if (n == 1) {
        *out = found;
        return 0;
    }
    if (n) {
        return ambiguous(g, id, err);
    }
    err_set(err, ERR_USAGE, "Can't locate revision identified by '%s'", id);
    static const char *const words[] = {"head", "heads", "base"};
    const char *near = nearest_id(g, id), *word = str_nearest(id, words, COUNT_OF(words));
    if (near || word) {
        err_hint(err, "Did you mean %s?", near ? near : word);
    }
    return ERR_USAGE;
}

bool revision_is_head(const struct revision *r)
{
    return r->children.n == 0;
}

bool revision_is_branch_point(const struct revision *r)
{
    return r->children.n > 1;
}

bool revision_is_merge_point(const struct revision *r)
{
    return r->parents.n > 1;
}

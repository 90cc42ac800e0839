/* Labels that a rollout asks for and that no target has: probably a slip of the pen. */
#include "base/arena.h"
#include "base/yaml.h"
#include "environments/environment.h"

#define NAMED_MOST 12

struct looking {
    struct arena *a;
    const struct environment *e;
    const struct rollout_wave *wave;
    label_doubts_t *out;
};

/* Some target has the label, with the value (NULL: any). What holds ${value} may come to be any value. */
static bool anybody_has(const struct environment *e, const char *name, const char *value)
{
    for (size_t i = 0; i < e->ntargets; i++) {
        for (size_t k = 0; k < e->targets[i].nlabels; k++) {
            const struct label *l = &e->targets[i].labels[k];
            if (strcmp(l->name, name) == 0 &&
                (!value || strcmp(l->value, value) == 0 || strstr(l->value, "${"))) {
                return true;
            }
        }
    }
    return false;
}

static void add_once(struct arena *a, strings_t *list, const char *s)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->items[i], s) == 0) {
            return;
        }
    }
    *vec_push(a, list) = s;
}

/* The labels that there are, or, with a name, the values of that one. */
static strings_t labels_of(struct arena *a, const struct environment *e, const char *name)
{
    strings_t found = {0};
    for (size_t i = 0; i < e->ntargets; i++) {
        for (size_t k = 0; k < e->targets[i].nlabels; k++) {
            const struct label *l = &e->targets[i].labels[k];
            if (!name || strcmp(l->name, name) == 0) {
                add_once(a, &found, name ? l->value : l->name);
            }
        }
    }
    return found;
}

static const char *list_text(struct arena *a, const strings_t *list)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < list->n && i < NAMED_MOST; i++) {
        strbuf_addf(&text, "%s%s", i ? ", " : "", list->items[i]);
    }
    if (list->n > NAMED_MOST) {
        strbuf_addf(&text, " and %zu more", list->n - NAMED_MOST);
    }
    return arena_dup(a, strbuf_cstr(&text));
}

static void doubt_name(struct looking *l, const struct label_match *m, const struct yaml_node *at)
{
    struct err *why = vec_push(l->a, l->out);
    strings_t names = labels_of(l->a, l->e, NULL);
    yaml_error(why, at, "wave %s: no target has the label \"%s\"", l->wave->name, m->name);
    if (names.n) {
        const char *near = str_nearest(m->name, names.items, names.n);
        err_hint(why, "%sThe labels are: %s.", near ? arena_printf(l->a, "Did you mean \"%s\"? ", near) : "",
                 list_text(l->a, &names));
    } else {
        err_hint(why, "No target has any label: add \"labels: { %s: ... }\" to some.", m->name);
    }
}

static void doubt_values(struct looking *l, const struct label_match *m, const struct yaml_node *at)
{
    for (size_t i = 0; i < m->values.n; i++) {
        if (anybody_has(l->e, m->name, m->values.items[i])) {
            continue;
        }
        strings_t values = labels_of(l->a, l->e, m->name);
        struct err *why = vec_push(l->a, l->out);
        yaml_error(why, at->kind == YAML_LIST ? at->items[i] : at,
                   "wave %s: no target has the label \"%s\" with the value \"%s\"", l->wave->name, m->name,
                   m->values.items[i]);
        err_hint(why, "The values of \"%s\" are: %s.", m->name, list_text(l->a, &values));
    }
}

void rollout_doubt_labels(struct arena *a, const struct environment *e, label_doubts_t *out)
{
    const struct rollout_wave *w;
    vec_each (w, &e->rollout.waves) {
        struct looking l = {a, e, w, out};
        const struct yaml_node *match = yaml_get(w->node, "match");
        for (size_t i = 0; i < w->match.n; i++) {
            const struct label_match *m = &w->match.items[i];
            if (anybody_has(e, m->name, NULL)) {
                doubt_values(&l, m, match->items[i]);
            } else {
                doubt_name(&l, m, match->keys[i]);
            }
        }
    }
}

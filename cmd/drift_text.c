/* The report of drift and diff for people at a terminal. */
#include "cmd/drift_print.h"
#include "cmd/drift_report.h"
#include "plans/wrap.h"
#include <string.h>

#define WIDTH       80
#define NAMES_SHOWN 3

struct page {
    struct app *app;
    struct arena *a;
    const struct drift_report *r;
    struct strbuf *out;
};

static const char *style(struct page *p, enum style s)
{
    return print_style(p->app, stdout, s);
}

/* What would steer the terminal is not shown. */
static const char *clean(struct page *p, const char *text)
{
    char *copy = arena_dup(p->a, text);
    for (char *c = copy; *c; c++) {
        bool bad = ((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7F;
        *c = bad ? '?' : *c;
    }
    return copy;
}

/* Words behind an indent, in as many lines as it takes; the later ones stand below the first. */
static void add_wrapped(struct page *p, size_t indent, size_t used, const char *text)
{
    bool fresh = used <= indent;
    struct wrap w = {.out = p->out, .width = WIDTH, .hang = (int)indent, .at = (int)used, .fresh = fresh};
    text = clean(p, text);
    for (bool first = true; *text; first = false) {
        size_t word = strcspn(text, " \n");
        wrap_word(&w, fresh && first ? 0 : 1, "%.*s", (int)word, text);
        text += word;
        text += strspn(text, " \n");
    }
    wrap_end(&w);
}

static void add_statements(struct page *p, const char *what, const strings_t *list, const char *refused)
{
    if (refused) {
        strbuf_addf(p->out, "      %s", what);
        add_wrapped(p, 18, 18, arena_printf(p->a, "not to be had as SQL: %s", refused));
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        const char *rest = clean(p, list->items[i]);
        strbuf_addf(p->out, "      %s", i ? "            " : what);
        while (*rest) {
            size_t n = strcspn(rest, "\n");
            strbuf_add(p->out, rest, n);
            rest += n;
            if (*rest == '\n') {
                strbuf_addf(p->out, "\n%*s", 18, "");
                rest++;
            }
        }
        strbuf_adds(p->out, ";\n");
    }
}

static void add_attributes(struct page *p, const struct drift_finding *f)
{
    const struct schema_attribute *t;
    if (f->attributes.n < 2) {
        return;
    }
    vec_each (t, &f->attributes) {
        const char *expected = drift_value(t->field, t->expected), *actual = drift_value(t->field, t->actual);
        bool lines = (expected && strchr(expected, '\n')) || (actual && strchr(actual, '\n'));
        strbuf_addf(p->out, "      %s", drift_field_title(p->a, t->field));
        size_t used = 6 + strlen(drift_field_title(p->a, t->field));
        add_wrapped(p, 8, used,
                    lines ? ": differs"
                          : arena_printf(p->a, " is %s, expected %s", actual ? actual : "none",
                                         expected ? expected : "none"));
    }
}

static enum style mark_style(const struct drift_finding *f)
{
    const char *mark = drift_change_mark(f);
    return *mark == '-' ? STYLE_RED : *mark == '+' ? STYLE_GREEN : STYLE_YELLOW;
}

static void add_finding(struct page *p, const struct drift_finding *f, bool statements)
{
    const char *title = clean(p, drift_finding_title(p->a, f));
    strbuf_addf(p->out, "  %s%s%s %s%s%s:", style(p, mark_style(f)), drift_change_mark(f),
                style(p, STYLE_PLAIN), style(p, STYLE_BOLD), title, style(p, STYLE_PLAIN));
    add_wrapped(p, 6, 5 + strlen(title), f->message ? f->message : "");
    add_attributes(p, f);
    if (statements) {
        bool diff = p->r->diff;
        add_statements(p, diff ? "as expected " : "put back:   ", &f->restore, f->restore_refused);
        if (f->restore_hazard) {
            strbuf_addf(p->out, "%*s", 18, "");
            add_wrapped(p, 18, 18, arena_printf(p->a, "careful: %s", f->restore_hazard));
        }
        add_statements(p, diff ? "as it is    " : "take over:  ", &f->adopt, f->adopt_refused);
    }
}

static void add_ignored(struct page *p, const struct drift_finding *f)
{
    strbuf_adds(p->out, "  ");
    add_wrapped(p, 4, 2,
                arena_printf(p->a, "ignored: %s (%s%s%s)", drift_finding_title(p->a, f), f->ignored,
                             f->ignored_until ? ", until " : "", f->ignored_until ? f->ignored_until : ""));
}

static const char *names_of(struct page *p, const struct drift_case *c)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    size_t shown = c->targets.n > NAMES_SHOWN + 1 && !p->app->verbose ? NAMES_SHOWN : c->targets.n;
    for (size_t i = 0; i < shown; i++) {
        strbuf_addf(&text, "%s%s", i ? ", " : "", p->r->targets.items[c->targets.items[i]].name);
    }
    if (shown < c->targets.n) {
        strbuf_addf(&text, " and %zu more", c->targets.n - shown);
    }
    return arena_dup(p->a, strbuf_cstr(&text));
}

static void add_case(struct page *p, const struct drift_case *c)
{
    const struct drift_target *t = c->example;
    const struct drift_finding *f;
    if (!c->findings && !c->ignored) {
        return;
    }
    strbuf_addf(p->out, "\n%s", style(p, STYLE_BOLD));
    add_wrapped(p, 0, 0, names_of(p, c));
    strbuf_adds(p->out, style(p, STYLE_PLAIN));
    if (t->baseline) {
        strbuf_adds(p->out, "  ");
        add_wrapped(p, 4, 2, arena_printf(p->a, "compared with %s", t->baseline));
    }
    if (t->error) {
        strbuf_adds(p->out, "  ");
        add_wrapped(p, 4, 2, arena_printf(p->a, "not judged in full: %s", t->error));
    }
    vec_each (f, &t->findings) {
        if (!f->ignored) {
            add_finding(p, f, true);
        }
    }
    vec_each (f, &t->findings) {
        if (f->ignored) {
            add_ignored(p, f);
        }
    }
}

/* Those that were not judged, by what hinders it. */
static void add_rest(struct page *p)
{
    const struct drift_target *t;
    const char *hint = NULL;
    bool any = false;
    vec_each (t, &p->r->targets) {
        if (drift_judged(t)) {
            continue;
        }
        strbuf_addf(p->out, "%s%s%s%s:", any ? "" : "\n", style(p, STYLE_BOLD), t->name,
                    style(p, STYLE_PLAIN));
        const char *why = t->error ? t->error : "";
        size_t n = strlen(t->name);
        bool named = strncmp(why, t->name, n) == 0 && strncmp(why + n, ": ", 2) == 0;
        add_wrapped(p, 4, n + 1,
                    arena_printf(p->a, "%s: %s", drift_outcome_text(t->outcome), named ? why + n + 2 : why));
        if (t->hint && (!hint || strcmp(hint, t->hint) != 0)) {
            strbuf_adds(p->out, "    ");
            add_wrapped(p, 4, 4, t->hint);
            hint = t->hint;
        }
        any = true;
    }
}

static void add_variant(struct page *p, const struct drift_group *g)
{
    const char *example = p->r->targets.items[g->example].name;
    const char *more = g->n > 1 ? arena_printf(p->a, " and %zu more", g->n - 1) : "";
    strbuf_addf(p->out, "  %s%s, beside most:\n", example, more);
    const struct drift_finding *f;
    vec_each (f, &g->variant) {
        strbuf_adds(p->out, "  ");
        add_finding(p, f, false);
    }
}

/* What is not alike although it should be: targets of one dialect with different schemas. */
static void add_groups(struct page *p)
{
    const struct drift_group *g;
    for (size_t i = 0; i < p->r->groups.n;) {
        size_t end = i + 1, most = p->r->groups.items[i].n;
        while (end < p->r->groups.n && !p->r->groups.items[end].majority) {
            end++;
        }
        if (end > i + 1) {
            strbuf_addf(p->out, "\n%zu %s, %s\n", most,
                        most == 1 ? "with one schema" : "with the same schema",
                        drift_number(p->a, end - i - 1, "variant"));
        }
        for (g = &p->r->groups.items[i] + 1; g < p->r->groups.items + end; g++) {
            add_variant(p, g);
        }
        i = end;
    }
}

static void add_notes(struct page *p)
{
    const struct drift_target *t;
    for (size_t i = 0; i < p->r->expired.n; i++) {
        strbuf_adds(p->out, i ? "" : "\n");
        add_wrapped(p, 2, 0,
                    arena_printf(p->a, "a rule has ended, and ignores nothing: %s", p->r->expired.items[i]));
    }
    const char *before = "";
    vec_each (t, &p->r->targets) {
        for (size_t i = 0; i < t->unseen.n; i++) {
            if (strcmp(before, t->unseen.items[i]) != 0) {
                add_wrapped(p, 2, 0, arena_printf(p->a, "not seen on %s: %s", t->name, t->unseen.items[i]));
                before = t->unseen.items[i];
            }
        }
    }
}

void drift_text(struct app *app, const struct drift_report *r, struct strbuf *out)
{
    struct page p = {app, app->arena, r, out};
    drift_cases_t cases = {0};
    drift_cases(app->arena, r, &cases);
    const char *verdict = drift_verdict(app->arena, r);
    add_wrapped(&p, 2, 0,
                r->environment && !r->diff ? arena_printf(app->arena, "%s: %s", r->environment, verdict)
                                           : verdict);
    for (size_t i = 0; i < cases.n; i++) {
        add_case(&p, &cases.items[i]);
    }
    add_rest(&p);
    if (!r->diff) {
        add_groups(&p);
    }
    add_notes(&p);
}

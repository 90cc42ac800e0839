/*
 * A report of drift as one page that needs nothing besides: no network, no script. What there is to say about
 * several targets is said once; every target has a row at the end of the page, and links lead back and forth.
 */
#include "cmd/drift_html.h"
#include "cmd/sql.h"
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX    12  /* longer lists of targets are folded */
#define UNFOLDED_MAX 100 /* with more findings than that they are folded */

static const char *const outcome_marks[] = {"=", "\xe2\x89\xa0", "\xe2\x80\xa6", "?", "\xc3\x97", "!"};
_Static_assert(COUNT_OF(outcome_marks) == DRIFT_OUTCOME_COUNT, "a mark for every outcome");

void drift_page_element(struct drift_page *p, const char *name, const char *text)
{
    strbuf_addf(p->out, "<%s>", name);
    markup_text(p->out, text);
    strbuf_addf(p->out, "</%.*s>", (int)strcspn(name, " "), name);
}

static void section(struct drift_page *p, const char *id, const char *title)
{
    strbuf_addf(p->out, "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n", id, id, title);
}

static void section_end(struct drift_page *p)
{
    strbuf_adds(p->out, "</section>\n");
}

static void target_link(struct drift_page *p, size_t target)
{
    strbuf_addf(p->out, "<a href=\"#target-%zu\">", target + 1);
    markup_text(p->out, p->report->targets.items[target].name);
    strbuf_adds(p->out, "</a>");
}

void drift_page_names(struct drift_page *p, const size_t *targets, size_t n)
{
    bool folded = n > NAMES_MAX;
    if (folded) {
        strbuf_addf(p->out, "<details class=\"names\"><summary>%zu targets: ", n);
        markup_text(p->out, p->report->targets.items[targets[0]].name);
        strbuf_adds(p->out, " and others</summary>");
    }
    strbuf_adds(p->out, "<p class=\"names\">");
    for (size_t i = 0; i < n; i++) {
        strbuf_adds(p->out, i ? ", " : "");
        target_link(p, targets[i]);
    }
    strbuf_addf(p->out, "</p>%s\n", folded ? "</details>" : "");
}

static void outcome(struct drift_page *p, enum drift_outcome o)
{
    const char *text = drift_outcome_text(o);
    if (p->report->diff && o <= DRIFT_FOUND) {
        text = o == DRIFT_FOUND ? "different" : "the same";
    }
    strbuf_addf(p->out, "<span class=\"badge %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
                drift_outcome_name(o), outcome_marks[o], text);
}

/* ---- what stands at the top */

static bool has_unseen(const struct drift_report *r)
{
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        if (t->unseen.n) {
            return true;
        }
    }
    return false;
}

static size_t unjudged(const struct drift_report *r)
{
    return r->targets.n - r->count[DRIFT_NONE] - r->count[DRIFT_FOUND];
}

static void count(struct drift_page *p, const char *class, size_t n, const char *words, const char *anchor)
{
    strbuf_addf(p->out, "<li class=\"%s\">", n ? class : "zero");
    if (n) {
        strbuf_addf(p->out, "<a href=\"#%s\"><b>%zu</b> %s</a></li>\n", anchor, n, words);
    } else {
        strbuf_addf(p->out, "<span><b>0</b> %s</span></li>\n", words);
    }
}

static void counts(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    strbuf_adds(p->out, "<ul class=\"counts\" aria-label=\"Counts\">\n");
    count(p, "plain", r->targets.n, r->targets.n == 1 ? "target" : "targets", "targets");
    count(p, "drift", r->count[DRIFT_FOUND], r->diff ? "different" : "with drift", "found");
    count(p, "none", r->count[DRIFT_NONE], r->diff ? "the same" : "without drift", "targets");
    for (enum drift_outcome o = DRIFT_BUSY; o < DRIFT_OUTCOME_COUNT; o++) {
        if (r->count[o]) {
            static const char *const words[] = {[DRIFT_BUSY] = "with a run at work",
                                                [DRIFT_NO_BASELINE] = "with nothing to compare with",
                                                [DRIFT_UNREACHABLE] = "not reached",
                                                [DRIFT_FAILED] = "not read"};
            count(p, drift_outcome_name(o), r->count[o], words[o], "unjudged");
        }
    }
    count(p, "plain", r->findings, r->diff ? "differences" : "findings", "found");
    count(p, "plain", r->ignored, "ignored", "ignored");
    strbuf_adds(p->out, "</ul>\n");
}

static void contents(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    const struct {
        bool there;
        const char *anchor, *title;
    } parts[] = {
        {r->count[DRIFT_FOUND] > 0, "found", r->diff ? "Differences" : "Drift"},
        {unjudged(r) > 0, "unjudged", "Not judged"},
        {r->groups.n > 1, "groups", "Groups"},
        {r->ignored || r->expired.n, "ignored", "Ignored"},
        {has_unseen(r), "unseen", "Not seen"},
        {r->targets.n > 0, "targets", "Targets"},
    };
    strbuf_adds(p->out, "<nav aria-label=\"Contents\"><ul>\n");
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].there) {
            strbuf_addf(p->out, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].anchor, parts[i].title);
        }
    }
    strbuf_adds(p->out, "</ul></nav>\n");
}

static void fact(struct drift_page *p, const char *title, const char *value)
{
    if (value && *value) {
        strbuf_addf(p->out, "<div><dt>%s</dt>", title);
        drift_page_element(p, "dd", value);
        strbuf_adds(p->out, "</div>\n");
    }
}

static void top(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    const char *verdict = drift_verdict(p->arena, r);
    strbuf_adds(
        p->out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
    strbuf_adds(p->out, r->diff ? "Differences of " : "Drift of ");
    markup_text(p->out, r->environment);
    strbuf_adds(p->out, ": ");
    markup_text(p->out, verdict);
    strbuf_addf(p->out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", sql_cmd_drift_report);
    strbuf_addf(p->out, "<a class=\"skip\" href=\"#main\">Skip to the %s</a>\n<header>\n<h1>%s ",
                r->diff ? "differences" : "findings", r->diff ? "Differences of" : "Drift of");
    markup_text(p->out, r->environment);
    strbuf_adds(p->out, "</h1>\n");
    strbuf_addf(p->out, "<p class=\"verdict %s\">",
                r->count[DRIFT_FOUND] ? "drift"
                : unjudged(r)         ? "some"
                                      : "none");
    markup_text(p->out, verdict);
    strbuf_adds(p->out, "</p>\n");
    counts(p);
    strbuf_adds(p->out, "<dl>\n");
    fact(p, "Project", r->project);
    fact(p, "Looked at", drift_time(p->arena, r->began_us));
    fact(p, "Finished", drift_time(p->arena, r->ended_us));
    fact(p, "Lockstep", r->version);
    strbuf_adds(p->out, "</dl>\n");
    contents(p);
    strbuf_adds(p->out, "</header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

/* ---- the parts */

/* In a comparison of one with one each side has its name. */
static void name_sides(struct drift_page *p, const struct drift_case *c)
{
    bool diff = p->report->diff, named = diff && c->targets.n == 1 && c->example->baseline;
    p->left = named ? c->example->baseline : "expected";
    p->right = named ? c->example->name : diff ? "this one" : "actual";
}

static void found_case(struct drift_page *p, size_t i)
{
    const struct drift_case *c = &p->cases.items[i];
    strbuf_addf(p->out, "<article aria-labelledby=\"case-%zu\"><h3 id=\"case-%zu\"><span class=\"names\">",
                i + 1, i + 1);
    target_link(p, c->targets.items[0]);
    strbuf_adds(p->out, "</span>");
    if (c->targets.n > 1) {
        strbuf_addf(p->out, " and %zu more alike", c->targets.n - 1);
    }
    strbuf_addf(p->out, " <small>%s</small></h3>\n",
                drift_number(p->arena, c->findings, p->report->diff ? "difference" : "finding"));
    if (c->targets.n > 1) {
        drift_page_names(p, c->targets.items, c->targets.n);
    }
    if (c->example->error) {
        strbuf_adds(p->out, "<p class=\"hazard\"><strong>Not judged in full:</strong> ");
        markup_text(p->out, c->example->error);
        strbuf_adds(p->out, "</p>\n");
    }
    name_sides(p, c);
    for (size_t k = 0; k < c->example->findings.n; k++) {
        const struct drift_finding *f = &c->example->findings.items[k];
        if (!f->ignored) {
            drift_page_finding(p, f, arena_printf(p->arena, "case-%zu-finding-%zu", i + 1, k + 1));
        }
    }
    strbuf_adds(p->out, "</article>\n");
}

static void found(struct drift_page *p)
{
    if (!p->report->count[DRIFT_FOUND]) {
        return;
    }
    section(p, "found", p->report->diff ? "Differences" : "Drift");
    for (size_t i = 0; i < p->cases.n; i++) {
        if (p->cases.items[i].findings) {
            found_case(p, i);
        }
    }
    section_end(p);
}

static void not_judged(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    if (!unjudged(r)) {
        return;
    }
    section(p, "unjudged", "Not judged");
    strbuf_adds(
        p->out,
        "<p>Nothing is known about these: they may have drift or not.</p>\n<div class=\"wide\"><table "
        "class=\"rows\">"
        "<thead><tr><th scope=\"col\">target</th><th scope=\"col\">outcome</th><th scope=\"col\">why</th>"
        "</tr></thead><tbody>\n");
    for (size_t i = 0; i < r->targets.n; i++) {
        const struct drift_target *t = &r->targets.items[i];
        if (drift_judged(t)) {
            continue;
        }
        strbuf_adds(p->out, "<tr><th scope=\"row\">");
        target_link(p, i);
        strbuf_adds(p->out, "</th><td>");
        outcome(p, t->outcome);
        strbuf_adds(p->out, "</td><td>");
        markup_text(p->out, t->error);
        if (t->hint && *t->hint) {
            strbuf_adds(p->out, "<br>");
            drift_page_element(p, "small", t->hint);
        }
        strbuf_adds(p->out, "</td></tr>\n");
    }
    strbuf_adds(p->out, "</tbody></table></div>\n");
    section_end(p);
}

static void group(struct drift_page *p, size_t index)
{
    const struct drift_report *r = p->report;
    const struct drift_group *g = &r->groups.items[index];
    VEC(size_t) targets = {0};
    for (size_t i = 0; i < r->targets.n; i++) {
        if (r->targets.items[i].group == index && drift_grouped(r, &r->targets.items[i])) {
            *vec_push(p->arena, &targets) = i;
        }
    }
    strbuf_addf(p->out, "<h4>%s%s</h4> <small>schema <code>%.12s</code></small>\n",
                g->majority ? "Identical: " : "Variant: ", drift_number(p->arena, g->n, "target"),
                g->fingerprint);
    drift_page_names(p, targets.items, targets.n);
    if (!g->majority) {
        strbuf_adds(p->out, "<ul class=\"lines\">\n");
        const struct drift_finding *f;
        vec_each (f, &g->variant) {
            drift_page_finding_line(p, f);
        }
        strbuf_adds(p->out, "</ul>\n");
    }
}

static void groups(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    if (r->groups.n < 2) {
        return;
    }
    section(p, "groups", "Groups");
    strbuf_adds(p->out,
                "<p>Targets with the same schema, and what the others have different from most.</p>\n");
    for (size_t i = 0, end; i < r->groups.n; i = end) {
        const struct drift_group *g = &r->groups.items[i];
        for (end = i + 1; end < r->groups.n && strcmp(r->groups.items[end].dialect, g->dialect) == 0; end++) {
        }
        strbuf_adds(p->out, "<h3>");
        markup_text(p->out, g->dialect);
        strbuf_addf(p->out, ": %zu identical, %s</h3>\n", g->n,
                    drift_number(p->arena, end - i - 1, "variant"));
        for (size_t k = i; k < end; k++) {
            group(p, k);
        }
    }
    section_end(p);
}

static void ignored_findings(struct drift_page *p)
{
    strbuf_adds(
        p->out,
        "<p>Found, and not counted because a rule of the environment says so.</p>\n<div class=\"wide\">"
        "<table class=\"rows\"><thead><tr><th scope=\"col\">object</th><th scope=\"col\">what</th><th "
        "scope=\"col\">why"
        "</th><th scope=\"col\">until</th><th scope=\"col\">targets</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < p->cases.n; i++) {
        const struct drift_case *c = &p->cases.items[i];
        const struct drift_finding *f;
        vec_each (f, &c->example->findings) {
            if (!f->ignored) {
                continue;
            }
            strbuf_adds(p->out, "<tr><th scope=\"row\">");
            markup_text(p->out, f->word);
            strbuf_addch(p->out, ' ');
            drift_page_element(p, "code", f->path);
            strbuf_adds(p->out, "</th>");
            drift_page_element(p, "td", f->message ? f->message : drift_change_name(f->change));
            drift_page_element(p, "td", f->ignored);
            drift_page_element(p, "td data-title=\"until\"", f->ignored_until ? f->ignored_until : "no end");
            strbuf_adds(p->out, "<td>");
            drift_page_names(p, c->targets.items, c->targets.n);
            strbuf_adds(p->out, "</td></tr>\n");
        }
    }
    strbuf_adds(p->out, "</tbody></table></div>\n");
}

static void ignored(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    if (!r->ignored && !r->expired.n) {
        return;
    }
    section(p, "ignored", "Ignored");
    if (r->ignored) {
        ignored_findings(p);
    }
    for (size_t i = 0; i < r->expired.n; i++) {
        strbuf_adds(p->out, "<p>This rule has ended, and ignores nothing: ");
        markup_text(p->out, r->expired.items[i]);
        strbuf_adds(p->out, "</p>\n");
    }
    section_end(p);
}

struct gap {
    const char *what;
    size_t target;
};

static int by_what(const void *a, const void *b)
{
    const struct gap *x = a, *y = b;
    int c = strcmp(x->what, y->what);
    return c ? c : (x->target > y->target) - (x->target < y->target);
}

static void unseen(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    VEC(struct gap) gaps = {0};
    for (size_t i = 0; i < r->targets.n; i++) {
        const strings_t *list = &r->targets.items[i].unseen;
        for (size_t k = 0; k < list->n; k++) {
            *vec_push(p->arena, &gaps) = (struct gap){list->items[k], i};
        }
    }
    if (!gaps.n) {
        return;
    }
    qsort(gaps.items, gaps.n, sizeof(*gaps.items), by_what);
    section(p, "unseen", "Not seen");
    strbuf_adds(p->out,
                "<p>What could not be read may have drift that is not told here.</p>\n<div class=\"wide\">"
                "<table class=\"rows\"><thead><tr><th scope=\"col\">what</th><th scope=\"col\">targets</th>"
                "</tr></thead><tbody>\n");
    for (size_t i = 0, end; i < gaps.n; i = end) {
        VEC(size_t) targets = {0};
        for (end = i; end < gaps.n && strcmp(gaps.items[i].what, gaps.items[end].what) == 0; end++) {
            *vec_push(p->arena, &targets) = gaps.items[end].target;
        }
        strbuf_adds(p->out, "<tr>");
        drift_page_element(p, "th scope=\"row\"", gaps.items[i].what);
        strbuf_adds(p->out, "<td>");
        drift_page_names(p, targets.items, targets.n);
        strbuf_adds(p->out, "</td></tr>\n");
    }
    strbuf_adds(p->out, "</tbody></table></div>\n");
    section_end(p);
}

static void position(struct drift_page *p, const struct drift_target *t)
{
    strbuf_adds(p->out, "<td>");
    for (size_t i = 0; i < t->position.n; i++) {
        strbuf_adds(p->out, i ? ", " : "");
        drift_page_element(p, "code", t->position.items[i]);
    }
    if (t->behind || t->ahead) {
        strbuf_adds(p->out, "<br><small>");
        if (t->behind) {
            strbuf_addf(p->out, "%lld behind%s", (long long)t->behind, t->ahead ? ", " : "");
        }
        if (t->ahead) {
            strbuf_addf(p->out, "%lld unknown here", (long long)t->ahead);
        }
        strbuf_adds(p->out, "</small>");
    }
    strbuf_adds(p->out, "</td>");
}

static void target(struct drift_page *p, size_t i)
{
    const struct drift_target *t = &p->report->targets.items[i];
    strbuf_addf(p->out, "<tr id=\"target-%zu\"><th scope=\"row\">", i + 1);
    markup_text(p->out, t->name);
    if (t->address) {
        strbuf_adds(p->out, "<br>");
        drift_page_element(p, "small", t->address);
    }
    strbuf_adds(p->out, "</th><td>");
    const char *anchor = !drift_judged(t)            ? "unjudged"
                         : t->outcome == DRIFT_FOUND ? arena_printf(p->arena, "case-%zu", p->case_of[i] + 1)
                                                     : NULL;
    strbuf_adds(p->out, anchor ? arena_printf(p->arena, "<a href=\"#%s\">", anchor) : "");
    outcome(p, t->outcome);
    strbuf_adds(p->out, anchor ? "</a>" : "");
    if (drift_judged(t) && t->error) {
        strbuf_adds(p->out, "<br><small>not in full: ");
        markup_text(p->out, t->error);
        strbuf_adds(p->out, "</small>");
    }
    strbuf_adds(p->out, "</td><td>");
    markup_text(p->out, t->server && *t->server ? t->server : t->dialect);
    strbuf_adds(p->out, "</td>");
    position(p, t);
    drift_page_element(p, "td data-title=\"compared with\"", t->baseline ? t->baseline : "");
    strbuf_addf(p->out, "<td%s>%.12s</td></tr>\n",
                *t->fingerprint ? " class=\"code\" data-title=\"fingerprint\"" : "", t->fingerprint);
}

static void targets(struct drift_page *p)
{
    const struct drift_report *r = p->report;
    if (!r->targets.n) {
        return;
    }
    section(p, "targets", "Targets");
    strbuf_adds(
        p->out,
        "<div class=\"wide\"><table class=\"rows targets\"><thead><tr><th scope=\"col\">target</th><th "
        "scope=\"col\">"
        "outcome</th><th scope=\"col\">server</th><th scope=\"col\">position</th><th scope=\"col\">"
        "compared with</th><th scope=\"col\">fingerprint</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < r->targets.n; i++) {
        target(p, i);
    }
    strbuf_adds(p->out, "</tbody></table></div>\n");
    section_end(p);
}

static const size_t *cases_of_targets(struct arena *a, const struct drift_report *r,
                                      const drift_cases_t *cases)
{
    size_t *of = arena_array(a, r->targets.n, sizeof(*of));
    memset(of, 0xff, r->targets.n * sizeof(*of));
    for (size_t i = 0; i < cases->n; i++) {
        for (size_t k = 0; k < cases->items[i].targets.n; k++) {
            of[cases->items[i].targets.items[k]] = i;
        }
    }
    return of;
}

static size_t told(const drift_cases_t *cases)
{
    size_t n = 0;
    const struct drift_case *c;
    vec_each (c, cases) {
        n += c->findings;
    }
    return n;
}

void drift_write_html(struct strbuf *out, const struct drift_report *r)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    struct drift_page p = {.out = out, .arena = &a, .report = r};
    drift_cases(&a, r, &p.cases);
    p.case_of = cases_of_targets(&a, r, &p.cases);
    p.open = told(&p.cases) <= UNFOLDED_MAX;
    top(&p);
    found(&p);
    not_judged(&p);
    groups(&p);
    ignored(&p);
    unseen(&p);
    targets(&p);
    strbuf_adds(out, "</main>\n</body>\n</html>\n");
}

/*
 * A report of drift as Markdown, for a pull request or a chat: short, with definitions and statements folded.
 * A comment on GitHub holds 65,536 characters: details are left out before that, and findings at last.
 */
#include "cmd/drift_report.h"
#include "cmd/line_diff.h"
#include "cmd/markup.h"
#include <string.h>

#define DETAILS_MAX  ((size_t)40 << 10)
#define FINDINGS_MAX ((size_t)55 << 10)
#define NAMES_MAX    8
#define CONTEXT      3

/* In running text: nothing of it is markup, mentions anybody or links anywhere. */
static void text(struct strbuf *out, const char *s)
{
    AUTO(strbuf_release) struct strbuf visible = STRBUF_INIT;
    markup_visible(&visible, s);
    for (const char *c = strbuf_cstr(&visible); *c; c++) {
        if (*c == '\n') {
            strbuf_addch(out, ' ');
        } else if (*c == '<') {
            strbuf_adds(out, "&lt;");
        } else if (*c == '&') {
            strbuf_adds(out, "&amp;");
        } else if (*c == '@') {
            strbuf_adds(out, "@\xe2\x80\x8b"); /* followed by U+200B it is no mention */
        } else {
            if (strchr("\\`*_{}[]()#+!|~>", *c)) {
                strbuf_addch(out, '\\');
            }
            strbuf_addch(out, *c);
        }
    }
}

static size_t longest_run(const char *s, char c)
{
    size_t most = 0, run = 0;
    for (; *s; s++) {
        run = *s == c ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

static void repeat(struct strbuf *out, char c, size_t n)
{
    while (n--) {
        strbuf_addch(out, c);
    }
}

/* `s` on one line, in as many backticks as it takes. */
static void code(struct strbuf *out, const char *s)
{
    AUTO(strbuf_release) struct strbuf visible = STRBUF_INIT;
    markup_visible(&visible, s);
    for (char *c = visible.ptr; c && *c; c++) {
        *c = *c == '\n' ? ' ' : *c;
    }
    const char *v = strbuf_cstr(&visible);
    size_t ticks = longest_run(v, '`') + 1;
    bool padded = !*v || *v == '`' || *v == ' ' || v[strlen(v) - 1] == '`';
    repeat(out, '`', ticks);
    strbuf_adds(out, padded ? " " : "");
    strbuf_adds(out, v);
    strbuf_adds(out, padded ? " " : "");
    repeat(out, '`', ticks);
}

static void fenced(struct strbuf *out, const char *language, const struct strbuf *body)
{
    size_t ticks = longest_run(strbuf_cstr(body), '`') + 1;
    ticks = ticks < 3 ? 3 : ticks;
    repeat(out, '`', ticks);
    strbuf_addf(out, "%s\n%s", language, strbuf_cstr(body));
    repeat(out, '`', ticks);
    strbuf_adds(out, "\n\n");
}

static void diff_line(struct strbuf *out, const char *mark, struct slice line)
{
    strbuf_adds(out, mark);
    markup_visible_slice(out, line);
    strbuf_addch(out, '\n');
}

/* Lines that go before lines that come, as a reader of diffs expects them. */
static void diff_block(struct strbuf *out, const struct line_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].kind != LINE_ADDED) {
            diff_line(out, "- ", rows[i].left);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (rows[i].kind != LINE_REMOVED) {
            diff_line(out, "+ ", rows[i].right);
        }
    }
}

static void definitions(struct strbuf *out, const struct drift_finding *f)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf body = STRBUF_INIT;
    line_rows_t rows = {0};
    line_diff(&a, f->expected, f->actual, CONTEXT, &rows);
    for (size_t i = 0, end; i < rows.n; i = end) {
        const struct line_row *l = &rows.items[i];
        for (end = i; end < rows.n && rows.items[end].kind != LINE_SAME; end++) {
        }
        if (end > i) {
            diff_block(&body, l, end - i);
            continue;
        }
        end = i + 1;
        if (l->skipped) {
            strbuf_addf(&body, "  ... %s the same\n", drift_number(&a, l->skipped, "line"));
        } else {
            diff_line(&body, "  ", l->left);
        }
    }
    if (body.len) {
        fenced(out, "diff", &body);
    }
}

static void statements(struct strbuf *out, const char *title, const strings_t *list, const char *refused)
{
    AUTO(strbuf_release) struct strbuf body = STRBUF_INIT;
    for (size_t i = 0; i < list->n; i++) {
        markup_visible(&body, list->items[i]);
        strbuf_adds(&body, ";\n");
    }
    if (refused) {
        strbuf_addf(out, "%s: no statements: ", title);
        text(out, refused);
        strbuf_adds(out, "\n\n");
    } else if (body.len) {
        strbuf_addf(out, "%s:\n\n", title);
        fenced(out, "sql", &body);
    }
}

static void value(struct strbuf *out, const char *v)
{
    if (v) {
        code(out, v);
    } else {
        strbuf_adds(out, "none");
    }
}

static void title(struct strbuf *out, const struct drift_finding *f)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    strbuf_addf(out, "- `%s` ", drift_change_mark(f));
    text(out, f->word);
    strbuf_addch(out, ' ');
    code(out, f->path);
    if (!f->attributes.n) {
        strbuf_adds(out, f->message ? ": " : "");
        text(out, f->message);
    }
    const struct schema_attribute *at;
    vec_each (at, &f->attributes) {
        strbuf_addf(out, "%s %s ", at == f->attributes.items ? ":" : ",", drift_field_title(&a, at->field));
        value(out, drift_value(at->field, at->actual));
        strbuf_adds(out, " instead of ");
        value(out, drift_value(at->field, at->expected));
    }
    strbuf_adds(out, f->restore_hazard ? " \xe2\x9a\xa0" : "");
    strbuf_addch(out, '\n');
}

static void details(struct strbuf *out, const struct drift_report *r, const struct drift_finding *f)
{
    if (!f->expected && !f->actual && !f->restore.n && !f->adopt.n && !f->restore_refused &&
        !f->adopt_refused) {
        return;
    }
    strbuf_adds(out, "**");
    text(out, f->word);
    strbuf_addch(out, ' ');
    text(out, f->path);
    strbuf_adds(out, "**\n\n");
    definitions(out, f);
    statements(out, drift_restore_title(r), &f->restore, f->restore_refused);
    if (f->restore_hazard) {
        strbuf_adds(out, "\xe2\x9a\xa0 ");
        text(out, f->restore_hazard);
        strbuf_adds(out, "\n\n");
    }
    statements(out, drift_adopt_title(r), &f->adopt, f->adopt_refused);
}

static void heading(struct strbuf *out, const struct drift_report *r, const struct drift_case *c)
{
    strbuf_adds(out, "### ");
    for (size_t i = 0; i < c->targets.n && i < NAMES_MAX; i++) {
        strbuf_adds(out, i ? ", " : "");
        text(out, r->targets.items[c->targets.items[i]].name);
    }
    if (c->targets.n > NAMES_MAX) {
        strbuf_addf(out, " and %zu more", c->targets.n - NAMES_MAX);
    }
    strbuf_adds(out, "\n\n");
}

static void one_case(struct strbuf *out, const struct drift_report *r, const struct drift_case *c)
{
    AUTO(strbuf_release) struct strbuf folded = STRBUF_INIT;
    size_t left = c->findings;
    bool cut = false;
    const struct drift_finding *f;
    heading(out, r, c);
    if (c->example->error) {
        strbuf_adds(out, "Not judged in full: ");
        text(out, c->example->error);
        strbuf_adds(out, "\n\n");
    }
    vec_each (f, &c->example->findings) {
        if (!f->ignored && out->len <= FINDINGS_MAX) {
            title(out, f);
            left--;
        }
    }
    vec_each (f, &c->example->findings) {
        AUTO(strbuf_release) struct strbuf one = STRBUF_INIT;
        if (!f->ignored && !cut) {
            details(&one, r, f);
            cut = out->len + folded.len + one.len > DETAILS_MAX;
            strbuf_adds(&folded, cut ? "" : strbuf_cstr(&one));
        }
    }
    if (left) {
        strbuf_addf(out, "- and %zu more\n", left);
    }
    if (folded.len) {
        strbuf_addf(out, "\n<details><summary>Definitions and statements</summary>\n\n%s</details>\n",
                    strbuf_cstr(&folded));
    }
    if (cut || left) {
        strbuf_adds(out, "\nThe rest is left out here: `--format html` has all of it.\n");
    }
    strbuf_addch(out, '\n');
}

static void not_judged(struct strbuf *out, const struct drift_report *r)
{
    bool first = true;
    size_t left = 0;
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        if (drift_judged(t)) {
            continue;
        }
        strbuf_adds(out, first ? "### Not judged\n\n" : "");
        first = false;
        if (out->len > FINDINGS_MAX) {
            left++;
            continue;
        }
        strbuf_adds(out, "- ");
        text(out, t->name);
        strbuf_addf(out, ": %s", drift_outcome_text(t->outcome));
        strbuf_adds(out, t->error ? ": " : "");
        text(out, t->error);
        strbuf_addch(out, '\n');
    }
    if (left) {
        strbuf_addf(out, "- and %zu more\n", left);
    }
    strbuf_adds(out, first ? "" : "\n");
}

static void ignored(struct strbuf *out, const drift_cases_t *cases, size_t n)
{
    if (!n || out->len > FINDINGS_MAX) {
        return;
    }
    strbuf_addf(out, "<details><summary>%zu ignored</summary>\n\n", n);
    const struct drift_case *c;
    vec_each (c, cases) {
        const struct drift_finding *f;
        vec_each (f, &c->example->findings) {
            if (!f->ignored || out->len > FINDINGS_MAX) {
                continue;
            }
            strbuf_adds(out, "- ");
            text(out, f->word);
            strbuf_addch(out, ' ');
            code(out, f->path);
            strbuf_addf(out, " on %zu: ", c->targets.n);
            text(out, f->ignored);
            strbuf_adds(out, f->ignored_until ? ", until " : "");
            text(out, f->ignored_until);
            strbuf_addch(out, '\n');
        }
    }
    strbuf_adds(out, "\n</details>\n\n");
}

static void unseen(struct strbuf *out, const struct drift_report *r)
{
    size_t n = 0;
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        n += t->unseen.n > 0;
    }
    if (!n || out->len > FINDINGS_MAX) {
        return;
    }
    strbuf_addf(out, "<details><summary>Not all could be seen on %zu target%s</summary>\n\n", n,
                n == 1 ? "" : "s");
    vec_each (t, &r->targets) {
        for (size_t i = 0; i < t->unseen.n && out->len <= FINDINGS_MAX; i++) {
            strbuf_adds(out, "- ");
            text(out, t->name);
            strbuf_adds(out, ": ");
            text(out, t->unseen.items[i]);
            strbuf_addch(out, '\n');
        }
    }
    strbuf_adds(out, "\n</details>\n\n");
}

void drift_write_markdown(struct strbuf *out, const struct drift_report *r)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    drift_cases_t cases = {0};
    drift_cases(&a, r, &cases);
    strbuf_adds(out, r->diff ? "## Differences of " : "## Drift of ");
    text(out, r->environment);
    strbuf_adds(out, "\n\n**");
    text(out, drift_verdict(&a, r));
    strbuf_adds(out, ".**");
    for (size_t i = 0, end; i < r->groups.n; i = end) {
        const struct drift_group *g = &r->groups.items[i];
        for (end = i + 1; end < r->groups.n && strcmp(r->groups.items[end].dialect, g->dialect) == 0; end++) {
        }
        if (end > i + 1) {
            strbuf_addf(out, " Of the schemas on %s %zu are identical, and there %s.", g->dialect, g->n,
                        end - i == 2 ? "is 1 variant"
                                     : arena_printf(&a, "are %s", drift_number(&a, end - i - 1, "variant")));
        }
    }
    strbuf_adds(out, "\n\n");
    const struct drift_case *c;
    size_t left = 0;
    vec_each (c, &cases) {
        if (c->findings && out->len <= FINDINGS_MAX) {
            one_case(out, r, c);
        } else {
            left += c->findings ? c->targets.n : 0;
        }
    }
    if (left) {
        strbuf_addf(out, "%s more with findings: `--format html` has them.\n\n",
                    drift_number(&a, left, "target"));
    }
    not_judged(out, r);
    ignored(out, &cases, r->ignored);
    unseen(out, r);
    for (size_t i = 0; i < r->expired.n; i++) {
        strbuf_adds(out, "- this rule has ended, and ignores nothing: ");
        text(out, r->expired.items[i]);
        strbuf_adds(out, i + 1 == r->expired.n ? "\n\n" : "\n");
    }
    strbuf_addf(out, "<sub>%s, Lockstep %s</sub>\n", drift_time(&a, r->ended_us),
                r->version ? r->version : "");
}

/* A report of drift as JUnit's XML: a test case a target. */
#include "base/file.h"
#include "cmd/drift_report.h"
#include "cmd/markup.h"

/* What the outcome of a target is to a test case; NULL: passed. */
static const char *const elements[] = {
    [DRIFT_NONE] = NULL,           [DRIFT_FOUND] = "failure",     [DRIFT_BUSY] = "skipped",
    [DRIFT_NO_BASELINE] = "error", [DRIFT_UNREACHABLE] = "error", [DRIFT_FAILED] = "error"};
_Static_assert(COUNT_OF(elements) == DRIFT_OUTCOME_COUNT, "an element for every outcome");

static void attribute(struct strbuf *out, const char *name, const char *value)
{
    strbuf_addf(out, " %s=\"", name);
    markup_text(out, value);
    strbuf_addch(out, '"');
}

static void lines(struct strbuf *out, const char *title, const strings_t *list, const char *refused)
{
    if (refused) {
        strbuf_addf(out, "    %s: no statements: ", title);
        markup_text(out, refused);
        strbuf_addch(out, '\n');
    }
    for (size_t i = 0; i < list->n; i++) {
        if (i == 0) {
            strbuf_addf(out, "    %s:\n", title);
        }
        strbuf_adds(out, "      ");
        markup_text(out, list->items[i]);
        strbuf_adds(out, ";\n");
    }
}

static void attribute_value(struct strbuf *out, const struct schema_field *f, const char *shown)
{
    const char *value = drift_value(f, shown);
    markup_text(out, value ? value : "none");
}

static void finding(struct strbuf *out, const struct drift_report *r, const struct drift_finding *f)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    strbuf_addf(out, "%s ", drift_change_mark(f));
    markup_text(out, drift_finding_title(&a, f));
    strbuf_adds(out, f->message ? ": " : "");
    markup_text(out, f->message);
    strbuf_addch(out, '\n');
    const struct schema_attribute *at;
    vec_each (at, &f->attributes) {
        strbuf_addf(out, "    %s: ", drift_field_title(&a, at->field));
        attribute_value(out, at->field, at->actual);
        strbuf_adds(out, ", expected ");
        attribute_value(out, at->field, at->expected);
        strbuf_addch(out, '\n');
    }
    lines(out, drift_restore_title(r), &f->restore, f->restore_refused);
    if (f->restore_hazard) {
        strbuf_adds(out, "    careful: ");
        markup_text(out, f->restore_hazard);
        strbuf_addch(out, '\n');
    }
    lines(out, drift_adopt_title(r), &f->adopt, f->adopt_refused);
}

static size_t findings(struct strbuf *out, const struct drift_report *r, const struct drift_target *t,
                       bool ignored)
{
    size_t n = 0;
    const struct drift_finding *f;
    vec_each (f, &t->findings) {
        if ((f->ignored != NULL) == ignored) {
            finding(out, r, f);
            if (ignored) {
                strbuf_adds(out, "    ignored: ");
                markup_text(out, f->ignored);
                strbuf_adds(out, f->ignored_until ? ", until " : "");
                markup_text(out, f->ignored_until);
                strbuf_addch(out, '\n');
            }
            n++;
        }
    }
    return n;
}

static void result(struct strbuf *out, const struct drift_report *r, const struct drift_target *t)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    const char *element = elements[t->outcome], *message = t->error;
    if (!element) {
        return;
    }
    if (t->outcome == DRIFT_FOUND) {
        size_t n = findings(&text, r, t, false);
        message = drift_number(&a, n, r->diff ? "difference" : "finding");
        strbuf_adds(&text, t->error ? "not judged in full: " : "");
        markup_text(&text, t->error);
    } else {
        markup_text(&text, t->hint);
    }
    strbuf_addf(out, "      <%s", element);
    attribute(out, "message", message ? message : drift_outcome_text(t->outcome));
    if (t->outcome != DRIFT_BUSY) {
        attribute(out, "type", drift_outcome_name(t->outcome));
    }
    strbuf_addf(out, ">%s</%s>\n", strbuf_cstr(&text), element);
}

/* What does not fail the test case, and is to be known all the same. */
static void besides(struct strbuf *out, const struct drift_report *r, const struct drift_target *t)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    findings(&text, r, t, true);
    for (size_t i = 0; i < t->unseen.n; i++) {
        strbuf_adds(&text, "not seen: ");
        markup_text(&text, t->unseen.items[i]);
        strbuf_addch(&text, '\n');
    }
    if (text.len) {
        strbuf_addf(out, "      <system-out>%s</system-out>\n", strbuf_cstr(&text));
    }
}

static void attributes(struct strbuf *out, const struct drift_report *r, const char *suite)
{
    attribute(out, "name", suite);
    const size_t *n = r->count;
    strbuf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.3f\"",
                r->targets.n, n[DRIFT_FOUND], n[DRIFT_NO_BASELINE] + n[DRIFT_UNREACHABLE] + n[DRIFT_FAILED],
                n[DRIFT_BUSY], (double)(r->ended_us - r->began_us) / 1e6);
}

void drift_write_junit(struct strbuf *out, const struct drift_report *r)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const char *place = r->environment ? r->environment : "";
    const char *suite = arena_printf(&a, "lockstep %s %s", r->diff ? "diff" : "drift", place);
    strbuf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    attributes(out, r, suite);
    strbuf_adds(out, ">\n  <testsuite");
    attributes(out, r, suite);
    /* The format's times are without a zone; this one is in UTC. */
    strbuf_addf(out, " timestamp=\"%.19s\">\n", time_format(&a, r->began_us, false));
    const struct drift_target *t;
    vec_each (t, &r->targets) {
        strbuf_adds(out, "    <testcase");
        attribute(out, "classname", arena_printf(&a, "%s.%s", r->diff ? "diff" : "drift", place));
        attribute(out, "name", t->name);
        strbuf_adds(out, ">\n");
        result(out, r, t);
        besides(out, r, t);
        strbuf_adds(out, "    </testcase>\n");
    }
    strbuf_adds(out, "  </testsuite>\n</testsuites>\n");
}

/* Drawing a run into lines. */
#include "cmd/run_frame.h"
#include "base/file.h"
#include "cmd/columns.h"

#define RUNNING_MAX 10
#define BAR_MAX     40
#define BAR_MIN     5

/* One line in the making: whatever is added is cut at its end. */
struct pen {
    struct arena *a;
    const struct frame_style *style;
    struct strbuf text;
    size_t columns, room;
};

static struct pen pen_of(struct arena *a, const struct frame_style *style)
{
    return (struct pen){.a = a, .style = style, .room = style->width - 1};
}

static void pen_add(struct pen *p, enum style style, const char *text)
{
    if (!text[0]) {
        return;
    }
    const char *begin = p->style->styles[style];
    bool styled = style != STYLE_PLAIN && begin[0];
    strbuf_adds(&p->text, styled ? begin : "");
    p->columns += columns_clip(&p->text, text, p->room - p->columns);
    strbuf_adds(&p->text, styled ? p->style->styles[STYLE_PLAIN] : "");
}

static void pen_pad(struct pen *p, size_t column)
{
    for (; p->columns < column && p->columns < p->room; p->columns++) {
        strbuf_addch(&p->text, ' ');
    }
}

static void pen_end(struct pen *p, frame_t *out)
{
    *vec_push(p->a, out) = (struct frame_line){arena_dup(p->a, strbuf_cstr(&p->text)), p->columns};
    strbuf_release(&p->text);
}

/* Done, failed, at work, and the rest. A target that is through shows, however many there are. */
static void pen_bar(struct pen *p, size_t width, size_t done, size_t failed, size_t running, size_t total)
{
    const char *full = p->style->utf8 ? "█" : "#", *half = p->style->utf8 ? "▒" : "=",
               *empty = p->style->utf8 ? "░" : ".";
    const struct {
        size_t n;
        enum style style;
        const char *mark;
    } parts[] = {{done, STYLE_GREEN, full},
                 {failed, STYLE_RED, p->style->utf8 ? "█" : "x"},
                 {running, STYLE_CYAN, half}};
    size_t used = 0, seen = 0;
    total = total ? total : 1;
    AUTO(strbuf_release) struct strbuf part = STRBUF_INIT;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        seen += parts[i].n;
        size_t until = seen * width / total;
        until = parts[i].n && until <= used ? used + 1 : until;
        until = until > width ? width : until;
        strbuf_clear(&part);
        for (; used < until; used++) {
            strbuf_adds(&part, parts[i].mark);
        }
        pen_add(p, parts[i].style, strbuf_cstr(&part));
    }
    strbuf_clear(&part);
    for (; used < width; used++) {
        strbuf_adds(&part, empty);
    }
    pen_add(p, STYLE_DIM, strbuf_cstr(&part));
}

char *clock_text(struct arena *a, int64_t us)
{
    long long tenths = us / 100000, seconds = tenths / 10, minutes = seconds / 60;
    if (minutes < 60) {
        return arena_printf(a, "%lld:%02lld.%lld", minutes, seconds % 60, tenths % 10);
    }
    return arena_printf(a, "%lld:%02lld:%02lld.%lld", minutes / 60, minutes % 60, seconds % 60, tenths % 10);
}

/* Whole seconds: tenths that run by tell nobody anything. */
static char *elapsed_text(struct arena *a, int64_t us)
{
    long long s = us / 1000000;
    return s < 60     ? arena_printf(a, "%llds", s)
           : s < 3600 ? arena_printf(a, "%lldm %02llds", s / 60, s % 60)
                      : arena_printf(a, "%lldh %02lldm", s / 3600, s / 60 % 60);
}

/* As coarse as it is uncertain, and never too short for it. */
static char *about_text(struct arena *a, int64_t us)
{
    long long s = (us + 999999) / 1000000, minutes = (s + 59) / 60;
    return s < 60         ? arena_printf(a, "about %llds left", (s + 4) / 5 * 5)
           : minutes < 60 ? arena_printf(a, "about %lldm left", minutes)
                          : arena_printf(a, "about %lldh %02lldm left", (minutes + 9) / 60,
                                         (minutes + 9) % 60 / 10 * 10);
}

char *estimate_text(struct arena *a, const struct run_view *v, int64_t now_us)
{
    struct view_estimate e;
    if (!run_view_estimate(v, now_us, &e)) {
        return NULL;
    }
    return arena_printf(a, "%s%s%s", about_text(a, e.left_us), e.person ? " until a person has to go on" : "",
                        e.pauses ? ", pauses not counted" : "");
}

static void wave_words(struct pen *p, const struct run_view *v, size_t i)
{
    const struct plan_wave *plan = &v->plan->waves.items[i];
    const struct view_wave *w = &v->waves[i];
    pen_add(p, STYLE_PLAIN, arena_printf(p->a, " %zu/%zu", w->done, plan->n));
    if (w->failed) {
        pen_add(p, STYLE_RED, arena_printf(p->a, ", %zu failed", w->failed));
    }
    int64_t left = w->until_us - time_now_us();
    const char *pause = elapsed_text(p->a, left > 0 ? left : 0);
    if (w->state == VIEW_WAVE_PAUSED) {
        pen_add(p, STYLE_YELLOW,
                arena_printf(p->a, w->query ? ", waiting for its query, %s at most" : ", pause: %s", pause));
    } else if (w->state == VIEW_WAVE_PERSON) {
        pen_add(p, STYLE_YELLOW, ", waiting for a person");
    }
}

static void wave_line(struct arena *a, const struct run_view *v, const struct frame_style *style, size_t i,
                      size_t name_columns, frame_t *out)
{
    struct pen p = pen_of(a, style);
    const struct plan_wave *plan = &v->plan->waves.items[i];
    const struct view_wave *w = &v->waves[i];
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    columns_clip(&name, plan->name, name_columns);
    pen_add(&p, STYLE_BOLD, strbuf_cstr(&name));
    pen_pad(&p, name_columns + 1);
    struct pen words = pen_of(a, style); /* to know how much room they leave */
    wave_words(&words, v, i);
    size_t bar = p.room > p.columns + words.columns ? p.room - p.columns - words.columns : 0;
    bar = bar > BAR_MAX ? BAR_MAX : bar;
    strbuf_release(&words.text);
    if (bar >= BAR_MIN) {
        pen_bar(&p, bar, w->done, w->failed, w->running, plan->n);
    }
    wave_words(&p, v, i);
    pen_end(&p, out);
}

static void note_line(struct arena *a, const struct frame_style *style, const char *text, frame_t *out)
{
    struct pen p = pen_of(a, style);
    pen_add(&p, STYLE_DIM, text);
    pen_end(&p, out);
}

/* At most `room` lines: waves that are behind are summed up first, then those that are far ahead. */
static void wave_lines(struct arena *a, const struct run_view *v, const struct frame_style *style,
                       size_t room, frame_t *out)
{
    size_t n = v->plan->waves.n, first = 0, last = n, columns = 0;
    if (n > room) {
        while (first + 1 < n && v->waves[first].state == VIEW_WAVE_FINISHED) {
            first++;
        }
        size_t kept = room - (first > 0 && room > 1);
        kept -= first + kept < n && kept > 1;
        first = first + kept > n ? n - kept : first;
        last = first + kept;
    }
    for (size_t i = first; i < last; i++) {
        size_t c = columns_of(v->plan->waves.items[i].name);
        columns = c > columns ? c : columns;
    }
    columns = columns > style->width / 3 ? style->width / 3 : columns;
    if (first > 0 && room > last - first) {
        note_line(a, style, arena_printf(a, "%zu wave%s done", first, first == 1 ? "" : "s"), out);
    }
    for (size_t i = first; i < last; i++) {
        wave_line(a, v, style, i, columns, out);
    }
    if (last < n && room > last - first) {
        note_line(a, style, arena_printf(a, "and %zu more waves", n - last), out);
    }
}

static void running_line(struct arena *a, const struct run_view *v, const struct frame_style *style,
                         size_t index, size_t name_columns, int64_t now_us, frame_t *out)
{
    struct pen p = pen_of(a, style);
    const struct view_target *t = &v->targets[index];
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    columns_clip(&name, v->plan->targets.items[index].name, name_columns);
    pen_add(&p, STYLE_PLAIN, "  ");
    pen_add(&p, STYLE_PLAIN, strbuf_cstr(&name));
    pen_pad(&p, name_columns + 4);
    bool wide = style->width >= 60;
    pen_add(&p, STYLE_PLAIN, arena_printf(a, "%*s  ", wide ? 7 : 5, elapsed_text(a, now_us - t->since_us)));
    if (t->waits[0] && t->attempts == 0) {
        pen_add(&p, STYLE_YELLOW, t->waits);
    } else if (t->waits[0]) {
        pen_add(&p, STYLE_YELLOW,
                arena_printf(a, wide ? "attempt %lld of %lld: %s" : "%lld/%lld: %s", (long long)t->attempt,
                             (long long)t->attempts, t->waits));
    } else if (t->state == VIEW_TAKING_BACK) {
        pen_add(&p, STYLE_YELLOW, "taking back");
    } else {
        pen_add(&p, STYLE_PLAIN,
                arena_printf(a, wide ? "%zu of %zu statements  " : "%zu/%zu  ", t->statements_done,
                             t->statements));
        pen_add(&p, STYLE_DIM, t->revision);
    }
    pen_end(&p, out);
}

static void running_lines(struct arena *a, const struct run_view *v, const struct frame_style *style,
                          size_t room, int64_t now_us, frame_t *out)
{
    size_t indexes[RUNNING_MAX], max = room < RUNNING_MAX ? room : RUNNING_MAX, columns = 0;
    size_t all = max ? run_view_running(v, indexes, max) : 0;
    size_t shown = all > max ? max - 1 : all;
    for (size_t i = 0; i < shown; i++) {
        size_t c = columns_of(v->plan->targets.items[indexes[i]].name);
        columns = c > columns ? c : columns;
    }
    size_t most = style->width > 40 ? style->width / 2 : style->width / 3 + 2;
    columns = columns > most ? most : columns;
    for (size_t i = 0; i < shown; i++) {
        running_line(a, v, style, indexes[i], columns, now_us, out);
    }
    if (all > shown && shown > 0) {
        note_line(a, style, arena_printf(a, "  and %zu more", all - shown), out);
    }
}

/* "failed: a, b, c and 12 more" */
static void failed_line(struct arena *a, const struct run_view *v, const struct frame_style *style,
                        size_t failed, frame_t *out)
{
    struct pen p = pen_of(a, style);
    pen_add(&p, STYLE_RED, "failed: ");
    size_t named = 0;
    for (size_t i = 0; i < v->plan->targets.n; i++) {
        if (v->targets[i].state != VIEW_ENDED || !view_outcome_failed(v->targets[i].outcome)) {
            continue;
        }
        const char *name = v->plan->targets.items[i].name;
        char *more = arena_printf(a, " and %zu more", failed > named ? failed - named : 0);
        if (named && p.columns + 2 + columns_of(name) + strlen(more) > p.room) {
            pen_add(&p, STYLE_PLAIN, more);
            break;
        }
        pen_add(&p, STYLE_PLAIN, named ? ", " : "");
        pen_add(&p, STYLE_PLAIN, name);
        named++;
    }
    pen_end(&p, out);
}

static void last_line(struct arena *a, const struct run_view *v, const struct frame_style *style,
                      const struct view_counts *c, int64_t now_us, frame_t *out)
{
    struct pen p = pen_of(a, style);
    bool wide = style->width >= 60;
    char *estimate = estimate_text(a, v, now_us);
    pen_add(&p, STYLE_BOLD, elapsed_text(a, now_us - v->started_us));
    if (estimate) {
        pen_add(&p, STYLE_PLAIN, arena_printf(a, ", %s", estimate));
    }
    if (c->total > 1) {
        pen_add(&p, STYLE_PLAIN,
                arena_printf(a, wide ? "; %zu of %zu done" : "; %zu/%zu", c->done, c->total));
        if (c->failed) {
            pen_add(&p, STYLE_RED, arena_printf(a, ", %zu failed", c->failed));
        }
        if (wide && c->running) {
            pen_add(&p, STYLE_PLAIN, arena_printf(a, ", %zu running", c->running));
        }
    }
    if (c->taking_back) {
        pen_add(&p, STYLE_YELLOW, arena_printf(a, ", taking back %zu", c->taking_back));
    }
    if (v->stopping) {
        pen_add(&p, STYLE_YELLOW, ", nothing new starts");
    }
    pen_end(&p, out);
}

void run_frame(struct arena *a, const struct run_view *v, const struct frame_style *given, int64_t now_us,
               frame_t *out)
{
    struct frame_style style = *given;
    style.width = style.width ? style.width : 80;
    style.height = style.height ? style.height : 24;
    style.width = style.width < 8 ? 8 : style.width;
    struct view_counts c = run_view_counts(v);
    size_t room = style.height > 2 ? style.height - 2 : 0; /* beside the last line */
    *out = (frame_t){0};
    bool named = c.failed > 0 && room >= 5;
    room -= named;
    if (c.total > 1 && room > 0) {
        size_t waves = room > 6 ? room / 2 : room > 2 ? 2 : 1;
        wave_lines(a, v, &style, waves, out);
        room -= out->n < room ? out->n : room;
    }
    running_lines(a, v, &style, room, now_us, out);
    if (named) {
        failed_line(a, v, &style, c.failed, out);
    }
    last_line(a, v, &style, &c, now_us, out);
}

/* Waves in a few lines, however many targets they have. */
#include "plans/wave_summary.h"
#include "base/arena.h"
#include "plans/plan_fields.h"

#define WAVES_MAX   20 /* more than these are shown by their first and last */
#define WAVES_FIRST 10
#define WAVES_LAST  5

char *duration_text(struct arena *a, int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
    char *text = arena_dup(a, "");
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        int64_t n = ms / units[i].ms;
        ms %= units[i].ms;
        if (n > 0) {
            text = arena_printf(a, "%s%s%lld %s", text, text[0] ? " " : "", (long long)n, units[i].name);
        }
    }
    return text[0] ? text : arena_dup(a, "0 s");
}

/* ", 16 at once, 4 a server". Of a wave with few targets only what limits it. */
static void add_limits(const struct plan_wave *w, struct strbuf *out)
{
    if (w->n < 2) {
        return;
    }
    if (w->parallel == 1) {
        strbuf_adds(out, ", one at a time");
    } else if ((size_t)w->parallel >= w->n) {
        strbuf_adds(out, ", all at once");
    } else {
        strbuf_addf(out, ", %lld at once", (long long)w->parallel);
    }
    if (w->parallel_per_server && w->parallel_per_server < w->parallel) {
        strbuf_addf(out, ", at most %lld a server", (long long)w->parallel_per_server);
    }
    if (w->atomic) {
        strbuf_adds(out, ", all commit or none");
    }
}

static void add_after(const struct plan *p, size_t index, struct strbuf *out)
{
    const struct plan_wave *w = &p->waves.items[index];
    bool usual = index == 0 ? w->after.n == 0 : w->after.n == 1 && w->after.items[0] == index - 1;
    for (size_t i = 0; !usual && i < w->after.n; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : ", after ", p->waves.items[w->after.items[i]].name);
    }
    if (!usual && w->after.n == 0) {
        strbuf_adds(out, ", from the start");
    }
}

static void add_pause(struct arena *a, const struct plan_wave *w, struct strbuf *out)
{
    switch (w->pause) {
    case PLAN_PAUSE_TIME:
        strbuf_addf(out, "; then a pause of %s", duration_text(a, w->pause_ms));
        break;
    case PLAN_PAUSE_QUERY:
        strbuf_addf(out,
                    "; then a pause until this is true on %s, %s at most:", w->n == 1 ? "it" : "each of them",
                    duration_text(a, w->pause_ms));
        break;
    case PLAN_PAUSE_PERSON:
        strbuf_adds(out, "; then a pause until a person says \"lockstep resume\"");
        break;
    case PLAN_PAUSE_NONE:
    case PLAN_PAUSE_COUNT:
        break;
    }
}

static void print_wave(const struct plan *p, size_t index, struct arena *a, struct wrap *wrap)
{
    const struct plan_wave *w = &p->waves.items[index];
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    wrap_begin(wrap, 0, 4);
    wrap_word(wrap, 0, "wave");
    wrap_word(wrap, 1, "%s:", w->name);
    if (w->n == 1) {
        strbuf_adds(&text, p->targets.items[w->first].name);
    } else if (w->n == 0) {
        strbuf_adds(&text, "no target");
    } else {
        strbuf_addf(&text, "%zu targets", w->n);
    }
    add_limits(w, &text);
    add_after(p, index, &text);
    add_pause(a, w, &text);
    wrap_text(wrap, strbuf_cstr(&text));
    wrap_end(wrap);
    if (w->pause == PLAN_PAUSE_QUERY) {
        wrap_begin(wrap, 4, 6);
        wrap_text(wrap, w->pause_query);
        wrap_end(wrap);
    }
}

#define NAMES_MAX 10

static size_t count_holds(const struct plan *p, const struct plan_wave *w, enum plan_hold hold)
{
    size_t n = 0;
    for (size_t i = w->first; i < w->first + w->n; i++) {
        n += p->targets.items[i].hold == hold;
    }
    return n;
}

static void print_holds(const struct plan *p, const struct plan_wave *w, enum plan_hold hold,
                        const char *text, struct wrap *wrap)
{
    size_t n = count_holds(p, w, hold), shown = 0;
    if (n == 0) {
        return;
    }
    wrap_begin(wrap, 4, 6);
    wrap_word(wrap, 0, hold == PLAN_HOLD_FIRST ? "!" : "-");
    size_t most = n > NAMES_MAX + 1 ? NAMES_MAX : n;
    for (size_t i = w->first; i < w->first + w->n && shown < most; i++) {
        if (p->targets.items[i].hold == hold) {
            shown++;
            wrap_word(wrap, 1, "%s%s", p->targets.items[i].name, shown < most ? "," : shown == n ? ":" : "");
        }
    }
    if (shown < n) {
        wrap_word(wrap, 1, "and");
        wrap_word(wrap, 1, "%zu", n - shown);
        wrap_word(wrap, 1, "more:");
    }
    wrap_text(wrap, text);
    wrap_end(wrap);
}

/* What "all commit or none" is worth on each of them. */
static void print_atomic(const struct plan *p, const struct plan_wave *w, struct wrap *wrap)
{
    bool others = count_holds(p, w, PLAN_HOLD_PREPARED) + count_holds(p, w, PLAN_HOLD_OPEN) > 0;
    print_holds(
        p, w, PLAN_HOLD_FIRST,
        others ? "no DDL in transactions, or a step outside of them: first, and taken back if the rest fails"
               : "no DDL in transactions, or a step outside of them: taken back if another one fails",
        wrap);
    print_holds(p, w, PLAN_HOLD_OPEN,
                "open until the wave commits, then one after another; if one of these commits fails, those "
                "before it are taken "
                "back",
                wrap);
    print_holds(p, w, PLAN_HOLD_PREPARED,
                "prepared; once it is decided all of them commit, whatever happens to this run", wrap);
    if (others) {
        wrap_begin(wrap, 4, 6);
        wrap_text(wrap, "Until the wave commits, the locks are kept, and a connection for each.");
        wrap_end(wrap);
    }
}

void wave_summary(const struct plan *p, struct wrap *wrap)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    const struct plan_wave *only = p->waves.n == 1 ? p->waves.items : NULL;
    if (p->waves.n == 0 ||
        (only && (only->n < 2 || (only->parallel == 1 && !only->atomic)) && only->pause == PLAN_PAUSE_NONE)) {
        return;
    }
    for (size_t i = 0; i < p->waves.n; i++) {
        if (p->waves.n > WAVES_MAX && i == WAVES_FIRST) {
            size_t next = p->waves.n - WAVES_LAST;
            wrap_begin(wrap, 0, 4);
            wrap_word(wrap, 0, "... %zu more waves ...", next - i);
            wrap_end(wrap);
            i = next;
        }
        print_wave(p, i, &a, wrap);
        if (p->waves.items[i].atomic) {
            print_atomic(p, &p->waves.items[i], wrap);
        }
    }
}

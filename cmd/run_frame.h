/*
 * The picture of a run that goes on: a bar a wave, the targets at work by name, and where it all stands, as
 * lines that fit into a terminal of a given size.
 */
#pragma once
#include "base/vec.h"
#include "cmd/print.h"
#include "cmd/run_view.h"

struct frame_style {
    size_t width, height;            /* of the terminal; 0: 80 and 24 */
    const char *styles[STYLE_COUNT]; /* escape sequences, or "" */
    bool utf8;                       /* the terminal shows more than ASCII */
};

struct frame_line {
    const char *text;
    size_t columns;
};

/* Always fewer lines than the height, each narrower than the width; at least one. */
typedef VEC(struct frame_line) frame_t;
void run_frame(struct arena *a, const struct run_view *v, const struct frame_style *style, int64_t now_us,
               frame_t *out);

/* "1:02.3", "1:00:02.3": time since the start. */
char *clock_text(struct arena *a, int64_t us);
/* "about 4m left"; NULL without an estimate. */
char *estimate_text(struct arena *a, const struct run_view *v, int64_t now_us);

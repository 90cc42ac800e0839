/*
 * The beginnings of many small files, in the order given. Opening and reading is most of the work of a graph
 * command, so that with many files a second thread does half of it. Private to engine/revision.
 */
#pragma once
#include "base/vec.h"

struct beginning {
    int error; /* errno of what failed, or 0 */
    size_t len;
    const char *text; /* until the next call */
};

struct read_ahead;
/* Paths below the folder dirfd; the list and the folder must stay as they are until the end. */
struct read_ahead *read_ahead_begin(int dirfd, const strings_t *names);
/* Once for each name. */
struct beginning read_ahead_next(struct read_ahead *r);
void read_ahead_end(struct read_ahead *r);

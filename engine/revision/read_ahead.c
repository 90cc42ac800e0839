/*
 * Files are read in batches into a ring of buffers. Whoever is free takes the next batch: the helper as long
 * as there is room in the ring, and the caller when the batch that it needs was not taken yet.
 */
#include "engine/revision/read_ahead.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#define BATCH     64u   /* files */
#define RING      4u    /* batches */
#define HELP_FROM 256u  /* files: fewer are read sooner than a thread starts */
#define BEGINNING 2048u /* bytes: longer headers are read again, whole */

struct slot {
    int error;
    size_t len;
    char text[BEGINNING];
};

struct read_ahead {
    int dirfd;
    const strings_t *names;
    struct slot *slots;
    size_t at; /* the caller's next file */
    bool helped;
    pthread_t helper;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* Under the lock, in batches: */
    size_t taken, used;     /* the next one to read; those that the caller is through with */
    bool ready[RING], stop; /* ready: read by the helper, not used yet */
};

static void read_file(int dirfd, const char *name, struct slot *slot)
{
    /* Opening a pipe must not wait for somebody to write into it. */
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    slot->error = 0;
    slot->len = 0;
    if (fd < 0) {
        slot->error = errno;
        return;
    }
    ssize_t n;
    do {
        n = read(fd, slot->text, sizeof(slot->text));
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        slot->error = errno;
    } else {
        slot->len = (size_t)n;
    }
    close(fd);
}

static void read_batch(struct read_ahead *r, size_t batch)
{
    size_t from = batch * BATCH, to = from + BATCH;
    to = to < r->names->n ? to : r->names->n;
    for (size_t i = from; i < to; i++) {
        read_file(r->dirfd, r->names->items[i], &r->slots[i % (BATCH * RING)]);
    }
}

static void *help(void *arg)
{
    struct read_ahead *r = arg;
    size_t batches = (r->names->n + BATCH - 1) / BATCH;
    pthread_mutex_lock(&r->lock);
    while (!r->stop && r->taken < batches) {
        if (r->taken >= r->used + RING) {
            pthread_cond_wait(&r->changed, &r->lock);
            continue;
        }
        size_t batch = r->taken++;
        pthread_mutex_unlock(&r->lock);
        read_batch(r, batch);
        pthread_mutex_lock(&r->lock);
        r->ready[batch % RING] = true;
        pthread_cond_broadcast(&r->changed);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

struct read_ahead *read_ahead_begin(int dirfd, const strings_t *names)
{
    struct read_ahead *r = xcalloc(1, sizeof(*r));
    r->dirfd = dirfd;
    r->names = names;
    r->slots = xmalloc(sizeof(struct slot) * BATCH * RING);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->changed, NULL);
    r->helped = names->n >= HELP_FROM && pthread_create(&r->helper, NULL, help, r) == 0;
    return r;
}

/* Make the batch that begins here readable, and give its predecessor's place free. */
static void begin_batch(struct read_ahead *r, size_t batch)
{
    pthread_mutex_lock(&r->lock);
    r->used = batch;
    pthread_cond_broadcast(&r->changed);
    bool own = r->taken == batch;
    if (own) {
        r->taken++;
    }
    while (!own && !r->ready[batch % RING]) {
        pthread_cond_wait(&r->changed, &r->lock);
    }
    r->ready[batch % RING] = false;
    pthread_mutex_unlock(&r->lock);
    if (own) {
        read_batch(r, batch);
    }
}

struct beginning read_ahead_next(struct read_ahead *r)
{
    if (r->at % BATCH == 0) {
        begin_batch(r, r->at / BATCH);
    }
    const struct slot *slot = &r->slots[r->at++ % (BATCH * RING)];
    return (struct beginning){slot->error, slot->len, slot->text};
}

void read_ahead_end(struct read_ahead *r)
{
    if (!r) {
        return;
    }
    if (r->helped) {
        pthread_mutex_lock(&r->lock);
        r->stop = true;
        pthread_cond_broadcast(&r->changed);
        pthread_mutex_unlock(&r->lock);
        pthread_join(r->helper, NULL);
    }
    pthread_cond_destroy(&r->changed);
    pthread_mutex_destroy(&r->lock);
    free(r->slots);
    free(r);
}

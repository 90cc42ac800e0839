/* Reading the identifiers of Python revision files. */
#include "engine/alembic/project/alembic_graph.h"
#include "base/file.h"
#include "engine/alembic/python/py_ast.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_MAX ((size_t)64 << 20)

bool alembic_is_revision_file(const char *name)
{
    size_t n = strlen(name);
    return n >= 3 && strcmp(name + n - 3, ".py") == 0 && strncmp(name, ".#", 2) != 0 &&
           strncmp(name, "__init__", 8) != 0;
}

struct slice alembic_doc(const struct revision *r)
{
    struct slice doc = r->python->doc;
    const char *end = doc.len ? memmem(doc.ptr, doc.len, "\n\n", 2) : NULL;
    return (struct slice){doc.ptr, end ? (size_t)(end - doc.ptr) : doc.len};
}

/* One line for plans and tables. */
static const char *message_of(struct arena *a, const struct revision *r)
{
    char *text = slice_dup(a, alembic_doc(r)), *to = text;
    for (const char *p = text; *p; p++) {
        bool blank = (unsigned char)*p <= ' ';
        if (!blank || (to > text && to[-1] != ' ')) {
            *to++ = blank ? ' ' : *p;
        }
    }
    while (to > text && to[-1] == ' ') {
        to--;
    }
    *to = '\0';
    return text;
}

/* "1a2b3c.py" is revision 1a2b3c where the file does not say (Alembic 0.1). */
static const char *legacy_id(struct arena *a, const char *name)
{
    size_t n = strspn(name, "0123456789abcdef");
    return n && strcmp(name + n, ".py") == 0 ? arena_dupn(a, name, n) : NULL;
}

static int check_identifiers(struct arena *a, const struct py_identifiers *ids, struct revision *r,
                             struct err *err)
{
    const char *name = path_basename(r->file);
    r->id = ids->revision ? ids->revision : ids->has_revision ? NULL : legacy_id(a, name);
    if (!r->id && ids->has_revision) {
        err_set(err, ERR_FILE, "\"revision\" is None");
        err_place(err, r->file, ids->line_revision, 1);
        return err_hint(err, "Give the revision an id: revision = \"...\"."), ERR_FILE;
    }
    if (!r->id) {
        err_set(err, ERR_FILE, "Could not determine revision id from filename %s: it sets no \"revision\"",
                name);
        err_place(err, r->file, 0, 0);
        return err_hint(err,
                        "Declare the 'revision' variable in the file, or move the file out of the folder."),
               ERR_FILE;
    }
    if (!ids->has_down_revision) {
        err_set(err, ERR_FILE, "revision %s sets no \"down_revision\"", r->id);
        err_place(err, r->file, ids->line_revision, 1);
        return err_hint(err, "Write down_revision = None for a first revision."), ERR_FILE;
    }
    return 0;
}

static int parse(struct arena *a, struct slice text, bool keep, struct revision *r, struct err *err)
{
    struct py_identifiers ids = {0};
    int rc = py_identifiers(a, r->file, text, &ids, err);
    rc = rc ? rc : check_identifiers(a, &ids, r, err);
    if (rc) {
        return rc;
    }
    struct revision_python *python = arena_alloc(a, sizeof(*python));
    *python = (struct revision_python){.doc = slice_strip(ids.doc.ptr ? ids.doc : SLICE("")),
                                       .text = keep ? text : (struct slice){0},
                                       .has_upgrade = ids.has_upgrade,
                                       .has_downgrade = ids.has_downgrade,
                                       .upgrade_empty = ids.upgrade_empty,
                                       .downgrade_empty = ids.downgrade_empty};
    r->kind = REVISION_PYTHON;
    r->python = python;
    r->message = message_of(a, r);
    r->revises = ids.down_revision;
    /* As in Alembic, depends_on = "" is none. */
    bool blank = ids.depends_on.n == 1 && !*ids.depends_on.items[0];
    r->depends_on = blank ? (strings_t){0} : ids.depends_on;
    r->labels = ids.branch_labels;
    r->line = ids.line_revision;
    r->line_revises = ids.line_down_revision;
    r->line_depends_on = ids.line_depends_on;
    r->line_labels = ids.line_branch_labels;
    return 0;
}

int alembic_revision_parse(struct arena *a, struct slice text, struct revision *r, struct err *err)
{
    return parse(a, text, true, r, err);
}

/* --- files */

/* What was read of a file before it turned out to be longer than the buffer, and the rest of it. */
static int read_long(int fd, const char *file, struct strbuf *text, struct err *err)
{
    char buf[16384];
    for (;;) {
        ssize_t n = read(fd, buf, sizeof(buf));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_errno(err, file, "cannot read");
        }
        if (n == 0) {
            break;
        }
        strbuf_add(text, buf, (size_t)n);
    }
    if (text->overflow) {
        err_set(err, ERR_FILE, "is larger than %zu bytes", FILE_MAX);
        return err_place(err, file, 0, 0);
    }
    return 0;
}

static bool may_keep(atomic_size_t *kept, size_t size)
{
    return size <= ALEMBIC_TEXT_MAX && atomic_fetch_add(kept, size) + size <= ALEMBIC_TEXTS_MAX;
}

static strings_t strings_dup(struct arena *a, const strings_t *from)
{
    strings_t to = {0};
    for (size_t i = 0; i < from->n; i++) {
        *vec_push(a, &to) = arena_dup(a, from->items[i]);
    }
    return to;
}

/* What parsing made of a text that is not kept, in the arena that lasts. */
static void keep_result(struct arena *a, const struct revision *from, struct revision *r)
{
    struct revision_python *python = arena_alloc(a, sizeof(*python));
    *python = *from->python;
    python->doc.ptr = arena_dupn(a, python->doc.len ? python->doc.ptr : "", python->doc.len);
    *r = *from;
    r->python = python;
    r->id = arena_dup(a, from->id);
    r->message = arena_dup(a, from->message);
    r->revises = strings_dup(a, &from->revises);
    r->depends_on = strings_dup(a, &from->depends_on);
    r->labels = strings_dup(a, &from->labels);
}

static int read_text(struct arena *a, struct slice text, atomic_size_t *kept, struct revision *r,
                     struct err *err)
{
    if (may_keep(kept, text.len)) {
        text.ptr = arena_dupn(a, text.ptr, text.len);
        return parse(a, text, true, r, err);
    }
    AUTO(arena_release) struct arena scratch = ARENA_INIT;
    struct revision found = *r;
    int rc = parse(&scratch, text, false, &found, err);
    if (!rc) {
        keep_result(a, &found, r);
    }
    return rc;
}

static int read_file(struct arena *a, int fd, atomic_size_t *kept, struct revision *r, struct err *err)
{
    char buf[16384];
    ssize_t n;
    do {
        n = read(fd, buf, sizeof(buf));
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return err_errno(err, r->file, "cannot read");
    }
    AUTO(strbuf_release) struct strbuf text = {.max = FILE_MAX};
    struct slice whole = {buf, (size_t)n};
    if (whole.len == sizeof(buf)) { /* a shorter one is at its end */
        strbuf_add(&text, buf, sizeof(buf));
        int rc = read_long(fd, r->file, &text, err);
        if (rc) {
            return rc;
        }
        whole = (struct slice){strbuf_cstr(&text), text.len};
    }
    return read_text(a, whole, kept, r, err);
}

int alembic_revision_read(struct arena *a, int dirfd, const char *name, atomic_size_t *kept,
                          struct revision *r, struct err *err)
{
    /* Opening a pipe must not wait for somebody to write into it. */
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return err_errno(err, r->file, "cannot open");
    }
    int rc = read_file(a, fd, kept, r, err);
    close(fd);
    return rc;
}

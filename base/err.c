/* Formatting of errors. Nothing here prints. */
#include "base/err.h"
#include <errno.h>
#include <stdarg.h>

/* A text that did not fit ends in "...", not in half a character. */
static void mark_cut(char *buf, size_t size, int needed)
{
    if (needed < (int)size) {
        return;
    }
    size_t at = size - 4;
    while (at > 0 && ((unsigned char)buf[at] & 0xC0) == 0x80) {
        at--;
    }
    memcpy(buf + at, "...", 4);
}

int err_set(struct err *err, int status, const char *fmt, ...)
{
    if (!err) {
        return status;
    }
    /* The arguments may point into *err itself: format first, clear afterwards. */
    char message[sizeof(err->message)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    mark_cut(message, sizeof(message), n);
    memset(err, 0, sizeof(*err));
    err->status = status;
    memcpy(err->message, message, sizeof(message));
    return status;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return ERR_FAILED;
    }
    char message[sizeof(err->message)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    mark_cut(message, sizeof(message), n);
    size_t used = strlen(message);
    n = snprintf(message + used, sizeof(message) - used, ": %s", err->message);
    mark_cut(message, sizeof(message), n + (int)used);
    memcpy(err->message, message, sizeof(message));
    return err->status;
}

int err_place(struct err *err, const char *file, int line, int column)
{
    if (!err) {
        return ERR_FAILED;
    }
    if (file) {
        snprintf(err->file, sizeof(err->file), "%s", file);
    }
    err->line = line;
    err->column = column;
    return err->status;
}

int err_hint(struct err *err, const char *fmt, ...)
{
    if (!err) {
        return ERR_FAILED;
    }
    char hint[sizeof(err->hint)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(hint, sizeof(hint), fmt, ap);
    va_end(ap);
    mark_cut(hint, sizeof(hint), n);
    memcpy(err->hint, hint, sizeof(hint));
    return err->status;
}

int err_errno(struct err *err, const char *file, const char *what)
{
    int saved = errno;
    err_set(err, ERR_FILE, "%s: %s", what, strerror(saved));
    return err_place(err, file, 0, 0), ERR_FILE;
}

const char *err_format(const struct err *err, char *buf, size_t size)
{
    if (err->file[0] && err->line > 0 && err->column > 0) {
        snprintf(buf, size, "%s:%d:%d: %s", err->file, err->line, err->column, err->message);
    } else if (err->file[0] && err->line > 0) {
        snprintf(buf, size, "%s:%d: %s", err->file, err->line, err->message);
    } else if (err->file[0]) {
        snprintf(buf, size, "%s: %s", err->file, err->message);
    } else {
        snprintf(buf, size, "%s", err->message);
    }
    return buf;
}

int err_exit_status(const struct err *err)
{
    return err->status < 0 ? -err->status : 0;
}

/* Formatting of errors. Nothing here prints. */
#include "base/err.h"
#include <errno.h>
#include <stdarg.h>

static void mark_cut(char *buf, size_t size, int needed)
{
    if (needed >= (int)size) {
        memcpy(buf + size - 4, "...", 4);
    }
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

/* Printable window of at most `width` bytes of the line, placed so that the column is inside it. */
int err_excerpt(struct err *err, const char *text, size_t len)
{
    if (!err || err->line <= 0 || !text) {
        return err ? err->status : ERR_FAILED;
    }
    const char *p = text, *end = text + len;
    for (int line = 1; line < err->line && p; line++) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    if (!p) {
        return err->status;
    }
    const char *eol = memchr(p, '\n', (size_t)(end - p));
    size_t line_len = (size_t)((eol ? eol : end) - p);
    const size_t width = 100;
    size_t column = err->column > 0 ? (size_t)err->column - 1 : 0;
    column = column > line_len ? line_len : column;
    size_t from = column > width - 20 ? column - (width - 20) : 0;
    while (from > 0 && ((unsigned char)p[from] & 0xC0) == 0x80) {
        from--; /* do not begin inside a UTF-8 character */
    }
    size_t shown = line_len - from > width ? width : line_len - from;
    while (shown > 0 && from + shown < line_len && ((unsigned char)p[from + shown] & 0xC0) == 0x80) {
        shown--;
    }
    char shownline[256], caret[256];
    size_t n = 0, c = 0;
    for (size_t i = 0; i < shown && n + 1 < sizeof(shownline); i++) {
        unsigned char ch = (unsigned char)p[from + i];
        if (from + i < column && (ch & 0xC0) != 0x80) {
            caret[c++] = ' ';
        }
        shownline[n++] = ch == '\t' ? ' ' : (ch < 0x20 || ch == 0x7F) ? '?' : (char)ch;
    }
    shownline[n] = '\0';
    caret[c] = '\0';
    snprintf(err->excerpt, sizeof(err->excerpt), "%5d | %s\n      | %s^", err->line, shownline, caret);
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

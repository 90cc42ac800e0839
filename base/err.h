/*
 * Errors as data: what happened, where, and what to do next.
 *
 * A fallible function returns 0 or a negative enum err_status and takes `struct err *err` last; it fills
 * *err exactly when it fails, and writes its results only when it succeeds. Callers wrap on the way up with
 * what *they* were doing. A struct err owns nothing: it may be copied, dropped or reused freely.
 * Messages are lower case without a full stop; a hint is one sentence that says what to do next.
 */
#pragma once
#include "base/attributes.h"
#include <stdbool.h>
#include <stddef.h>

/* The negated value is the program's exit status. */
enum err_status {
    ERR_NONE = 0,
    ERR_FAILED = -1,       /* something was tried and failed */
    ERR_REFUSED = -4,      /* stale plan, lock held, closed gate, not supported yet */
    ERR_USAGE = -64,       /* the command line is wrong */
    ERR_FILE = -65,        /* a file is wrong, or cannot be read */
    ERR_UNREACHABLE = -69, /* a target cannot be reached */
    ERR_INTERRUPTED = -130 /* cancelled by the user */
};

struct err {
    int status;           /* enum err_status */
    bool retryable;       /* a server said that the same thing may succeed later (lock timeout, deadlock) */
    bool connection_lost; /* the session is gone: what was in flight may or may not have happened */
    int line, column;     /* 1-based place in file, columns in characters; 0: unknown */
    char sqlstate[6];     /* five characters from the server, or "" */
    char file[512];       /* "" when no file is to blame */
    char message[2048];
    char excerpt[768]; /* the offending line and a caret below it, or "" */
    char hint[768];    /* "" when there is nothing to advise */
};

/* Fill err and return status. err may be NULL. A message that does not fit ends in "...". */
int err_set(struct err *err, int status, const char *fmt, ...) PRINTF(3, 4);
/* Put "<doing>: " before the message; returns err->status. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF(2, 3);
/* Each returns err->status, so that calls can be chained in a return. */
int err_place(struct err *err, const char *file, int line, int column);
int err_hint(struct err *err, const char *fmt, ...) PRINTF(2, 3);
/* Make the caret excerpt for err's line and column out of the whole text of the file. Passwords in URLs and
 * after keys such as "password:" are masked. */
int err_excerpt(struct err *err, const char *text, size_t len);
/* err_place() and err_excerpt() for the byte at offset of the file's whole text. */
int err_at(struct err *err, const char *file, const char *text, size_t len, size_t offset);
/* err_set(ERR_FILE, "<what>: <strerror(errno)>") with the file named. */
int err_errno(struct err *err, const char *file, const char *what);

/* "file:line:column: message", for one-line uses such as logs and JSON. Returns buf. */
const char *err_format(const struct err *err, char *buf, size_t size);
/* 0 for no error, otherwise the exit status that err's status stands for. */
int err_exit_status(const struct err *err);

/* Files as whole texts, and times as text. Errors name the file. */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

struct arena;

/* Read a regular file of at most max bytes (0: 64 MiB) into the arena, NUL-terminated. */
int file_read(struct arena *a, const char *path, size_t max, struct slice *out, struct err *err);
/* Write text to path through a temporary file in the same folder, fsync and rename: the old content or the
 * new, never half. Makes missing parent folders. `exclusive`: refuse (ERR_FILE) when path exists. */
int file_write(const char *path, struct slice text, bool exclusive, struct err *err);
int file_mkdirs(const char *path, struct err *err); /* like mkdir -p */
bool file_exists(const char *path);
/* base/name unless name is absolute or begins with "~/" (then expanded). Result in the arena. */
char *path_join(struct arena *a, const char *base, const char *name);
/* Absolute, without "." and doubled slashes and without looking at links. */
char *path_absolute(struct arena *a, const char *path);
char *path_dirname(struct arena *a, const char *path); /* "." when path has no folder */
const char *path_basename(const char *path);

int64_t time_now_us(void);       /* microseconds since 1970, UTC */
int64_t time_monotonic_us(void); /* for durations and deadlines */
/* "2026-11-21T09:13:00Z"; with micros "2026-11-21T09:13:00.123456Z". Result in the arena. */
char *time_format(struct arena *a, int64_t us, bool micros);
/* "12ms", "3.4s", "2m 05s": for people. Result in the arena. */
char *duration_format(struct arena *a, int64_t us);

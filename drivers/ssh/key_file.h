/* What a private key's file tells before it is opened: its type, whether it is encrypted, its public half. */
#pragma once
#include "base/err.h"
#include "base/str.h"

struct arena;

struct key_file {
    const char *path;
    const char *type;     /* "ssh-ed25519"; NULL: not told */
    struct slice public_; /* blob of the public half; ptr NULL: not told */
    bool encrypted;
};

/* Errors name what is wrong with the file: missing, open to others, a public key, PuTTY's format. */
int key_file_read(struct arena *a, const char *path, struct key_file *out, struct err *err);
/* The same for text that was read already. */
int key_file_parse(struct arena *a, const char *path, struct slice text, struct key_file *out,
                   struct err *err);

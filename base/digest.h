/* SHA-256 through libcrypto, and the length-prefixed form in which structured data is digested. */
#pragma once
#include "base/str.h"
#include <stdint.h>

#define DIGEST_HEX 64
struct digest {
    void *ctx; /* EVP_MD_CTX */
    unsigned char pending[256];
    size_t npending; /* small fields are gathered: a call of libcrypto costs more than hashing them */
};

/* At the start of a program: libcrypto is not taken apart at its end, when threads that nobody waits for may
 * still use it. */
void digest_setup(void);

/* Each field enters as its length (8 bytes, little endian) and its bytes, so that ("ab","c") and ("a","bc")
 * differ and every field counts. */
void digest_init(struct digest *d);
void digest_field(struct digest *d, const char *ptr, size_t len);
void digest_string(struct digest *d, const char *s); /* NULL differs from "" */
void digest_number(struct digest *d, int64_t n);
void digest_raw(struct digest *d, const char *ptr, size_t len); /* bytes without a length */
/* Finish into lower-case hex with a NUL and free the context. */
void digest_hex(struct digest *d, char hex[DIGEST_HEX + 1]);

/* A digest by its name: "sha1", "sha512"; false: there is none of that name. */
#define DIGEST_MAX_HEX 128
bool digest_named(const char *name, const char *ptr, size_t len, char hex[DIGEST_MAX_HEX + 1]);

/* SHA-256 of plain bytes. */
void sha256_hex(const char *ptr, size_t len, char hex[DIGEST_HEX + 1]);

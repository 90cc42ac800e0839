/* SHA-256 over EVP. */
#include "base/digest.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

static void must(int ok)
{
    if (ok != 1) {
        abort(); /* SHA-256 is part of every libcrypto: only memory can be missing */
    }
}

/* Looking SHA-256 up and making a context take longer than the digest of a statement: both are kept, the
 * context one for each thread. */
static EVP_MD *sha256;
static pthread_key_t spare;

static void free_context(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

static void begin_library(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    must(sha256 != NULL && pthread_key_create(&spare, free_context) == 0);
}

static EVP_MD_CTX *take_context(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, begin_library);
    EVP_MD_CTX *ctx = pthread_getspecific(spare);
    if (ctx) {
        pthread_setspecific(spare, NULL);
        return ctx;
    }
    return EVP_MD_CTX_new();
}

static void give_context(EVP_MD_CTX *ctx)
{
    if (pthread_getspecific(spare) || pthread_setspecific(spare, ctx) != 0) {
        EVP_MD_CTX_free(ctx);
    }
}

void digest_setup(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
}

void digest_init(struct digest *d)
{
    EVP_MD_CTX *ctx = take_context();
    must(ctx != NULL && EVP_DigestInit_ex(ctx, sha256, NULL) == 1);
    d->ctx = ctx;
    d->npending = 0;
}

static void digest_pending(struct digest *d)
{
    must(EVP_DigestUpdate(d->ctx, d->pending, d->npending));
    d->npending = 0;
}

void digest_raw(struct digest *d, const char *ptr, size_t len)
{
    if (len > sizeof(d->pending) - d->npending) {
        digest_pending(d);
    }
    if (len > sizeof(d->pending)) {
        must(EVP_DigestUpdate(d->ctx, ptr, len));
    } else if (len) {
        memcpy(d->pending + d->npending, ptr, len);
        d->npending += len;
    }
}

void digest_field(struct digest *d, const char *ptr, size_t len)
{
    digest_number(d, (int64_t)len);
    digest_raw(d, ptr, len);
}

void digest_string(struct digest *d, const char *s)
{
    if (s) {
        digest_field(d, s, strlen(s));
    } else {
        digest_number(d, -1);
    }
}

void digest_number(struct digest *d, int64_t n)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)((uint64_t)n >> (8 * i));
    }
    digest_raw(d, (const char *)bytes, sizeof(bytes));
}

void digest_hex(struct digest *d, char hex[DIGEST_HEX + 1])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    digest_pending(d);
    must(EVP_DigestFinal_ex(d->ctx, bytes, &n));
    give_context(d->ctx);
    d->ctx = NULL;
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_HEX / 2; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[DIGEST_HEX] = '\0';
}

void sha256_hex(const char *ptr, size_t len, char hex[DIGEST_HEX + 1])
{
    struct digest d;
    digest_init(&d);
    digest_raw(&d, ptr, len);
    digest_hex(&d, hex);
}

bool digest_named(const char *name, const char *ptr, size_t len, char hex[DIGEST_MAX_HEX + 1])
{
    unsigned char md[EVP_MAX_MD_SIZE];
    size_t n = 0;
    if (EVP_Q_digest(NULL, name, NULL, len ? ptr : "", len, md, &n) != 1 || n > DIGEST_MAX_HEX / 2) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        snprintf(hex + 2 * i, 3, "%02x", md[i]);
    }
    return true;
}

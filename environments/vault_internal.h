/* What the files of Vault share. Not for others. */
#pragma once
#include "base/vec.h"
#include "environments/vault.h"

/* Where Vault is and how to log in: the settings with everything resolved. */
struct vault_access {
    const char *address, *namespace_, *ca; /* the latter two NULL when absent */
    const char *token;                     /* NULL: by AppRole */
    const char *role_id, *secret_id;       /* NULL when there is a token */
    const char *approle_mount;
    const char *described; /* for people */
    int timeout_ms;
};
/* ERR_FILE when the address or the means to log in are missing. settings may be NULL. */
int vault_access_resolve(struct arena *a, const struct vault_settings *settings, struct vault_access *out,
                         struct err *err);

struct vault_reference {
    const char *path; /* as the API has it, percent-encoded: "secret/data/db/orders?version=3" */
    const char *key;
};
int vault_reference_parse(struct arena *a, const struct vault_settings *settings, struct slice text,
                          struct vault_reference *out, struct err *err);

/* One key of a secret; value NULL: one that is not text, and kind says what it is. */
struct vault_value {
    const char *key, *value, *kind;
};
struct vault_secret {
    VEC(struct vault_value) values;
};

/* Requests. `deadline_us` is of time_monotonic_us(). *denied: the token was not accepted (403). */
int vault_ask_login(struct arena *a, const struct vault_access *access, int64_t deadline_us,
                    const char **token, struct err *err);
int vault_ask_secret(struct arena *a, const struct vault_access *access, const char *token, const char *path,
                     int64_t deadline_us, struct vault_secret *out, bool *denied, struct err *err);
int vault_ask_self(struct arena *a, const struct vault_access *access, const char *token, int64_t deadline_us,
                   const char **out, struct err *err);

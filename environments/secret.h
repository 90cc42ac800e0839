/*
 * Values with references: ${env:NAME} ${file:PATH} ${exec:COMMAND} ${vault:PATH#KEY}; "$$" is a dollar sign,
 * and so is a "$" before anything but a brace. Braces inside a reference must balance. A template is kept
 * unresolved in the model and resolved when it is used, so that a secret never stands in a document, a plan,
 * a log or an error. `exec` runs through /bin/sh -c, takes standard output without its last line end, must
 * end with status 0 within 30 s and write at most 64 KiB; its standard error goes into the error. `file` is
 * relative to the folder of the document; its last line end is dropped. `vault` is in environments/vault.h.
 */
#pragma once
#include "base/err.h"
#include "base/yaml.h"

struct arena;

struct template_text {
    const char *text;           /* as written; NULL when absent */
    const struct yaml_node *at; /* for errors; may be NULL */
    const char *dir;            /* folder of the document */
    bool in_each;               /* ${value} may stand here: environment_expand() replaces it */
};

enum reference_kind {
    REFERENCE_ENV,
    REFERENCE_FILE,
    REFERENCE_EXEC,
    REFERENCE_VAULT,
    REFERENCE_VALUE, /* ${value}, of a target with `each` */
    REFERENCE_COUNT
};

/* A stretch of a template: literal text, or a reference with its argument. */
struct template_part {
    bool literal;
    enum reference_kind kind;
    struct slice text;  /* the literal, or what stands after the colon */
    struct slice whole; /* as written, with braces */
};

/* Cut the first part off *rest. 1: there is one, 0: the end, ERR_FILE: wrong form (place: column in the line
 * of *rest's text, as url_parse has it). */
int template_next(struct slice *rest, struct template_part *out, struct err *err);

/* Check the form without resolving: unknown scheme, missing brace, ${value} outside of `each`. */
int template_check(const struct template_text *t, struct err *err);
bool template_has_reference(const struct template_text *t);
/* The same for one kind. */
bool template_refers_to(const struct template_text *t, enum reference_kind kind);
/* Does ${value} stand within an ${env:}, ${file:} or ${vault:}? The value then may not hold "{", "}", "$" or
 * "#". */
bool template_nests_value(const char *text);
/* The text with ${value} replaced, in the arena, also within a reference. The value is text: a "$" in it
 * stays one. With `percent` it is percent-encoded, for URLs. */
char *template_put_value(struct arena *a, const char *text, const char *value, bool percent);
/* The same for text that holds no other reference and is not resolved later: a name, a label. "$$" becomes
 * "$". */
char *template_plain(struct arena *a, const char *text, const char *value);
/* Resolve into the arena. Errors name the reference and the place, never a value. */
int template_resolve(struct arena *a, const struct template_text *t, const char **out, struct err *err);
/* The same for a URL: what stands for a user, a password or a parameter is percent-encoded, so that a secret
 * may hold any character; elsewhere (a whole URL in a variable, a host) it is put in as it is. */
int template_resolve_url(struct arena *a, const struct template_text *t, const char **out, struct err *err);

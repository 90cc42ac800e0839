/* What the files that read an environment document share. Not for other folders. */
#pragma once
#include "environments/environment.h"

struct env_parser {
    struct arena *a;
    struct environment *e;
    struct err *err;
};

#define ENV_TARGETS_MAX 100000

/* One key of a map and the function that reads its value. */
struct env_key {
    const char *name;
    int (*read)(struct env_parser *p, const struct yaml_node *value, void *into);
};
/* Read a map whose keys stand in the table: unknown ones are errors, absent ones are left alone. */
int env_read_map(struct env_parser *p, const struct yaml_node *map, const struct env_key *keys, size_t n,
                 void *into);
/* An error at the map when the key is absent. `what` names the map: "a target". */
int env_require(struct env_parser *p, const struct yaml_node *map, const char *key, const char *what);

/* Readers with the signature of env_key.read; `into` is ignored by those that only check form. */
int env_read_targets(struct env_parser *p, const struct yaml_node *value, void *into);
int env_read_rollout(struct env_parser *p, const struct yaml_node *value, void *into);
int env_read_drift(struct env_parser *p, const struct yaml_node *value, void *into);
int env_read_scratch(struct env_parser *p, const struct yaml_node *value, void *into);
int env_check_approvals(struct env_parser *p, const struct yaml_node *value, void *into);
int env_check_gates(struct env_parser *p, const struct yaml_node *value, void *into);
int env_check_notify(struct env_parser *p, const struct yaml_node *value, void *into);

/* An error at the second of two targets of one name. */
int env_unique_names(const struct target *targets, size_t n, struct err *err);

/* Checks of one value. */
int env_check_string(struct env_parser *p, const struct yaml_node *value, void *into); /* not empty */
int env_check_bool(struct env_parser *p, const struct yaml_node *value, void *into);
int env_check_duration(struct env_parser *p, const struct yaml_node *value, void *into);
int env_check_count(struct env_parser *p, const struct yaml_node *value, void *into); /* at least 1 */
int env_check_names(struct env_parser *p, const struct yaml_node *value,
                    void *into); /* list of names, not empty */

/* A name of letters, digits and "._-"; `what` is for the message: "target". */
int env_read_name(struct env_parser *p, const struct yaml_node *value, const char *what, const char **out);
bool env_is_name(struct slice s);
/* A value with references, checked for form. */
int env_read_template(struct env_parser *p, const struct yaml_node *value, bool in_each,
                      struct template_text *out);
/* A path without references; relative ones are joined to the document's folder, "~/" is expanded. */
int env_read_path(struct env_parser *p, const struct yaml_node *value, const char **out);
/* A duration in milliseconds that a server's 32-bit settings can hold. */
int env_read_timeout(struct env_parser *p, const struct yaml_node *value, int64_t *out);
/* The form of a URL as far as its literal text tells. out may be NULL. */
struct env_url_form {
    const char *dialect; /* as in struct url; NULL when a reference decides it */
    bool has_password;
};
int env_check_url(struct arena *a, const struct template_text *t, struct env_url_form *out, struct err *err);
int env_read_percent(struct env_parser *p, const struct yaml_node *value, int64_t min, int64_t *out);

/* Parts of lockstep.yaml. The text of a key, not empty; `absent` when it is not there. */
struct project;
int project_text(const struct yaml_node *root, const char *key, const char *absent, const char **out,
                 struct err *err);
int project_read_store(struct arena *a, const struct yaml_node *root, struct project *p, struct err *err);

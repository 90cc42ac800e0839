/* The parts of an environment document that guard a run: approvals, gates, notices. Checked for form. */
#include "environments/parse.h"

int env_check_approvals(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"required", env_check_count}, {"from", env_check_names}, {"distinct_from_author", env_check_bool}};
    int rc = env_read_map(p, value, keys, COUNT_OF(keys), NULL);
    return rc ? rc : env_require(p, value, "required", "approvals");
}

static int check_lint(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const levels[] = {"note", "warning", "error"};
    int level;
    return yaml_enum(value, levels, COUNT_OF(levels), &level, p->err);
}

static int check_texts(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    if (value->kind != YAML_LIST) {
        return env_check_string(p, value, NULL);
    }
    int rc = value->n ? 0 : yaml_error(p->err, value, "expected at least one entry, found an empty list");
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = env_check_string(p, value->items[i], NULL);
    }
    return rc;
}

static int check_window(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {{"allow", check_texts}, {"freeze", check_texts}};
    return env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

int env_check_gates(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"soak", env_check_duration}, {"no_drift", env_check_bool},  {"reversible", env_check_bool},
        {"verify", env_check_bool},   {"lint", check_lint},          {"window", check_window},
        {"query", env_check_string},  {"command", env_check_string}, {"override", env_check_bool}};
    return env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

static int check_webhook(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    struct template_text t;
    int rc = env_read_template(p, value, false, &t);
    if (rc) {
        return rc;
    }
    if (!template_has_reference(&t) && !slice_starts(value->text, "https://") &&
        !slice_starts(value->text, "http://")) {
        yaml_error(p->err, value, "expected an http:// or https:// URL");
        p->err->excerpt[0] = '\0'; /* webhook addresses are secrets more often than not */
        return ERR_FILE;
    }
    return 0;
}

static int check_secret(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    struct template_text t;
    return env_read_template(p, value, false, &t);
}

static int check_format(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const formats[] = {"generic", "slack"};
    int format;
    return yaml_enum(value, formats, COUNT_OF(formats), &format, p->err);
}

static int check_on(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const events[] = {"failure", "drift", "approval", "success"};
    int rc = yaml_expect(value, YAML_LIST, "on", p->err);
    if (!rc && value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one event, found an empty list");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        int event;
        rc = yaml_enum(value->items[i], events, COUNT_OF(events), &event, p->err);
    }
    return rc;
}

int env_check_notify(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {
        {"webhook", check_webhook}, {"format", check_format}, {"secret", check_secret}, {"on", check_on}};
    int rc = yaml_expect(value, YAML_LIST, "notify", p->err);
    for (size_t i = 0; i < value->n && !rc; i++) {
        rc = env_read_map(p, value->items[i], keys, COUNT_OF(keys), NULL);
        if (!rc) {
            rc = env_require(p, value->items[i], "webhook", "an entry of notify");
        }
    }
    return rc;
}

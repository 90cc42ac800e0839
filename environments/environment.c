/* An environment document as a whole: its top level, its settings, and the readers that its parts share. */
#include "environments/environment.h"
#include "base/arena.h"
#include "base/file.h"
#include "environments/parse.h"

#define DOCUMENT_MAX ((size_t)16 << 20)

int env_read_map(struct env_parser *p, const struct yaml_node *map, const struct env_key *keys, size_t n,
                 void *into)
{
    const char *names[24];
    for (size_t i = 0; i < n; i++) {
        names[i] = keys[i].name;
    }
    int rc = yaml_only_keys(map, names, n, p->err);
    for (size_t i = 0; i < map->n && !rc; i++) {
        for (size_t k = 0; k < n && !rc; k++) {
            if (slice_eq(map->keys[i]->text, keys[k].name)) {
                rc = keys[k].read(p, map->items[i], into);
            }
        }
    }
    return rc;
}

int env_require(struct env_parser *p, const struct yaml_node *map, const char *key, const char *what)
{
    if (yaml_key(map, key)) {
        return 0;
    }
    yaml_error(p->err, map, "%s needs the key \"%s\"", what, key);
    return err_hint(p->err, "Add \"%s: ...\" here.", key);
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool env_is_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_name_char(s.ptr[i])) {
            return false;
        }
    }
    return s.len > 0 && s.len <= 200;
}

int env_read_name(struct env_parser *p, const struct yaml_node *value, const char *what, const char **out)
{
    const char *name;
    int rc = yaml_string(value, &name, p->err);
    if (rc) {
        return rc;
    }
    if (!env_is_name(value->text)) {
        yaml_error(p->err, value, "\"%.60s\" cannot name %s", name, what);
        return err_hint(p->err, "Use letters, digits, \".\", \"_\" and \"-\".");
    }
    *out = name;
    return 0;
}

int env_read_template(struct env_parser *p, const struct yaml_node *value, bool in_each,
                      struct template_text *out)
{
    struct template_text t = {.at = value, .dir = p->e->dir, .in_each = in_each};
    int rc = yaml_string(value, &t.text, p->err);
    if (!rc && value->text.len == 0) {
        rc = yaml_error(p->err, value, "expected text, found an empty value");
    }
    if (!rc) {
        rc = template_check(&t, p->err);
    }
    if (!rc) {
        *out = t;
    }
    return rc;
}

int env_read_timeout(struct env_parser *p, const struct yaml_node *value, int64_t *out)
{
    int64_t ms;
    int rc = yaml_duration(value, &ms, p->err);
    if (!rc && ms > INT32_MAX) {
        rc = yaml_error(p->err, value, "this duration is too long, servers take at most 24 days");
    }
    if (!rc) {
        *out = ms;
    }
    return rc;
}

int env_read_percent(struct env_parser *p, const struct yaml_node *value, int64_t min, int64_t *out)
{
    struct yaml_node number = *value;
    if (value->kind == YAML_SCALAR && value->text.len && value->text.ptr[value->text.len - 1] == '%') {
        number.text =
            (struct slice){arena_dupn(p->a, value->text.ptr, value->text.len - 1), value->text.len - 1};
        number.quoted = false;
    }
    return yaml_int(&number, min, 100, out, p->err);
}

int env_check_string(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    const char *text;
    int rc = yaml_string(value, &text, p->err);
    return !rc && !text[0] ? yaml_error(p->err, value, "expected text, found an empty value") : rc;
}

int env_check_bool(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    bool b;
    return yaml_bool(value, &b, p->err);
}

int env_check_duration(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int64_t ms;
    return yaml_duration(value, &ms, p->err);
}

int env_check_count(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int64_t n;
    return yaml_int(value, 1, ENV_TARGETS_MAX, &n, p->err);
}

int env_check_names(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int rc = 0;
    if (value->kind != YAML_LIST) {
        rc = yaml_error(p->err, value, "expected a list of names, found %s", yaml_kind_name(value));
    } else if (value->n == 0) {
        rc = yaml_error(p->err, value, "expected at least one name, found an empty list");
    }
    for (size_t i = 0; i < value->n && !rc; i++) {
        const char *name;
        rc = env_read_name(p, value->items[i], "anything", &name);
    }
    return rc;
}

static int read_environment_name(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_name(p, value, "an environment", &p->e->name);
}

static int read_promotes_from(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_name(p, value, "an environment", &p->e->promotes_from);
}

static int read_protected(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_bool(value, &p->e->protected_, p->err);
}

static int read_lock_timeout(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_timeout(p, value, &p->e->settings.lock_timeout_ms);
}

static int read_statement_timeout(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_timeout(p, value, &p->e->settings.statement_timeout_ms);
}

static int read_connect_timeout(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_timeout(p, value, &p->e->settings.connect_timeout_ms);
}

static int read_connect_retry_for(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_timeout(p, value, &p->e->settings.connect_retry_for_ms);
}

static int read_liveness(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_timeout(p, value, &p->e->settings.liveness_ms);
}

static int read_lock_retries(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_int(value, 0, 100000, &p->e->settings.lock_retries, p->err);
}

static int read_lock_wait(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return yaml_duration(value, &p->e->settings.lock_wait_ms, p->err);
}

static int read_lock_lease(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    int rc = env_read_timeout(p, value, &p->e->settings.lock_lease_ms);
    if (rc == 0 && p->e->settings.lock_lease_ms < 1000) {
        return yaml_error(p->err, value, "a lease of less than a second could not be renewed in time");
    }
    return rc;
}

static int read_transaction(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const char *const names[] = {"plan", "revision"};
    _Static_assert(COUNT_OF(names) == TRANSACTION_MODE_COUNT, "a name for each mode");
    return yaml_enum(value, names, COUNT_OF(names), &p->e->settings.transaction, p->err);
}

static int read_settings(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    static const struct env_key keys[] = {{"lock_timeout", read_lock_timeout},
                                          {"lock_retries", read_lock_retries},
                                          {"lock_wait", read_lock_wait},
                                          {"lock_lease", read_lock_lease},
                                          {"statement_timeout", read_statement_timeout},
                                          {"connect_timeout", read_connect_timeout},
                                          {"connect_retry_for", read_connect_retry_for},
                                          {"liveness", read_liveness},
                                          {"transaction", read_transaction}};
    return env_read_map(p, value, keys, COUNT_OF(keys), NULL);
}

static int read_approvals(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    p->e->approvals = value;
    return env_check_approvals(p, value, NULL);
}

static int read_gates(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    p->e->gates = value;
    return env_check_gates(p, value, NULL);
}

static int read_notify(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    p->e->notify = value;
    return env_check_notify(p, value, NULL);
}

static int read_tunnel(struct env_parser *p, const struct yaml_node *value, void *into UNUSED)
{
    return env_read_tunnel(p, value, &p->e->tunnel);
}

/* A SQLite database is a file: the environment's tunnel is for its other targets. */
static void share_tunnel(struct environment *e)
{
    for (size_t i = 0; e->tunnel && i < e->ntargets; i++) {
        struct target *t = &e->targets[i];
        if (!t->has_tunnel && strncmp(t->url.text, "sqlite", 6) != 0) {
            t->tunnel = e->tunnel;
        }
    }
}

static void set_defaults(struct environment *e)
{
    e->settings = (struct settings){-1, -1, -1, -1, -1, -1, -1, -1, -1};
    e->rollout = (struct rollout){
        .parallel = 1, .on_failure = ON_FAILURE_STOP, .rollback_scope = ROLLBACK_RUN, .max_failures = 0};
}

static int parse_document(struct env_parser *p)
{
    static const struct env_key keys[] = {{"environment", read_environment_name},
                                          {"promotes_from", read_promotes_from},
                                          {"protected", read_protected},
                                          {"approvals", read_approvals},
                                          {"gates", read_gates},
                                          {"targets", env_read_targets},
                                          {"tunnel", read_tunnel},
                                          {"settings", read_settings},
                                          {"rollout", env_read_rollout},
                                          {"drift", env_read_drift},
                                          {"scratch", env_read_scratch},
                                          {"notify", read_notify}};
    const struct yaml_node *root = p->e->node;
    int rc = env_read_map(p, root, keys, COUNT_OF(keys), NULL);
    if (!rc) {
        rc = env_require(p, root, "environment", "an environment");
    }
    if (!rc) {
        rc = env_require(p, root, "targets", "an environment");
    }
    if (!rc && p->e->promotes_from && strcmp(p->e->promotes_from, p->e->name) == 0) {
        yaml_error(p->err, yaml_get(root, "promotes_from"), "an environment cannot promote from itself");
        rc = err_hint(p->err, "Name the environment that comes before this one.");
    }
    return rc;
}

int environment_parse(struct arena *a, const char *file, struct slice text, struct environment **out,
                      struct err *err)
{
    struct err unwanted;
    struct yaml_doc *doc;
    err = err ? err : &unwanted;
    int rc = yaml_load(a, file, text, &doc, err);
    if (rc) {
        return rc;
    }
    if (!doc->root) {
        err_set(err, ERR_FILE, "the environment document is empty");
        err_place(err, file, 1, 1);
        return err_hint(err, "It needs at least \"environment: NAME\" and a list of \"targets\".");
    }
    struct environment *e = arena_alloc(a, sizeof(*e));
    e->file = doc->file;
    e->dir = path_dirname(a, file);
    e->node = doc->root;
    set_defaults(e);
    struct env_parser p = {a, e, err};
    rc = parse_document(&p);
    if (rc) {
        return rc;
    }
    share_tunnel(e);
    *out = e;
    return 0;
}

int environment_load(struct arena *a, const char *path, struct environment **out, struct err *err)
{
    struct slice text;
    int rc = file_read(a, path, DOCUMENT_MAX, &text, err);
    if (rc) {
        return rc;
    }
    return environment_parse(a, path, text, out, err);
}

int environment_from_url(struct arena *a, const char *url, struct environment **out, struct err *err)
{
    struct environment *e = arena_alloc(a, sizeof(*e));
    e->name = "default";
    e->file = "";
    e->dir = ".";
    set_defaults(e);
    struct target *t = arena_alloc(a, sizeof(*t));
    t->name = "default";
    t->url = (struct template_text){.text = arena_dup(a, url), .dir = "."};
    int rc = env_check_url(a, &t->url, NULL, err);
    if (rc) {
        return rc;
    }
    e->targets = t;
    e->ntargets = 1;
    *out = e;
    return 0;
}

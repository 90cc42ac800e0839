/* Reading tunnels: hops in the order of ssh's -J, then what holds for the whole way. */
#include "environments/tunnel.h"
#include "base/vec.h"
#include "environments/parse.h"

#define SSH_PORT 22

struct reading {
    VEC(struct tunnel_hop) hops; /* complete ones */
    struct tunnel_hop hop;       /* the one being read */
    struct tunnel *tunnel;
    const struct yaml_node *jump; /* its value, of the hop being read */
};

static int read_host(struct env_parser *p, const struct yaml_node *value, void *into)
{
    struct tunnel_hop *hop = &((struct reading *)into)->hop;
    int rc = env_read_template(p, value, false, &hop->host);
    if (!rc && (strchr(hop->host.text, '@') || strstr(hop->host.text, "://")) &&
        !template_has_reference(&hop->host)) {
        yaml_error(p->err, value, "a tunnel's host is a name or an address alone");
        rc = err_hint(p->err, "The user and the port have keys of their own: user, port.");
    }
    return rc;
}

static int read_port(struct env_parser *p, const struct yaml_node *value, void *into)
{
    int64_t port;
    int rc = yaml_int(value, 1, 65535, &port, p->err);
    if (!rc) {
        ((struct reading *)into)->hop.port = (int)port;
    }
    return rc;
}

static int read_user(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_template(p, value, false, &((struct reading *)into)->hop.user);
}

static int read_passphrase(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_template(p, value, false, &((struct reading *)into)->hop.passphrase);
}

static int read_key(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_path(p, value, &((struct reading *)into)->hop.key);
}

static int read_known_hosts(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_path(p, value, &((struct reading *)into)->hop.known_hosts);
}

static int read_agent(struct env_parser *p, const struct yaml_node *value, void *into)
{
    bool agent;
    int rc = yaml_bool(value, &agent, p->err);
    if (!rc) {
        ((struct reading *)into)->hop.agent = agent;
    }
    return rc;
}

static int read_jump(struct env_parser *p, const struct yaml_node *value, void *into)
{
    ((struct reading *)into)->jump = value;
    if (value->kind == YAML_SCALAR || value->n == 0) {
        yaml_error(p->err, value, "jump must be a mapping or a list of them, found %s",
                   value->n == 0 && value->kind != YAML_SCALAR ? "an empty one" : yaml_kind_name(value));
        return err_hint(p->err, "Write jump: { host: ..., user: ... }, or a list of such hosts in the order "
                                "in which they are gone through.");
    }
    return 0;
}

static int read_connect_timeout(struct env_parser *p, const struct yaml_node *value, void *into)
{
    return env_read_timeout(p, value, &((struct reading *)into)->tunnel->connect_timeout_ms);
}

static int read_keepalive(struct env_parser *p, const struct yaml_node *value, void *into)
{
    int64_t *ms = &((struct reading *)into)->tunnel->keepalive_ms;
    int rc = env_read_timeout(p, value, ms);
    return !rc && *ms < 1000 ? yaml_error(p->err, value, "a keepalive is at least one second") : rc;
}

/* A hop's own keys come first: those of a jump are the same but for what holds for the whole way. */
static const struct env_key hop_keys[] = {
    {"host", read_host},
    {"port", read_port},
    {"user", read_user},
    {"key", read_key},
    {"passphrase", read_passphrase},
    {"agent", read_agent},
    {"known_hosts", read_known_hosts},
    {"jump", read_jump},
    {"connect_timeout", read_connect_timeout},
    {"keepalive", read_keepalive},
};
enum { JUMP_KEYS = COUNT_OF(hop_keys) - 2 };

static int read_hop(struct env_parser *p, struct reading *r, const struct yaml_node *value, size_t nkeys);

static int read_jumps(struct env_parser *p, struct reading *r, const struct yaml_node *jump)
{
    if (jump->kind == YAML_MAP) {
        return read_hop(p, r, jump, JUMP_KEYS);
    }
    int rc = 0;
    for (size_t i = 0; i < jump->n && !rc; i++) {
        const struct yaml_node *nested = yaml_key(jump->items[i], "jump");
        rc = nested ? yaml_error(p->err, nested, "a jump within a list of jumps")
                    : read_hop(p, r, jump->items[i], JUMP_KEYS);
        if (nested) {
            err_hint(p->err, "Write all of them into one list, in the order in which they are gone through.");
        }
    }
    return rc;
}

/* Its jumps go before it. */
static int read_hop(struct env_parser *p, struct reading *r, const struct yaml_node *value, size_t nkeys)
{
    r->hop = (struct tunnel_hop){.port = SSH_PORT, .agent = -1, .at = value};
    r->jump = NULL;
    int rc = env_read_map(p, value, hop_keys, nkeys, r);
    rc = rc ? rc : env_require(p, value, "host", nkeys == JUMP_KEYS ? "a jump" : "a tunnel");
    if (!rc && r->hop.passphrase.text && !r->hop.key) {
        yaml_error(p->err, yaml_key(value, "passphrase"), "a passphrase goes with a key");
        rc = err_hint(p->err, "Add \"key: PATH\", the file that it opens.");
    }
    struct tunnel_hop hop = r->hop;
    rc = rc || !r->jump ? rc : read_jumps(p, r, r->jump);
    if (!rc && r->hops.n == TUNNEL_HOPS_MAX) {
        rc = yaml_error(p->err, value, "more than %d hosts on the way", TUNNEL_HOPS_MAX);
    }
    if (!rc) {
        *vec_push(p->a, &r->hops) = hop;
    }
    return rc;
}

int env_read_tunnel(struct env_parser *p, const struct yaml_node *value, const struct tunnel **out)
{
    bool wanted = true;
    if (value->kind == YAML_SCALAR && yaml_bool(value, &wanted, NULL) == 0 && !wanted) {
        *out = NULL;
        return 0;
    }
    struct tunnel *t = arena_alloc(p->a, sizeof(*t));
    t->connect_timeout_ms = t->keepalive_ms = -1;
    struct reading r = {.tunnel = t};
    int rc = read_hop(p, &r, value, COUNT_OF(hop_keys));
    if (rc) {
        return value->kind == YAML_SCALAR
                   ? err_hint(p->err, "Write tunnel: { host: ..., user: ... }, or false for the direct way.")
                   : rc;
    }
    t->hops = r.hops.items;
    t->n = r.hops.n;
    *out = t;
    return 0;
}

/* Where the project keeps its runs: a file, or a database that several machines reach. */
#include "base/arena.h"
#include "base/file.h"
#include "environments/parse.h"
#include "environments/project.h"

#define DEFAULT_STORE ".lockstep/store.db"

static int refuse(struct err *err, const struct yaml_node *at, const char *what)
{
    yaml_error(err, at, "%s", what);
    return err_hint(err, "A store is a file such as " DEFAULT_STORE
                         ", or a database such as postgresql://user@host/database.");
}

static int read_server(struct arena *a, struct project *p, const struct yaml_node *url,
                       const struct yaml_node *password, struct err *err)
{
    struct target *t = arena_alloc(a, sizeof(*t));
    struct env_url_form form = {0};
    t->name = "store";
    t->node = url;
    t->url = (struct template_text){.at = url, .dir = p->dir};
    int rc = yaml_string(url, &t->url.text, err);
    rc = rc ? rc : env_check_url(a, &t->url, &form, err);
    if (!rc && form.dialect && strcmp(form.dialect, "postgresql") != 0) {
        rc = refuse(err, url, "a store on a server is a PostgreSQL database");
    }
    if (!rc && password) {
        t->password = (struct template_text){.at = password, .dir = p->dir};
        rc = yaml_string(password, &t->password.text, err);
        rc = rc ? rc : template_check(&t->password, err);
        if (!rc && form.has_password) {
            rc = yaml_error(err, password, "the password is given twice, here and in the URL");
        }
    }
    if (!rc) {
        p->store_server = t;
        p->store_named = true;
        p->store = target_display(a, t, p->dir);
    }
    return rc;
}

/* "postgres:/x" is a slip of the pen, and would otherwise become a folder of that name. */
static bool is_half_a_url(const char *text)
{
    size_t scheme = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return scheme > 1 && text[scheme] == ':';
}

static int half_a_url(const struct yaml_node *at, struct err *err)
{
    yaml_error(err, at, "the store is neither a file nor a URL, which has two slashes after the colon");
    if (err) {
        err->excerpt[0] = '\0'; /* it may hold a password */
    }
    return err_hint(err,
                    "A store on a server reads postgresql://user@host/database; write ./ before the name "
                    "of a file that has a colon.");
}

int project_read_store(struct arena *a, const struct yaml_node *root, struct project *p, struct err *err)
{
    static const char *const keys[] = {"url", "password"};
    const struct yaml_node *node = yaml_get(root, "store");
    if (node && node->kind == YAML_MAP) {
        int rc = yaml_only_keys(node, keys, COUNT_OF(keys), err);
        if (!rc && !yaml_get(node, "url")) {
            rc = refuse(err, node, "the store has no url");
        }
        return rc ? rc : read_server(a, p, yaml_get(node, "url"), yaml_get(node, "password"), err);
    }
    const char *store;
    int rc = project_text(root, "store", DEFAULT_STORE, &store, err);
    if (!rc && node && (strstr(store, "://") || strncmp(store, "${", 2) == 0)) {
        return read_server(a, p, node, NULL, err);
    }
    if (!rc && node && is_half_a_url(store)) {
        return half_a_url(node, err);
    }
    if (!rc) {
        p->store_named = node != NULL;
        p->store = path_join(a, p->dir, store);
    }
    return rc;
}

/* What documents may ask for and this version cannot do. One table: a line goes when the feature comes. */
#include "environments/environment.h"

static int refuse(const struct environment *e, const struct yaml_node *at, const char *what, struct err *err)
{
    if (at) {
        yaml_error(err, at, "%s not supported yet", what);
    } else {
        err_set(err, ERR_REFUSED, "%s not supported yet", what);
    }
    if (err) {
        err->status = ERR_REFUSED;
    }
    err_hint(err, "Take it out of the environment \"%s\" for now.", e->name);
    return ERR_REFUSED;
}

static int apply_supported(const struct environment *e, struct err *err)
{
    const struct {
        bool asked;
        const struct yaml_node *map;
        const char *key, *what;
    } table[] = {
        {e->protected_, e->node, "protected", "protected environments are"},
        {e->approvals != NULL, e->node, "approvals", "approvals are"},
        {e->notify != NULL, e->node, "notify", "notifications are"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (table[i].asked) {
            return refuse(e, yaml_key(table[i].map, table[i].key), table[i].what, err);
        }
    }
    return 0;
}

int environment_supported(const struct environment *e, enum environment_use use, struct err *err)
{
    int rc = use >= USE_APPLY ? apply_supported(e, err) : 0;
    if (!rc && use >= USE_PROMOTE && e->gates) {
        rc = refuse(e, yaml_key(e->node, "gates"), "gates are", err);
    }
    return rc;
}

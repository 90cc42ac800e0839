/* "permission denied for table t": which right is missing, and who can give it. */
#include "drivers/postgresql/internal.h"

/* What stands before the name in the message, and what to give. */
static const struct {
    const char *before, *grant, *kind;
} rights[] = {
    {"permission denied for schema ", "USAGE, CREATE", "SCHEMA"},
    {"permission denied for database ", "CREATE", "DATABASE"},
    {"permission denied for table ", "SELECT, INSERT, UPDATE, DELETE", "TABLE"},
    {"permission denied for sequence ", "USAGE, SELECT", "SEQUENCE"},
    {"permission denied for view ", "SELECT", "TABLE"},
    {"permission denied for function ", "EXECUTE", "FUNCTION"},
};

static const char *owned_name(const char *message)
{
    static const char before[] = "must be owner of ";
    return strncmp(message, before, strlen(before)) == 0 ? message + strlen(before) : NULL;
}

void pg_advise_rights(struct pg_conn *c, const char *message, struct err *err)
{
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT, user = STRBUF_INIT;
    pg_quote_ident(&user, PQuser(c->pg) ? PQuser(c->pg) : "");
    for (size_t i = 0; i < COUNT_OF(rights); i++) {
        size_t n = strlen(rights[i].before);
        if (strncmp(message, rights[i].before, n) == 0) {
            pg_quote_ident(&name, message + n);
            err_hint(err, "Its owner can allow it: GRANT %s ON %s %s TO %s;", rights[i].grant, rights[i].kind,
                     strbuf_cstr(&name), strbuf_cstr(&user));
            return;
        }
    }
    const char *owned = owned_name(message);
    if (owned) {
        err_hint(err,
                 "Only its owner may do this: let the owner's role run it, or GRANT that role TO %s; (\\d "
                 "shows who owns the %s).",
                 strbuf_cstr(&user), owned);
        return;
    }
    err_hint(err, "The user %s lacks a right for this: have an administrator grant it.", strbuf_cstr(&user));
}

/* "CREATE command denied to user 'u'@'h' for table `d`.`t`": which right is missing, and who can give it. */
#include "drivers/mysql/connection.h"

/* The account that a user logged in by may have another host than the user has. */
#define ACCOUNT "; SHOW GRANTS tells the account."

/* The right and the database of a message about a command. False: it is another message. */
static bool parse_command(const struct mysql_conn *c, const char *message, struct slice *right,
                          struct strbuf *place)
{
    static const char denied[] = " command denied to user ", table[] = " for table ";
    const char *at = strstr(message, denied), *on = at ? strstr(at, table) : NULL;
    if (!on || at == message) {
        return false;
    }
    *right = (struct slice){message, (size_t)(at - message)};
    const char *name = on + strlen(table), *dot = strstr(name, "`.`");
    if (name[0] == '`' && dot) {
        strbuf_add(place, name, (size_t)(dot - name) + 1);
    } else if (c->my->db) { /* older servers name the table alone */
        mysql_quote_ident(place, c->my->db);
    } else {
        return false;
    }
    return true;
}

/* "Access denied for user 'u'@'h' to database 'd'" */
static bool parse_database(const char *message, struct strbuf *place)
{
    static const char before[] = " to database '";
    const char *at = strstr(message, before), *end = at ? strrchr(at, '\'') : NULL;
    if (!at || end < at + strlen(before)) {
        return false;
    }
    AUTO(strbuf_release) struct strbuf name = STRBUF_INIT;
    strbuf_add(&name, at + strlen(before), (size_t)(end - at) - strlen(before));
    mysql_quote_ident(place, strbuf_cstr(&name));
    return true;
}

void mysql_advise_rights(const struct mysql_conn *c, const char *message, struct err *err)
{
    AUTO(strbuf_release) struct strbuf place = STRBUF_INIT;
    struct slice right = SLICE("ALL");
    if (!parse_command(c, message, &right, &place) && !parse_database(message, &place)) {
        err_hint(err, "Have an administrator grant the right that is missing" ACCOUNT);
        return;
    }
    err_hint(err, "An administrator can allow it: GRANT %.*s ON %s.* TO the user's account" ACCOUNT,
             (int)right.len, right.ptr, strbuf_cstr(&place));
}

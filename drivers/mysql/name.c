/*
 * The name behind a tunnel. Connector/C compares a server's certificate with the host it has connected to,
 * which is a loopback address then, and has no option for another name. It copies the host into the session
 * when the greeting has come, and reads it after the TLS handshake; in between it calls those that listen to
 * its traffic. There the true name is put in. Where that does not work (another library) the connection is
 * refused by mysql_name_was_verified().
 */
#include "drivers/mysql/connection.h"

/* Exported by the library, and in none of its headers. */
int ma_pvio_register_callback(my_bool add,
                              void (*callback)(int mode, MYSQL *my, const unsigned char *, size_t));

static _Thread_local const char *name; /* of the login in progress on this thread */

static void put_name(int mode, MYSQL *my, const unsigned char *bytes UNUSED, size_t n UNUSED)
{
    if (mode != 1 || !name || !my->host || strcmp(my->host, name) == 0) {
        return;
    }
    free(my->host); /* made by strdup(), freed by the library */
    my->host = xstrdup(name);
}

void mysql_name_init(void)
{
    ma_pvio_register_callback(1, put_name);
}

void mysql_name_begin(const struct mysql_login *l)
{
    name = l->verified_name;
}

void mysql_name_end(void)
{
    name = NULL;
}

bool mysql_name_was_verified(const MYSQL *my, const struct mysql_login *l, bool verify)
{
    return !verify || !l->verified_name || (my->host && strcmp(my->host, l->verified_name) == 0);
}

/* Who we are, and names for runs. */
#include "base/arena.h"
#include "base/file.h"
#include "engine/store/audit.h"
#include <pwd.h>
#include <sys/random.h>
#include <unistd.h>

/* Names from the environment end up in the audit log: nothing but what a user's or a machine's name is made
 * of. */
static bool is_plain_name(const char *s)
{
    return s && s[0] && strlen(s) <= 64 &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@$\\") == strlen(s);
}

static const char *user_name(struct arena *a, uid_t uid)
{
    struct passwd entry, *found = NULL;
    char buf[4096];
    if (getpwuid_r(uid, &entry, buf, sizeof(buf), &found) == 0 && found && is_plain_name(found->pw_name)) {
        return arena_dup(a, found->pw_name);
    }
    return arena_printf(a, "uid%lu", (unsigned long)uid);
}

const char *actor_name(struct arena *a)
{
    /* sudo's word counts only where sudo leads: for root. */
    const char *sudo = getenv("SUDO_USER");
    if (geteuid() == 0 && is_plain_name(sudo)) {
        return arena_dup(a, sudo);
    }
    return user_name(a, geteuid());
}

const char *actor_host(struct arena *a)
{
    char name[256] = "";
    if (gethostname(name, sizeof(name) - 1) != 0 || !is_plain_name(name)) {
        return "localhost";
    }
    return arena_dup(a, name);
}

char *run_id_new(struct arena *a)
{
    unsigned char random[3];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        uint64_t mixed = (uint64_t)time_monotonic_us() * 2654435761u + (uint64_t)getpid();
        memcpy(random, &mixed, sizeof(random));
    }
    time_t now = (time_t)(time_now_us() / 1000000);
    struct tm tm;
    gmtime_r(&now, &tm);
    char text[24];
    strftime(text, sizeof(text), "%Y%m%dT%H%M%S", &tm);
    return arena_printf(a, "r%s-%02x%02x%02x", text, random[0], random[1], random[2]);
}

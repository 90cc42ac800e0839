/*
 * Why a connection was not made. libpq has it as text only, so sessions connect with verbose messages: they
 * hold the SQLSTATE, which is taken out again together with the place in the server's source.
 */
#include "base/vec.h"
#include "drivers/postgresql/internal.h"
#include <errno.h>

static bool is_state(const char *p)
{
    for (int i = 0; i < 5; i++) {
        if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'A' && p[i] <= 'Z'))) {
            return false;
        }
    }
    return p[5] == ':' && p[6] == ' ';
}

/* "LOCATION:  InitProcess, proc.c:359", in the client's language */
static bool is_location(struct slice line)
{
    size_t end = line.len;
    while (end > 0 && line.ptr[end - 1] >= '0' && line.ptr[end - 1] <= '9') {
        end--;
    }
    return end < line.len && end > 3 && memcmp(line.ptr + end - 3, ".c:", 3) == 0;
}

const char *pg_refusal(struct arena *a, const char *message, char state[6])
{
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    struct slice rest = slice_of(message), line;
    state[0] = '\0';
    while (slice_cut(&rest, '\n', &line)) {
        if (is_location(line)) {
            continue;
        }
        for (size_t i = 0; i < line.len; i++) {
            bool after = i >= 3 && line.ptr[i - 1] == ' ' && line.ptr[i - 2] == ' ' && line.ptr[i - 3] == ':';
            if (after && line.len - i > 7 && is_state(line.ptr + i)) {
                memcpy(state, line.ptr + i, 5);
                state[5] = '\0';
                i += 6;
                continue;
            }
            strbuf_addch(&out, line.ptr[i]);
        }
        strbuf_addch(&out, '\n');
    }
    return pg_message(a, strbuf_cstr(&out));
}

bool pg_may_pass(const char *message, const char *state)
{
    /* too many connections, starting up, shutting down, crashed, restarting */
    static const char *const states[] = {"53300", "57P03", "57P01", "57P02", "57P05"};
    static const int errors[] = {ECONNREFUSED, ECONNRESET, EPIPE, EHOSTUNREACH, ENETUNREACH};
    if (state[0]) {
        for (size_t i = 0; i < COUNT_OF(states); i++) {
            if (strcmp(state, states[i]) == 0) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        char buf[128];
        if (strstr(message, strerror_r(errors[i], buf, sizeof(buf)))) {
            return true;
        }
    }
    /* A socket is missing while its server restarts. */
    return strstr(message, "closed the connection unexpectedly") ||
           (strstr(message, "on socket") && strstr(message, "No such file"));
}

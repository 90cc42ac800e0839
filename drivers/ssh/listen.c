/*
 * The local side of an end: a loopback address of its own with the port of the far end, so that clients that
 * go by the port (~/.pgpass) or print it see the true one. Any port of 127.0.0.1 where that cannot be had.
 */
#include "drivers/ssh/internal.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stddef.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 256, ADDRESS_TRIES = 8 };

static int try_listen(struct ssh_end *end, uint32_t address, int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};
    socklen_t size = sizeof(at);
    if (fd < 0) {
        return -1;
    }
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        close(fd);
        return -1;
    }
    inet_ntop(AF_INET, &at.sin_addr, end->address, sizeof(end->address));
    end->local_port = ntohs(at.sin_port);
    end->listener = fd;
    return 0;
}

int end_listen(struct ssh_end *end, struct err *err)
{
    for (int i = 0; i < ADDRESS_TRIES; i++) {
        uint32_t random = 0;
        if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
            break;
        }
        /* 127.64.0.0 to 127.127.255.254, away from what people and resolvers use */
        uint32_t address = 0x7F400000u + random % 0x3FFFFFu;
        if (try_listen(end, address, end->port) == 0) {
            return 0;
        }
    }
    if (try_listen(end, INADDR_LOOPBACK, 0) == 0) {
        return 0;
    }
    return err_set(err, ERR_FAILED, "cannot listen on loopback for a tunnel: %s", strerror(errno));
}

struct question {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
};

/* The kernel is asked whose the other end of the connection is. */
static bool ask_owner(int netlink, const struct sockaddr_in *own, const struct sockaddr_in *peer, uid_t *uid)
{
    struct question q = {
        .header = {.nlmsg_len = sizeof(q), .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
        .body = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u}};
    q.body.id.idiag_sport = peer->sin_port;
    q.body.id.idiag_src[0] = peer->sin_addr.s_addr;
    q.body.id.idiag_dport = own->sin_port;
    q.body.id.idiag_dst[0] = own->sin_addr.s_addr;
    q.body.id.idiag_cookie[0] = q.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (send(netlink, &q, sizeof(q), 0) != (ssize_t)sizeof(q)) {
        return false;
    }
    union {
        struct nlmsghdr header;
        char bytes[4096];
    } answer;
    ssize_t n = recv(netlink, &answer, sizeof(answer), 0);
    if (n < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)) ||
        answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) {
        return false;
    }
    const struct inet_diag_msg *m = NLMSG_DATA(&answer.header);
    *uid = m->idiag_uid;
    return true;
}

/* "0100007F:1F90": address and port in hexadecimal digits, as the kernel's table has them. */
static bool is_end(const char *text, const struct sockaddr_in *end)
{
    char *rest;
    unsigned long address = strtoul(text, &rest, 16);
    unsigned long port = *rest == ':' ? strtoul(rest + 1, NULL, 16) : 0;
    return address == end->sin_addr.s_addr && htons((uint16_t)port) == end->sin_port;
}

/* Where netlink cannot be had: the kernel's table as text. */
static bool find_owner(const struct sockaddr_in *own, const struct sockaddr_in *peer, uid_t *uid)
{
    FILE *f = fopen("/proc/net/tcp", "re");
    char line[512];
    bool found = false;
    while (f && !found && fgets(line, sizeof(line), f)) {
        char *rest = NULL, *fields[8]; /* number, local, remote, state, queues, timer, retransmits, user */
        size_t n = 0;
        for (char *p = strtok_r(line, " ", &rest); p && n < COUNT_OF(fields);
             p = strtok_r(NULL, " ", &rest)) {
            fields[n++] = p;
        }
        found = n == COUNT_OF(fields) && is_end(fields[1], peer) && is_end(fields[2], own);
        if (found) {
            *uid = (uid_t)strtoul(fields[7], NULL, 10);
        }
    }
    if (f) {
        fclose(f);
    }
    return found;
}

bool is_own_connection(int fd)
{
    struct sockaddr_in own = {0}, peer = {0};
    socklen_t own_size = sizeof(own), peer_size = sizeof(peer);
    if (getsockname(fd, (struct sockaddr *)&own, &own_size) != 0 ||
        getpeername(fd, (struct sockaddr *)&peer, &peer_size) != 0) {
        return false;
    }
    uid_t uid = 0;
    int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    struct timeval patience = {.tv_usec = 200000}; /* the kernel answers at once, or not at all */
    setsockopt(netlink, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    bool found = netlink >= 0 && ask_owner(netlink, &own, &peer, &uid);
    if (netlink >= 0) {
        close(netlink);
    }
    found = found || find_owner(&own, &peer, &uid);
    return found && uid == geteuid();
}

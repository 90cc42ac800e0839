/*
 * A real sshd on a loopback port, for tests, with keys of its own. Started in a folder below TMPDIR, stopped
 * at exit with the sessions that it made. Without an sshd on this machine the test is skipped with a message,
 * or fails when LOCKSTEP_TEST_REQUIRE_SERVERS=1.
 */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct sshd {
    int port;
    pid_t pid;
    char folder[256];      /* host, host_ecdsa (host keys), log, config, authorized_keys, known_hosts */
    char known_hosts[300]; /* the file with its Ed25519 key */
    char user_key[300];    /* a private key that it accepts */
};

/* settings: further lines of its configuration, or ""; a line here outranks the defaults. */
void sshd_start(struct sshd *s, const char *settings);
void sshd_stop(struct sshd *s); /* the listener; sessions stay */
/* Start the same one again, on the same port. */
void sshd_again(struct sshd *s);
/* Send a signal to the processes of its sessions; how many there are. */
size_t sshd_signal_sessions(const struct sshd *s, int signal);
/* How often its log has this text. */
size_t sshd_logged(const struct sshd *s, const char *text);

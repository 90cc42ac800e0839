/*
 * Run one command and tell what it took: once FILE COMMAND [ARGUMENT...] writes "STATUS WALL_NS CPU_US
 * PEAK_KB" to the file. A program this small adds little to what it measures: a script's own memory would be
 * counted as the peak of every child that it forks, and its start-up noise as time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long us(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: once FILE COMMAND [ARGUMENT...]\n");
        return 64;
    }
    int out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0) {
        perror(argv[1]);
        return 1;
    }
    pid_t pid;
    struct rusage used;
    int status;
    long long began = now_ns();
    int rc = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
    if (rc != 0) {
        fprintf(stderr, "once: %s: %s\n", argv[2], strerror(rc));
        return 127;
    }
    if (wait4(pid, &status, 0, &used) != pid) {
        perror("once: wait4");
        return 1;
    }
    long long took = now_ns() - began;
    dprintf(out, "%d %lld %lld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), took,
            us(used.ru_utime) + us(used.ru_stime), used.ru_maxrss);
    return 0;
}

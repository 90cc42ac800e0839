/* Printing that every command shares. */
#include "cmd/print.h"
#include <errno.h>
#include <jansson.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct {
    const char *name, *sequence;
} styles[] = {
    [STYLE_PLAIN] = {NULL, "\033[0m"},       [STYLE_BOLD] = {"bold", "\033[1m"},
    [STYLE_DIM] = {"halfbright", "\033[2m"}, [STYLE_RED] = {"red", "\033[31m"},
    [STYLE_GREEN] = {"green", "\033[32m"},   [STYLE_YELLOW] = {"yellow", "\033[33m"},
    [STYLE_CYAN] = {"cyan", "\033[36m"},
};
_Static_assert(COUNT_OF(styles) == STYLE_COUNT, "a sequence for every style");

bool print_is_terminal(FILE *to)
{
    const char *term = getenv("TERM");
    return isatty(fileno(to)) && !(term && strcmp(term, "dumb") == 0);
}

static bool wants_color(FILE *to)
{
    const char *no = getenv("NO_COLOR");
    return !(no && no[0]) && print_is_terminal(to);
}

bool print_utf8(void)
{
    setlocale(LC_CTYPE, "");
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!utf8) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
    return utf8;
}

const char *print_style(struct app *app, FILE *to, enum style style)
{
    int *decided = to == stdout ? &app->color_out : &app->color_err;
    if (*decided < 0) {
        *decided = wants_color(to);
    }
    return *decided ? styles[style].sequence : "";
}

const char *style_name(enum style style)
{
    return styles[style].name;
}

static const char *status_name(int status)
{
    switch (status) {
    case ERR_REFUSED:
        return "refused";
    case ERR_USAGE:
        return "usage";
    case ERR_FILE:
        return "file";
    case ERR_UNREACHABLE:
        return "unreachable";
    case ERR_INTERRUPTED:
        return "interrupted";
    default:
        return "failed";
    }
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text[0]) {
        json_t *s = json_string(text);
        json_object_set_new(o, key, s ? s : json_string("(not valid UTF-8)"));
    }
}

static void set_number(json_t *o, const char *key, int n)
{
    if (n > 0) {
        json_object_set_new(o, key, json_integer(n));
    }
}

json_t *err_json(const struct err *err)
{
    json_t *o = json_object();
    json_object_set_new(o, "status", json_string(status_name(err->status)));
    json_object_set_new(o, "exit", json_integer(err_exit_status(err)));
    set_text(o, "message", err->message);
    set_text(o, "file", err->file);
    set_number(o, "line", err->line);
    set_number(o, "column", err->column);
    set_text(o, "sqlstate", err->sqlstate);
    set_text(o, "hint", err->hint);
    if (err->retryable) {
        json_object_set_new(o, "retryable", json_true());
    }
    return o;
}

static void print_error_json(const struct err *err, bool one_line)
{
    json_t *o = json_pack("{s:o}", "error", err_json(err));
    json_dumpf(o, stderr, one_line ? JSON_COMPACT : JSON_INDENT(2));
    fputc('\n', stderr);
    json_decref(o);
}

static void print_problem(struct app *app, const struct err *err, enum style style, const char *word)
{
    fflush(stdout);
    char line[sizeof(err->file) + sizeof(err->message) + 64];
    const char *plain = print_style(app, stderr, STYLE_PLAIN);
    fprintf(stderr, "%slockstep:%s %s%s", print_style(app, stderr, style), plain, word,
            err_format(err, line, sizeof(line)));
    if (err->sqlstate[0]) {
        fprintf(stderr, " (SQLSTATE %s)", err->sqlstate);
    }
    fputc('\n', stderr);
    if (err->excerpt[0]) {
        fprintf(stderr, "%s\n", err->excerpt);
    }
    if (err->hint[0]) {
        fprintf(stderr, "%shint:%s %s\n", print_style(app, stderr, STYLE_CYAN), plain, err->hint);
    }
}

void print_error(struct app *app, const struct err *err)
{
    if (app->json) {
        print_error_json(err, app->jsonl);
    } else {
        print_problem(app, err, STYLE_RED, "");
    }
}

void print_doubt(struct app *app, const struct err *err)
{
    print_problem(app, err, STYLE_YELLOW, "warning: ");
}

PRINTF(4, 0)
static void print_line(struct app *app, enum style style, const char *word, const char *fmt, va_list ap)
{
    fflush(stdout);
    fprintf(stderr, "%slockstep:%s %s", print_style(app, stderr, style),
            print_style(app, stderr, STYLE_PLAIN), word);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
}

void print_note(struct app *app, const char *fmt, ...)
{
    if (app->quiet) {
        return;
    }
    va_list ap;
    va_start(ap, fmt);
    print_line(app, STYLE_DIM, "", fmt, ap);
    va_end(ap);
}

void print_warning(struct app *app, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    print_line(app, STYLE_YELLOW, "warning: ", fmt, ap);
    va_end(ap);
}

int print_confirm(struct app *app, struct err *err, const char *fmt, ...)
{
    if (app->yes) {
        return 0;
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        err_set(err, ERR_REFUSED, "a question needs an answer, and there is no terminal to ask on");
        return err_hint(err, "Give --yes to go ahead without being asked.");
    }
    fflush(stdout);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputs(" [y/N] ", stderr);
    char answer[32];
    bool yes = fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
    return yes ? 0 : err_set(err, ERR_REFUSED, "not confirmed: nothing was done");
}

int print_width(void)
{
    struct winsize w;
    if (!isatty(STDOUT_FILENO)) {
        return 0;
    }
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

void print_setup(void)
{
    static char buffer[1 << 16];
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away must not kill a run half-way */
    signal(SIGXFSZ, SIG_IGN); /* nor a limit on the size of files */
    signal(SIGCHLD, SIG_DFL); /* inherited as ignored, it would hide how the commands of ${exec:} end */
    setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

/* Whether nobody reads our standard output any more. */
static bool reader_is_gone(void)
{
    struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

int print_finish(int status)
{
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    int why = errno;
    if (!failed || why == EPIPE || reader_is_gone()) {
        return status;
    }
    fprintf(stderr, "lockstep: cannot write to standard output%s%s\n", why ? ": " : "",
            why ? strerror(why) : "");
    return status ? status : 1;
}

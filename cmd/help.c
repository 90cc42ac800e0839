/* lockstep help, --help: the tables as text of at most 79 columns. */
#include "cmd/help.h"
#include "base/str.h"

#define WIDTH       79
#define COLUMN_MAX  30
#define STUCK_BLANK '\x1f' /* a blank at which a line is not broken */

/* Words of one paragraph; `column` is where the first line already stands. */
static void wrap_paragraph(FILE *to, struct slice text, int column, int indent, int width)
{
    struct slice word;
    bool first = true;
    while (text.ptr) {
        size_t n = 0;
        while (n < text.len && text.ptr[n] != ' ' && text.ptr[n] != '\n') {
            n++;
        }
        word = (struct slice){text.ptr, n};
        text = n < text.len ? (struct slice){text.ptr + n + 1, text.len - n - 1} : (struct slice){NULL, 0};
        if (word.len == 0) {
            continue;
        }
        if (!first && column + 1 + (int)word.len > width) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
        } else if (!first) {
            fputc(' ', to);
            column++;
        }
        for (size_t i = 0; i < word.len; i++) {
            fputc(word.ptr[i] == STUCK_BLANK ? ' ' : word.ptr[i], to);
        }
        column += (int)word.len;
        first = false;
    }
    fputc('\n', to);
}

/* Cut a paragraph (up to an empty line) or a line that begins with a blank off the text. */
static struct slice next_block(struct slice *rest)
{
    size_t n = 0;
    bool verbatim = rest->len && rest->ptr[0] == ' ';
    while (n < rest->len) {
        if (rest->ptr[n] == '\n' &&
            (n == 0 || verbatim || n + 1 == rest->len || strchr("\n ", rest->ptr[n + 1]))) {
            break;
        }
        n++;
    }
    struct slice block = {rest->ptr, n};
    n += n < rest->len;
    *rest = (struct slice){rest->ptr + n, rest->len - n};
    return block;
}

void help_wrap(FILE *to, const char *text, int indent, int width)
{
    struct slice rest = slice_of(text);
    while (rest.len) {
        struct slice block = next_block(&rest);
        if (block.len == 0) {
            fputc('\n', to);
        } else if (block.ptr[0] == ' ') {
            fprintf(to, "%*s%.*s\n", indent, "", (int)block.len, block.ptr);
        } else {
            fprintf(to, "%*s", indent, "");
            wrap_paragraph(to, block, indent, indent, width);
        }
    }
}

static void heading(struct app *app, FILE *to, const char *text)
{
    fprintf(to, "\n%s%s%s\n", print_style(app, to, STYLE_BOLD), text, print_style(app, to, STYLE_PLAIN));
}

/* "  left      right", the right side wrapped below itself. */
static void two_columns(FILE *to, const char *left, const char *right, int column)
{
    int len = (int)strlen(left) + 2;
    fprintf(to, "  %s", left);
    if (len + 2 > column) {
        fprintf(to, "\n%*s", column, "");
    } else {
        fprintf(to, "%*s", column - len, "");
    }
    wrap_paragraph(to, slice_of(right), column, column, WIDTH);
}

static void option_left(const struct option_spec *s, struct strbuf *out)
{
    strbuf_clear(out);
    if (s->letter) {
        strbuf_addf(out, "-%c, --%s", s->letter, s->name);
    } else {
        strbuf_addf(out, "    --%s", s->name);
    }
    if (s->value) {
        strbuf_addf(out, " %s", s->value);
    }
}

static void print_options(FILE *to, const struct option_spec *options)
{
    AUTO(strbuf_release) struct strbuf left = STRBUF_INIT;
    int column = 0;
    for (const struct option_spec *s = options; s->name; s++) {
        option_left(s, &left);
        int need = (int)left.len + 4;
        column = need > column && need <= COLUMN_MAX ? need : column;
    }
    for (const struct option_spec *s = options; s->name; s++) {
        option_left(s, &left);
        two_columns(to, strbuf_cstr(&left), s->help, column ? column : COLUMN_MAX);
    }
}

static void print_arguments(FILE *to, const struct argument_spec *arguments)
{
    int column = 0;
    for (const struct argument_spec *s = arguments; s->name; s++) {
        int need = (int)strlen(s->name) + 4;
        column = need > column ? need : column;
    }
    for (const struct argument_spec *s = arguments; s->name; s++) {
        two_columns(to, s->name, s->help, column);
    }
}

static void print_examples(FILE *to, const struct example *examples)
{
    for (const struct example *e = examples; e->command; e++) {
        fprintf(to, "  %s\n      ", e->command);
        wrap_paragraph(to, slice_of(e->text), 6, 6, WIDTH);
    }
}

static void print_usage(FILE *to, const struct command *c)
{
    AUTO(strbuf_release) struct strbuf synopsis = STRBUF_INIT;
    command_synopsis(c, &synopsis);
    /* "[-m TEXT]" stays on one line */
    int depth = 0;
    for (size_t i = 0; i < synopsis.len; i++) {
        char ch = synopsis.ptr[i];
        depth += (ch == '[') - (ch == ']');
        bool value = ch == ' ' && i >= 2 && synopsis.ptr[i - 2] == '-' && synopsis.ptr[i + 1] != '[';
        if (ch == ' ' && (depth > 0 || value)) {
            synopsis.ptr[i] = STUCK_BLANK;
        }
    }
    fputs("Usage: lockstep ", to);
    wrap_paragraph(to, slice_of(strbuf_cstr(&synopsis)), 16, 16, WIDTH);
}

static void print_subcommands(FILE *to, const struct command *c)
{
    for (const struct command *const *s = c->subcommands; *s; s++) {
        two_columns(to, (*s)->name, (*s)->summary, 4 + (int)strlen(c->name) + 10);
    }
}

static void help_command(struct app *app, const struct command *c, FILE *to)
{
    print_usage(to, c);
    fputc('\n', to);
    help_wrap(to, c->description, 0, WIDTH);
    if (c->subcommands) {
        heading(app, to, "Commands:");
        print_subcommands(to, c);
    }
    if (c->arguments && c->arguments->name) {
        heading(app, to, "Arguments:");
        print_arguments(to, c->arguments);
    }
    if (c->options && c->options->name) {
        heading(app, to, "Options:");
        print_options(to, c->options);
    }
    if (c->examples && c->examples->command) {
        heading(app, to, "Examples:");
        print_examples(to, c->examples);
    }
    fputs("\nOptions that every command takes (-c, -e, -t, -q, -v, --format): lockstep help\n", to);
}

static void print_commands(struct app *app, FILE *to)
{
    for (int group = 0; group < GROUP_COUNT; group++) {
        bool titled = false;
        for (size_t i = 0; i < ncommands; i++) {
            if ((int)commands[i]->group != group) {
                continue;
            }
            if (!titled) {
                heading(app, to, command_group_title((enum command_group)group));
                titled = true;
            }
            two_columns(to, commands[i]->name, commands[i]->summary, 18);
        }
    }
}

void help_print_short(struct app *app, FILE *to)
{
    fputs("Usage: lockstep [OPTION...] COMMAND [ARGUMENT...]\n", to);
    print_commands(app, to);
    fputs("\n\"lockstep help COMMAND\" tells more, \"lockstep init\" begins a project.\n", to);
}

static void help_program(struct app *app, FILE *to)
{
    fputs("Usage: lockstep [OPTION...] COMMAND [ARGUMENT...]\n\n", to);
    help_wrap(
        to,
        "Lockstep moves database schemas through environments: one revision graph, many databases, every "
        "environment in step.",
        0, WIDTH);
    print_commands(app, to);
    heading(app, to, "Options, before or after the command");
    print_options(to, global_options);
    heading(app, to, "Exit status");
    help_wrap(
        to,
        "0 done; 1 failed; 2 a difference was found; 3 done within the failure budget; 4 refused; 64 wrong "
        "command line; 65 wrong file; 69 a target cannot be reached; 130 interrupted.",
        2, WIDTH);
    fputs("\n\"lockstep help COMMAND\" tells more, \"lockstep init\" begins a project.\n", to);
}

void help_print(struct app *app, const struct command *c)
{
    if (c) {
        help_command(app, c, stdout);
    } else {
        help_program(app, stdout);
    }
}

static int run(struct app *app, struct err *err)
{
    const struct command *c = NULL;
    for (size_t i = 0; i < app->args.words.n; i++) {
        if (c && !c->subcommands) {
            return err_set(err, ERR_USAGE, "%s has no command \"%s\"", c->name, args_word(&app->args, i));
        }
        int rc = command_find(c, args_word(&app->args, i), &c, err);
        if (rc) {
            return rc;
        }
    }
    help_print(app, c);
    return 0;
}

const struct command command_help = {
    .name = "help",
    .group = GROUP_HELP,
    .summary = "show help for a command",
    .description = "Without an argument, lists the commands and the options that all of them take.",
    .arguments =
        (const struct argument_spec[]){
            {.name = "COMMAND",
             .help = "the command to explain, for instance \"history\" or \"env list\"",
             .complete = COMPLETE_COMMAND,
             .optional = true,
             .many = true},
            {0}},
    .examples = (const struct example[]){{"lockstep help", "list every command"},
                                         {"lockstep help history", "the same as \"lockstep history --help\""},
                                         {0}},
    .run = run,
};

/* lockstep man: the manual page lockstep(1), out of the tables. */
#include "base/str.h"
#include "cmd/report.h"

/* Text as troff: dashes that can be copied, no accidental requests. `start`: at the beginning of a line. */
static void add_text(struct strbuf *b, const char *text, bool start)
{
    for (const char *p = text; *p; p++) {
        if (start && (*p == '.' || *p == '\'')) {
            strbuf_adds(b, "\\&");
        }
        start = *p == '\n';
        switch (*p) {
        case '\\':
            strbuf_adds(b, "\\e");
            break;
        case '-':
            strbuf_adds(b, "\\-");
            break;
        case '"':
            strbuf_adds(b, "\\(dq");
            break;
        case '~':
            strbuf_adds(b, "\\(ti");
            break;
        case '^':
            strbuf_adds(b, "\\(ha");
            break;
        default:
            strbuf_addch(b, *p);
        }
    }
}

static void add_line(struct strbuf *b, const char *text)
{
    add_text(b, text, true);
    strbuf_addch(b, '\n');
}

static void add_macro(struct strbuf *b, const char *macro, const char *text)
{
    strbuf_addf(b, ".%s \"", macro);
    add_text(b, text, false);
    strbuf_adds(b, "\"\n");
}

/* Sentences, with an empty line between paragraphs. Begins inside a paragraph. */
static void add_paragraphs(struct strbuf *b, const char *text)
{
    struct slice rest = slice_of(text), line;
    bool verbatim = false;
    while (slice_cut(&rest, '\n', &line)) {
        bool indented = line.len && line.ptr[0] == ' ';
        if (indented != verbatim) {
            strbuf_adds(b, indented ? ".PP\n.nf\n" : ".fi\n");
            verbatim = indented;
        }
        char *copy = xcalloc(line.len + 1, 1);
        memcpy(copy, line.ptr, line.len);
        if (line.len == 0) {
            strbuf_adds(b, ".PP\n");
        } else {
            add_line(b, copy);
        }
        free(copy);
    }
    if (verbatim) {
        strbuf_adds(b, ".fi\n");
    }
}

static void add_options(struct strbuf *b, const struct option_spec *options)
{
    for (const struct option_spec *s = options; s && s->name; s++) {
        strbuf_adds(b, ".TP\n");
        if (s->letter) {
            strbuf_addf(b, "\\fB\\-%c\\fR, ", s->letter);
        }
        strbuf_adds(b, "\\fB\\-\\-");
        add_text(b, s->name, false);
        strbuf_adds(b, "\\fR");
        if (s->value) {
            strbuf_addf(b, " \\fI%s\\fR", s->value);
        }
        strbuf_addch(b, '\n');
        add_line(b, s->help);
    }
}

static void add_examples(struct strbuf *b, const struct example *examples)
{
    for (const struct example *e = examples; e && e->command; e++) {
        strbuf_adds(b, ".TP\n\\fB");
        add_text(b, e->command, false);
        strbuf_adds(b, "\\fR\n");
        add_line(b, e->text);
    }
}

static void add_command(struct strbuf *b, const struct command *c)
{
    AUTO(strbuf_release) struct strbuf text = STRBUF_INIT;
    command_synopsis(c, &text);
    add_macro(b, "SS", c->name);
    strbuf_adds(b, ".B lockstep ");
    add_text(b, strbuf_cstr(&text), false);
    strbuf_adds(b, "\n.PP\n");
    add_paragraphs(b, c->description);
    for (const struct argument_spec *s = c->arguments; s && s->name; s++) {
        strbuf_addf(b, ".TP\n\\fI%s\\fR\n", s->name);
        add_line(b, s->help);
    }
    add_options(b, c->options);
    add_examples(b, c->examples);
    for (const struct command *const *s = c->subcommands; s && *s; s++) {
        add_command(b, *s);
    }
}

static const struct {
    const char *status, *text;
} statuses[] = {
    {"0", "done, nothing left to do"},
    {"1", "failed"},
    {"2", "a difference was found: steps are pending, or a database is not as recorded"},
    {"3", "finished within the failure budget: some targets failed"},
    {"4", "refused: stale plan, missing approval, lock held, or not supported yet"},
    {"64", "the command line is wrong"},
    {"65", "a file is wrong"},
    {"69", "a target cannot be reached"},
    {"130", "interrupted; everything in flight was taken to a recorded state"},
};

static const struct {
    const char *name, *text;
} files[] = {
    {"lockstep.yaml", "the project: where revisions, environments, plans and the store are"},
    {"environments/*.yaml", "one environment a file"},
    {"revisions/*.sql", "one revision a file"},
    {"plans/*.yaml", "saved plans"},
    {".lockstep/store.db", "the record of runs"},
};

static void add_identifiers(struct strbuf *b)
{
    strbuf_adds(b, ".SH REVISIONS\n");
    add_paragraphs(b,
                   "Where a command takes a revision, it is named by its id or the beginning of its id, by a "
                   "branch label, or by one of these words.");
    static const struct {
        const char *word, *text;
    } words[] = {
        {"head, heads", "the newest revision; with several branches, all of the newest ones"},
        {"base", "the state before any revision"},
        {"current", "where the selected database stands (history and show)"},
        {"label@head, label@base", "the newest and the first revision of a branch"},
        {"+2, -1", "so many steps from where the database stands"},
        {"id+2, id-1", "so many steps from a revision"},
        {"a:b", "from a to b, for ranges"},
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        strbuf_adds(b, ".TP\n\\fB");
        add_text(b, words[i].word, false);
        strbuf_adds(b, "\\fR\n");
        add_line(b, words[i].text);
    }
}

static void add_tail(struct strbuf *b)
{
    strbuf_adds(b, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        strbuf_addf(b, ".TP\n.B %s\n", statuses[i].status);
        add_line(b, statuses[i].text);
    }
    strbuf_adds(b, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\n");
    add_line(b, "when set and not empty, output has no colours unless --color always is given");
    strbuf_adds(b, ".SH FILES\n");
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        strbuf_adds(b, ".TP\n.I ");
        add_text(b, files[i].name, false);
        strbuf_addch(b, '\n');
        add_line(b, files[i].text);
    }
    strbuf_adds(b, ".SH SEE ALSO\n.BR psql (1),\n.BR mariadb (1),\n.BR sqlite3 (1)\n");
}

static int run(struct app *app, struct err *err)
{
    (void)app, (void)err;
    AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;
    strbuf_addf(&b, ".TH LOCKSTEP 1 \"\" \"lockstep %s\" \"User Commands\"\n", LOCKSTEP_VERSION);
    strbuf_adds(&b, ".SH NAME\nlockstep \\- move database schemas through environments, in step\n"
                    ".SH SYNOPSIS\n.B lockstep\n[\\fIOPTION\\fR...] \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n"
                    ".SH DESCRIPTION\n");
    add_paragraphs(
        &b, "Lockstep reads environment definitions, computes an upgrade plan for each target from the "
            "graph of revisions, renders its SQL for people to read, applies it across PostgreSQL, "
            "MySQL, MariaDB and SQLite with rollback on failure, keeps an audit log, and promotes what "
            "has proved itself in one environment to the next.");
    strbuf_adds(&b, ".SH OPTIONS\nThese may stand before or after the command.\n");
    add_options(&b, global_options);
    strbuf_adds(&b, ".SH COMMANDS\n");
    for (size_t i = 0; i < ncommands; i++) {
        add_command(&b, commands[i]);
    }
    add_identifiers(&b);
    add_tail(&b);
    fwrite(b.ptr, 1, b.len, stdout);
    return 0;
}

const struct command command_man = {
    .name = "man",
    .group = GROUP_HELP,
    .summary = "print the manual page",
    .description = "Prints lockstep(1) in troff, for \"man -l\" or to be installed.",
    .examples =
        (const struct example[]){{"lockstep man | man -l -", "read it"},
                                 {"lockstep man > /usr/local/share/man/man1/lockstep.1", "install it"},
                                 {0}},
    .run = run,
};

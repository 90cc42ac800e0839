/* The page of a drift report: what its parts (cmd/drift_html*.c) share. */
#pragma once
#include "cmd/drift_report.h"
#include "cmd/markup.h"

struct drift_page {
    struct strbuf *out;
    struct arena *arena;
    const struct drift_report *report;
    drift_cases_t cases;
    const size_t *case_of;    /* by target: index into cases; SIZE_MAX: not judged */
    bool open;                /* what was found is unfolded */
    const char *left, *right; /* what the two sides are called */
};

/* <name>text</name>, the text escaped; name may have attributes. */
void drift_page_element(struct drift_page *p, const char *name, const char *text);
/* One finding, folded or not, with all that is known about it. id: unique in the page. */
void drift_page_finding(struct drift_page *p, const struct drift_finding *f, const char *id);
/* The finding in a line, without its definitions. */
void drift_page_finding_line(struct drift_page *p, const struct drift_finding *f);
/* The names of targets, linked to their rows; many of them folded. */
void drift_page_names(struct drift_page *p, const size_t *targets, size_t n);

/* What a report is made of; only for report.c and report_text.c. */
#pragma once
#include "cmd/report.h"
#include <jansson.h>

/* JSON deeper than this could not be read back by common readers. */
#define REPORT_DEPTH_MAX 500

enum cell_kind { CELL_NULL, CELL_TEXT, CELL_INT, CELL_BOOL, CELL_LIST };

struct cell {
    enum cell_kind kind;
    enum style style;
    const char *text; /* as people read it; NULL: nothing */
    int64_t number;
    strings_t list;
};

struct fact {
    const char *key, *title;
    struct cell value;
};

typedef VEC(struct report_row *) report_rows_t;

struct report_row {
    struct report *report;
    struct report_row *parent;
    struct cell *cells;
    report_rows_t children;
};

struct report {
    struct app *app;
    const char *name, *empty;
    const struct column *columns;
    size_t ncolumns;
    report_rows_t rows;
    VEC(struct fact) facts;
};

int report_print_text(struct report *r, struct err *err);

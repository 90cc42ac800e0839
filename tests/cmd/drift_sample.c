/* drift_sample FORMAT fleet|none|diff|large: a report made by hand, for tests and for a look at it. */
#include "tests/cmd/drift_sample.h"
#include <stdio.h>

int main(int argc, char **argv)
{
    AUTO(arena_release) struct arena a = ARENA_INIT;
    AUTO(strbuf_release) struct strbuf out = STRBUF_INIT;
    const struct drift_format *format = argc == 3 ? drift_format_find(argv[1]) : NULL;
    if (!format) {
        fprintf(stderr, "usage: drift_sample json|markdown|junit|html fleet|none|diff|large\n");
        return 64;
    }
    struct drift_report r = {.environment = "production", .version = "0.1.0"};
    if (strcmp(argv[2], "fleet") == 0) {
        sample_report(&a, &r, 20);
    } else if (strcmp(argv[2], "diff") == 0) {
        sample_diff(&a, &r);
    } else if (strcmp(argv[2], "large") == 0) {
        sample_large(&a, &r);
    } else {
        sample_target(&a, &r, "eu-1", DRIFT_NONE);
    }
    format->write(&out, &r);
    fwrite(strbuf_cstr(&out), 1, out.len, stdout);
    return out.overflow;
}

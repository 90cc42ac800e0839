/* Which statements may be sent in one text with others. */
#pragma once
#include "base/str.h"

enum mysql_join {
    MYSQL_JOIN_ANYWHERE, /* one result, and its end is certain: others may follow in the same text */
    MYSQL_JOIN_LAST,     /* may give several results, or could swallow what follows */
    MYSQL_JOIN_ALONE,    /* may give none where it is not alone */
    MYSQL_JOIN_COUNT
};
enum mysql_join mysql_join_of(struct slice text);

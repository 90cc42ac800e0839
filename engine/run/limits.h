/* What the operating system allows this process, before it is needed. */
#pragma once
#include "base/err.h"
#include <stddef.h>

/* Raise the limit of open files as far as the system allows. ERR_REFUSED when `at_once` targets at the same
 * time cannot fit, and `held` more that wait with their commits: says how many would. */
int limits_reserve_files(size_t at_once, size_t held, struct err *err);

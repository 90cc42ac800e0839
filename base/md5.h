/* MD5, for names that others derive with it. Written out here because a libcrypto may be set up without it.
 */
#pragma once
#include "base/str.h"

#define MD5_HEX 32
void md5_hex(struct slice text, char hex[MD5_HEX + 1]); /* lower case, with a NUL */

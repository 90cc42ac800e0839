/* MD5 of RFC 1321's examples, and of lengths around its blocks. */
#include "base/md5.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void digests_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digest;
    } rows[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    char hex[MD5_HEX + 1];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        md5_hex(slice_of(rows[i].text), hex);
        assert_string_equal(hex, rows[i].digest);
    }
}

static void lengths_around_a_block_are_padded(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *digest;
    } rows[] = {
        {55, "04364420e25c512fd958a70738aa8f72"},  {56, "668a72d5ba17f08e62dabcafad6db14b"},
        {57, "693037871c4a9d3d8685018905cb530a"},  {63, "7dc2ca208106a2f703567bdff99d8981"},
        {64, "c1bb4f81d892b2d57947682aeb252456"},  {65, "1bc932052302d074bdec39795fe00cf6"},
        {119, "ab347a5f68c8a443cfcddc633f12c24f"}, {120, "fb98667f98096de92620b64f46e1c5b5"},
        {128, "d69cb61a6ee87200676eb0d4b90edbcb"},
    };
    char text[128], hex[MD5_HEX + 1];
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        md5_hex((struct slice){text, rows[i].n}, hex);
        assert_string_equal(hex, rows[i].digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(digests_are_those_of_the_rfc),
                                       cmocka_unit_test(lengths_around_a_block_are_padded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

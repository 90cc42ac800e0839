/* SHA-256 against published values, and the fielded form. */
#include "base/digest.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void known_values(void **state UNUSED)
{
    /* FIPS 180-2, appendix B. */
    char hex[DIGEST_HEX + 1];
    sha256_hex("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static const char *fields(const char *a, const char *b)
{
    static char hex[4][DIGEST_HEX + 1];
    static unsigned next;
    struct digest d;
    char *out = hex[next++ % 4];
    digest_init(&d);
    digest_string(&d, a);
    digest_string(&d, b);
    digest_hex(&d, out);
    return out;
}

static void every_field_counts(void **state UNUSED)
{
    assert_string_equal(fields("ab", "c"), fields("ab", "c"));
    assert_string_not_equal(fields("ab", "c"), fields("a", "bc"));
    assert_string_not_equal(fields("", "x"), fields("x", ""));
    assert_string_not_equal(fields(NULL, "x"), fields("", "x"));
}

static void the_form_of_fields_is_fixed(void **state UNUSED)
{
    /* Stored digests depend on it: length in 8 bytes, little endian, then the bytes. */
    char fielded[DIGEST_HEX + 1], plain[DIGEST_HEX + 1];
    struct digest d;
    digest_init(&d);
    digest_field(&d, "hi", 2);
    digest_number(&d, -2);
    digest_string(&d, NULL);
    digest_raw(&d, "!", 1);
    digest_hex(&d, fielded);
    static const char bytes[] =
        "\2\0\0\0\0\0\0\0hi\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF!";
    sha256_hex(bytes, sizeof(bytes) - 1, plain);
    assert_string_equal(fielded, plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_values), cmocka_unit_test(every_field_counts),
                                       cmocka_unit_test(the_form_of_fields_is_fixed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

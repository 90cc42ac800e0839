/*
 * Eight characters at a time: where runs of blanks and names end, and where something of interest stands in a
 * string. Words hold the first character in their lowest byte. Sources are padded, so that eight bytes can be
 * read at each of their characters.
 */
#pragma once
#include <stdint.h>
#include <string.h>

#define PY_EVERY(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(unsigned char)(byte))
#define PY_HIGH        PY_EVERY(0x80)

static inline uint64_t py_word(const char *s)
{
    uint64_t word;
    memcpy(&word, s, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The first n of a word's characters, n <= 8, with zeroes behind. */
static inline uint64_t py_word_cut(uint64_t word, size_t n)
{
    return n < 8 ? word & ((UINT64_C(1) << 8 * n) - 1) : word;
}

/* The index of the first character whose highest bit is set in the mask, which is not 0. */
static inline size_t py_first(uint64_t mask)
{
    return (size_t)__builtin_ctzll(mask) >> 3;
}

/* Highest bits of the characters that are the byte. Behind the first one there may be wrong ones. */
static inline uint64_t py_equal_to(uint64_t word, char byte)
{
    uint64_t x = word ^ PY_EVERY(byte);
    return (x - PY_EVERY(1)) & ~x & PY_HIGH;
}

/* The same for characters below the byte, which is at most 0x80. */
static inline uint64_t py_less_than(uint64_t word, char byte)
{
    return (word - PY_EVERY(byte)) & ~word & PY_HIGH;
}

/* The same for letters, digits, _, and all that is not ASCII; exact. */
static inline uint64_t py_name_characters(uint64_t word)
{
    uint64_t x = word & ~PY_HIGH, lower = x | PY_EVERY(0x20);
    uint64_t letter = (lower + PY_EVERY(0x80 - 'a')) & ~(lower + PY_EVERY(0x80 - 'z' - 1));
    uint64_t digit = (x + PY_EVERY(0x80 - '0')) & ~(x + PY_EVERY(0x80 - '9' - 1));
    uint64_t underscore = ~((x ^ PY_EVERY('_')) + PY_EVERY(0x7F));
    return (letter | digit | underscore | word) & PY_HIGH;
}

static inline const char *py_skip_spaces(const char *s)
{
    if (*s != ' ' || *++s != ' ') { /* most often none, or one */
        return s;
    }
    for (;; s += 8) {
        uint64_t other = py_word(s) ^ PY_EVERY(' ');
        if (other) {
            return s + py_first(other);
        }
    }
}

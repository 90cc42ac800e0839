/* Attributes used everywhere: cleanup, printf checking, unused results. */
#pragma once

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_USE          __attribute__((warn_unused_result))
#define UNUSED            __attribute__((unused))

/* AUTO(strbuf_release) struct strbuf b = STRBUF_INIT;  runs strbuf_release(&b) when b leaves its scope. */
#define AUTO(fn)    __attribute__((cleanup(fn)))

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

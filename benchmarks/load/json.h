/* A reader over JSON in memory: it walks members and elements where they stand,
 * copies nothing and builds nothing. */
#ifndef JSON_H
#define JSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct { const char *p; size_t n; } span_t;          /* a piece of the text */
typedef struct { const char *p, *end; bool broken; } walk_t; /* where a walk stands */

/* The one value of a text, without the space around it; n is 0 when it is no JSON. */
span_t json_value(const char *text, size_t n);
walk_t json_walk(span_t object_or_array);
/* The next member (key without quotes, escapes as written); false at the end or when broken. */
bool json_member(walk_t *w, span_t *key, span_t *value);
bool json_element(walk_t *w, span_t *value);

bool span_is(span_t s, const char *word);
bool json_is_string(span_t s, const char *text); /* for strings without escapes */
span_t json_text(span_t string);                 /* what stands between the quotes */
uint64_t json_uint(span_t s);                    /* 0 when it is none */
#endif

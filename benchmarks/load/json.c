#include "json.h"

#include <string.h>

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

static const char *skip_space(const char *p, const char *end) {
    while (p < end && is_space(*p)) p++;
    return p;
}

/* Past the string that begins at p, or NULL. */
static const char *skip_string(const char *p, const char *end) {
    for (p++; p < end; p++) {
        p = memchr(p, '"', (size_t)(end - p));
        if (!p) return NULL;
        int backslashes = 0;
        while (p[-1 - backslashes] == '\\') backslashes++;
        if (backslashes % 2 == 0) return p + 1;
    }
    return NULL;
}

/* Past the value that begins at p, or NULL. Numbers and words are not judged, only skipped. */
static const char *skip_value(const char *p, const char *end) {
    int depth = 0;
    do {
        if (p >= end) return NULL;
        if (*p == '"') {
            p = skip_string(p, end);
            if (!p) return NULL;
        } else if (*p == '{' || *p == '[') {
            depth++, p++;
        } else if (*p == '}' || *p == ']') {
            depth--, p++;
        } else if (depth) {
            p++;
        } else {
            while (p < end && *p != ',' && *p != '}' && *p != ']' && !is_space(*p)) p++;
        }
    } while (depth > 0);
    return depth == 0 ? p : NULL;
}

span_t json_value(const char *text, size_t n) {
    const char *end = text + n, *p = skip_space(text, end);
    const char *after = p < end ? skip_value(p, end) : NULL;
    if (!after || skip_space(after, end) != end) return (span_t){text, 0};
    return (span_t){p, (size_t)(after - p)};
}

walk_t json_walk(span_t s) {
    if (s.n < 2 || (*s.p != '{' && *s.p != '[')) return (walk_t){s.p, s.p, true};
    return (walk_t){s.p + 1, s.p + s.n - 1, false};
}

static bool take_value(walk_t *w, span_t *value) {
    const char *p = skip_space(w->p, w->end), *after = p < w->end ? skip_value(p, w->end) : NULL;
    if (!after || after == p) {
        w->broken = true;
        return false;
    }
    *value = (span_t){p, (size_t)(after - p)};
    w->p = skip_space(after, w->end);
    if (w->p < w->end && *w->p == ',') w->p++;
    return true;
}

bool json_element(walk_t *w, span_t *value) {
    w->p = skip_space(w->p, w->end);
    return w->p < w->end && !w->broken && take_value(w, value);
}

bool json_member(walk_t *w, span_t *key, span_t *value) {
    w->p = skip_space(w->p, w->end);
    if (w->p >= w->end || w->broken) return false;
    const char *after = *w->p == '"' ? skip_string(w->p, w->end) : NULL;
    if (!after) {
        w->broken = true;
        return false;
    }
    *key = (span_t){w->p + 1, (size_t)(after - w->p) - 2};
    w->p = skip_space(after, w->end);
    if (w->p >= w->end || *w->p != ':') {
        w->broken = true;
        return false;
    }
    w->p++;
    return take_value(w, value);
}

bool span_is(span_t s, const char *word) { return s.n == strlen(word) && !memcmp(s.p, word, s.n); }

span_t json_text(span_t s) {
    if (s.n < 2 || *s.p != '"') return (span_t){s.p, 0};
    return (span_t){s.p + 1, s.n - 2};
}

bool json_is_string(span_t s, const char *text) {
    return s.n >= 2 && *s.p == '"' && span_is(json_text(s), text);
}

uint64_t json_uint(span_t s) {
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return 0;
        value = value * 10 + (uint64_t)(s.p[i] - '0');
    }
    return value;
}

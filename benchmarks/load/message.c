/* Texts that carry their due time and number: "bm" 16 hex "x" 8 hex " ", then words. One plain
 * word, so that no server finds markup, a link or a mention in it. */
#include <stdio.h>
#include <string.h>

#include "load.h"

enum { MARK = 2 + 16 + 1 + 8 };

step_t step;
uint32_t next_ref = 1;
void (*on_answer)(connection_t *c);

static uint64_t due_of[MAX_IN_FLIGHT_SENDS];

static const char WORDS[] =
    "the quick brown fox jumps over the lazy dog and keeps running through the quiet town "
    "until the evening light fades away slowly ";

int message_text(char *out, size_t cap, size_t length, uint64_t due_ns, uint32_t ref) {
    size_t n = (size_t)snprintf(out, cap, "bm%016lxx%08x ", (unsigned long)due_ns, ref);
    if (length >= cap) length = cap - 1;
    while (n < length) {
        size_t piece = length - n < sizeof WORDS - 1 ? length - n : sizeof WORDS - 1;
        memcpy(out + n, WORDS, piece);
        n += piece;
    }
    if (out[n - 1] == ' ') out[n - 1] = '.'; /* a server may trim */
    out[n] = 0;
    return (int)n;
}

static bool read_hex(const char *p, int digits, uint64_t *value) {
    *value = 0;
    for (int i = 0; i < digits; i++) {
        char d = p[i];
        int v = d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : -1;
        if (v < 0) return false;
        *value = *value << 4 | (uint64_t)v;
    }
    return true;
}

bool message_read(const char *text, size_t n, uint64_t *due_ns, uint32_t *ref) {
    uint64_t number;
    if (n < MARK || text[0] != 'b' || text[1] != 'm' || text[18] != 'x') return false;
    if (!read_hex(text + 2, 16, due_ns) || !read_hex(text + 19, 8, &number)) return false;
    *ref = (uint32_t)number;
    return true;
}

static uint64_t microseconds_since(uint64_t due_ns, uint64_t now) {
    return now > due_ns ? (now - due_ns) / 1000 : 0;
}

void message_delivered(uint64_t due_ns, uint32_t ref, uint64_t now) {
    if (ref < step.first_ref) {
        step.stale++;
        return;
    }
    step.delivered++;
    histogram_add(&step.delivery, microseconds_since(due_ns, now));
    step.last_delivery_ns = now;
}

static bool answered(connection_t *c, uint32_t ref) {
    if (c->in_flight > 0) c->in_flight--;
    if (ref < step.first_ref) return false;
    step.answered++;
    return true;
}

void message_acked(connection_t *c, uint32_t ref, uint64_t now) {
    if (!answered(c, ref)) return;
    step.acked++;
    histogram_add(&step.ack, microseconds_since(due_of[ref % MAX_IN_FLIGHT_SENDS], now));
    if (on_answer) on_answer(c);
}

void message_refused(connection_t *c, uint32_t ref, const char *why, size_t n) {
    step.refused++;
    snprintf(step.refusal, sizeof step.refusal, "%.*s", (int)(n < 200 ? n : 200), why);
    if (ref && answered(c, ref) && on_answer) on_answer(c);
}

void message_send(connection_t *c, const place_t *place, int length, uint64_t due_ns) {
    static char text[MAX_TEXT], frame[2 * MAX_TEXT];
    uint32_t ref = next_ref++;
    message_text(text, sizeof text, (size_t)length, due_ns, ref);
    int n = options.protocol->message(c, place, ref, text, frame, sizeof frame);
    due_of[ref % MAX_IN_FLIGHT_SENDS] = due_ns;
    step.sent++;
    step.expected += (uint64_t)rooms[place->room].counted;
    if (options.protocol->acks) c->in_flight++;
    text_send(c, frame, (size_t)n);
}

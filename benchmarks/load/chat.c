/* chat.v1 as docs/protocol.md describes it: hello, send/ack, changes, sync, ping. It counts a
 * delivery for each message row it applies, and checks on the way what the server promises: on an
 * open socket every version of a room, in order, none left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "load.h"

static const double SPREAD = 0.2; /* of the heartbeat: the pings of many never coincide */

typedef struct { uint64_t version, seq, due_ns; uint32_t ref; bool ours; } row_t;

/* One `changes` frame, read. All members of a room get the same bytes, so each frame is read once
 * and then recognised. */
typedef struct {
    char *bytes;
    size_t length, cap;
    bool valid, more, reset;
    uint64_t room, from, to;
    row_t *rows;
    int row_count, row_cap;
    int other_rows; /* members, or the room's own */
} changes_t;

static uint64_t member_number(const connection_t *c) {
    return (uint64_t)((c - connections) % options.cookie_count);
}

static int request(const connection_t *c, char *out, size_t cap) {
    return snprintf(out, cap,
                    "GET /ws/chat/ HTTP/1.1\r\nCookie: %s\r\nSec-WebSocket-Protocol: chat.v1\r\n",
                    options.cookies[member_number(c)]);
}

static void opened(connection_t *c) { (void)c; } /* ready with hello */

static int message(const connection_t *c, const place_t *place, uint32_t ref, const char *text,
                   char *out, size_t cap) {
    static uint32_t run;
    (void)c;
    if (!run) run = (uint32_t)now_ns() ^ (uint32_t)getpid() << 16;
    return snprintf(out, cap,
                    "{\"type\":\"send\",\"ref\":%u,\"room\":%lu,"
                    "\"client_id\":\"%08x-be9c-4000-8000-0000%08x\",\"body\":\"%s\"}",
                    ref, (unsigned long)rooms[place->room].id, run, ref, text);
}

static void tick(connection_t *c, uint64_t now) {
    uint64_t early = (uint64_t)(c - connections) * 7919 % 1000;
    double patience = options.heartbeat * (1 - SPREAD * (double)early / 1000);
    if ((double)(now - c->last_out_ns) > patience * 1e9) text_send(c, "{\"type\":\"ping\"}", 15);
}

static void catch_up(connection_t *c, place_t *place) {
    char frame[128];
    place->healing = true;
    step.syncs++;
    text_send(c, frame,
              (size_t)snprintf(frame, sizeof frame, "{\"type\":\"sync\",\"rooms\":{\"%lu\":%lu}}",
                               (unsigned long)rooms[place->room].id,
                               (unsigned long)place->version));
}

static place_t *place_in(connection_t *c, uint64_t room_id) {
    for (int i = 0; i < c->place_count; i++)
        if (rooms[c->places[i].room].id == room_id) return &c->places[i];
    return NULL;
}

/* ---- hello ---- */

static void on_room_entry(connection_t *c, span_t entry) {
    walk_t w = json_walk(entry);
    span_t key, value;
    uint64_t id = 0, version = 0, seq = 0;
    while (json_member(&w, &key, &value)) {
        if (span_is(key, "id")) id = json_uint(value);
        if (span_is(key, "version")) version = json_uint(value);
        if (span_is(key, "last_seq")) seq = json_uint(value);
    }
    if (id) room_enter(c, room_index(id), version, seq);
}

static void on_hello(connection_t *c, span_t hello) {
    walk_t w = json_walk(hello), entries;
    span_t key, value, entry;
    while (json_member(&w, &key, &value)) {
        if (!span_is(key, "rooms")) continue;
        entries = json_walk(value);
        while (json_element(&entries, &entry)) on_room_entry(c, entry);
    }
    connection_ready(c);
    if (options.focus && c->place_count) {
        char frame[96];
        text_send(c, frame,
                  (size_t)snprintf(frame, sizeof frame,
                                   "{\"type\":\"focus\",\"room\":%lu,\"visible\":true}",
                                   (unsigned long)rooms[c->places[0].room].id));
    }
}

/* ---- changes ---- */

static int by_version(const void *a, const void *b) {
    uint64_t x = ((const row_t *)a)->version, y = ((const row_t *)b)->version;
    return x < y ? -1 : x > y;
}

static void read_row(changes_t *f, span_t object) {
    walk_t w = json_walk(object);
    span_t key, value;
    row_t row = {0};
    while (json_member(&w, &key, &value)) {
        if (span_is(key, "version")) {
            row.version = json_uint(value);
        } else if (span_is(key, "seq")) {
            row.seq = json_uint(value);
        } else if (span_is(key, "body")) {
            span_t text = json_text(value);
            row.ours = message_read(text.p, text.n, &row.due_ns, &row.ref);
        }
    }
    if (f->row_count == f->row_cap) {
        f->row_cap = f->row_cap ? f->row_cap * 2 : 8;
        f->rows = realloc(f->rows, (size_t)f->row_cap * sizeof *f->rows);
    }
    f->rows[f->row_count++] = row;
}

static int count_elements(span_t array) {
    walk_t w = json_walk(array);
    span_t element;
    int n = 0;
    while (json_element(&w, &element)) n++;
    return n;
}

static void read_changes(changes_t *f, span_t object) {
    walk_t w = json_walk(object), list;
    span_t key, value, row;
    f->row_count = f->other_rows = 0;
    f->more = f->reset = false;
    f->room = f->from = f->to = 0;
    while (json_member(&w, &key, &value)) {
        if (span_is(key, "room")) f->room = json_uint(value);
        else if (span_is(key, "from")) f->from = json_uint(value);
        else if (span_is(key, "to")) f->to = json_uint(value);
        else if (span_is(key, "more")) f->more = span_is(value, "true");
        else if (span_is(key, "reset")) f->reset = span_is(value, "true");
        else if (span_is(key, "members")) f->other_rows += count_elements(value);
        else if (span_is(key, "info")) f->other_rows += !span_is(value, "null");
        else if (span_is(key, "messages")) {
            list = json_walk(value);
            while (json_element(&list, &row)) read_row(f, row);
        }
    }
    f->valid = !w.broken && f->room;
    for (int i = 1; i < f->row_count; i++)
        if (f->rows[i].version < f->rows[i - 1].version) {
            if (!f->reset) step.disorder++;
            qsort(f->rows, (size_t)f->row_count, sizeof *f->rows, by_version);
            break;
        }
}

/* Applies the rows newer than what is held. In these loads rows are only added, so each version
 * between must be there: one row each, seqs without a break. */
static void apply(place_t *place, const changes_t *f, uint64_t now) {
    uint64_t fresh = 0;
    for (int i = 0; i < f->row_count; i++) {
        const row_t *row = &f->rows[i];
        if (row->version <= place->version) continue;
        fresh++;
        if (row->seq != place->seq + 1) step.seq_breaks++;
        if (row->seq > place->seq) place->seq = row->seq;
        if (row->ours) message_delivered(row->due_ns, row->ref, now);
    }
    if (fresh < f->to - place->version && !f->other_rows) step.holes++;
    place->version = f->to;
}

static void reset_to(place_t *place, const changes_t *f) {
    step.resets++;
    place->version = f->to;
    for (int i = 0; i < f->row_count; i++)
        if (f->rows[i].seq > place->seq) place->seq = f->rows[i].seq;
}

static void on_changes(connection_t *c, const changes_t *f, uint64_t now) {
    place_t *place = place_in(c, f->room);
    if (!f->valid || !place) {
        step.malformed++;
        return;
    }
    if (f->reset) {
        reset_to(place, f);
    } else if (f->to <= place->version) {
        if (f->from < f->to) step.repeats++;
    } else if (f->from <= place->version) {
        apply(place, f, now);
    } else if (!place->healing) {
        step.gaps++;
        catch_up(c, place);
        return;
    } else {
        return;
    }
    if (f->more) catch_up(c, place);
    else place->healing = false;
}

/* ---- the rest ---- */

static void on_lagged(connection_t *c, span_t object) {
    walk_t w = json_walk(object), list;
    span_t key, value, id;
    step.lagged++;
    while (json_member(&w, &key, &value)) {
        if (!span_is(key, "rooms")) continue;
        list = json_walk(value);
        while (json_element(&list, &id)) {
            place_t *place = place_in(c, json_uint(id));
            if (place) catch_up(c, place);
        }
    }
}

static span_t member_of(span_t object, const char *name) {
    walk_t w = json_walk(object);
    span_t key, value;
    while (json_member(&w, &key, &value))
        if (span_is(key, name)) return value;
    return (span_t){"", 0};
}

static void on_object(connection_t *c, span_t object, uint64_t now) {
    static changes_t frame;
    span_t type = member_of(object, "type");
    if (json_is_string(type, "changes")) {
        read_changes(&frame, object);
        on_changes(c, &frame, now);
    } else if (json_is_string(type, "ack")) {
        message_acked(c, (uint32_t)json_uint(member_of(object, "ref")), now);
    } else if (json_is_string(type, "hello")) {
        on_hello(c, object);
    } else if (json_is_string(type, "lagged")) {
        on_lagged(c, object);
    } else if (json_is_string(type, "error")) {
        message_refused(c, (uint32_t)json_uint(member_of(object, "ref")), object.p, object.n);
    } else if (json_is_string(type, "presence")) {
        step.presence_frames++;
        step.presence_bytes += object.n;
    } else if (json_is_string(type, "typing")) {
        step.typing_frames++;
    } else if (!json_is_string(type, "pong") && !json_is_string(type, "read") &&
               !json_is_string(type, "room")) {
        step.malformed++;
    }
}

enum { KNOWN_FRAMES = 4096, HASHED_BYTES = 128 };

static uint64_t hash_of(const char *p, size_t n) {
    uint64_t hash = n, word;
    size_t end = n < HASHED_BYTES ? n : HASHED_BYTES;
    for (size_t i = 0; i + 8 <= end; i += 8) {
        memcpy(&word, p + i, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 29;
    }
    return hash;
}

/* The frame of exactly these bytes, read now or before; NULL when it is not one `changes`. */
static const changes_t *known_changes(span_t object) {
    static changes_t known[KNOWN_FRAMES];
    changes_t *f = &known[hash_of(object.p, object.n) % KNOWN_FRAMES];
    if (f->length == object.n && !memcmp(f->bytes, object.p, object.n)) return f;
    if (!json_is_string(member_of(object, "type"), "changes")) return NULL;
    if (f->cap < object.n) {
        f->cap = object.n * 2;
        f->bytes = realloc(f->bytes, f->cap);
    }
    memcpy(f->bytes, object.p, object.n);
    f->length = object.n;
    read_changes(f, object);
    return f;
}

static void text(connection_t *c, const char *p, size_t n, uint64_t now) {
    if (n && *p == '{') {
        span_t whole = {p, n};
        const changes_t *f = known_changes(whole);
        if (f) on_changes(c, f, now);
        else on_object(c, json_value(p, n), now);
        return;
    }
    span_t frame = json_value(p, n), object;
    walk_t w = json_walk(frame);
    if (w.broken || *frame.p != '[') {
        step.malformed++;
        return;
    }
    step.batches++;
    while (c->state != STATE_DEAD && json_element(&w, &object)) on_object(c, object, now);
    if (w.broken) step.malformed++;
}

const protocol_t chat_protocol = {
    .name = "chat.v1", .acks = true, .request = request, .opened = opened, .text = text,
    .message = message, .tick = tick};

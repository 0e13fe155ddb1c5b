/* The protocols of the peers: a room in the path and one JSON object a message (plain), and
 * Socket.IO. With or without an answer to each send. */
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "json.h"

static int room_of(const connection_t *c) {
    return options.first_room + (int)((c - connections) % options.rooms);
}

static int cookie_header(const connection_t *c, char *out, size_t cap) {
    if (!options.cookie_count) return 0;
    return snprintf(out, cap, "Cookie: %s\r\n",
                    options.cookies[(c - connections) % options.cookie_count]);
}

static void enter(connection_t *c) {
    room_enter(c, room_index((uint64_t)room_of(c) + 1), 0, 0);
    connection_ready(c);
}

/* {"message": text} is a delivery, {"ack": ref} an answer. */
static void object_read(connection_t *c, const char *p, size_t n, uint64_t now) {
    walk_t w = json_walk(json_value(p, n));
    span_t key, value;
    while (json_member(&w, &key, &value)) {
        uint64_t due;
        uint32_t ref;
        if (span_is(key, "ack")) {
            message_acked(c, (uint32_t)json_uint(value), now);
        } else if (span_is(key, "message")) {
            span_t text = json_text(value);
            if (message_read(text.p, text.n, &due, &ref)) message_delivered(due, ref, now);
        }
    }
    if (w.broken) step.malformed++;
}

/* ---- plain ---- */

static int plain_request(const connection_t *c, char *out, size_t cap) {
    int n = snprintf(out, cap, "GET /ws/chat/r%d/ HTTP/1.1\r\n", room_of(c));
    return n + cookie_header(c, out + n, cap - (size_t)n);
}

static int plain_message(const connection_t *c, const place_t *place, uint32_t ref,
                         const char *text, char *out, size_t cap) {
    (void)c, (void)place, (void)ref;
    return snprintf(out, cap, "{\"message\":\"%s\"}", text);
}

static int plain_ack_message(const connection_t *c, const place_t *place, uint32_t ref,
                             const char *text, char *out, size_t cap) {
    (void)c, (void)place;
    return snprintf(out, cap, "{\"id\":%u,\"message\":\"%s\"}", ref, text);
}

const protocol_t plain_protocol = {
    .name = "plain", .request = plain_request, .opened = enter, .text = object_read,
    .message = plain_message};
const protocol_t plain_ack_protocol = {
    .name = "plain-ack", .acks = true, .request = plain_request, .opened = enter,
    .text = object_read, .message = plain_ack_message};

/* ---- Socket.IO, protocol 5 over Engine.IO 4 ---- */

static int socketio_request(const connection_t *c, char *out, size_t cap) {
    (void)c;
    return snprintf(out, cap, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n");
}

static void socketio_opened(connection_t *c) { (void)c; }

static bool starts(const char *p, size_t n, const char *with) {
    return n >= strlen(with) && !memcmp(p, with, strlen(with));
}

static void socketio_text(connection_t *c, const char *p, size_t n, uint64_t now) {
    if (n == 1 && *p == '2') { /* Engine.IO ping */
        text_send(c, "3", 1);
    } else if (starts(p, n, "0")) { /* Engine.IO open */
        text_send(c, "40", 2);
    } else if (starts(p, n, "40")) { /* connected: join, asking for an answer */
        char join[64];
        text_send(c, join, (size_t)snprintf(join, sizeof join, "420[\"join\",\"r%d\"]", room_of(c)));
    } else if (starts(p, n, "43") && c->state != STATE_READY) {
        enter(c);
    } else if (starts(p, n, "42") || starts(p, n, "43")) { /* an event, or the answer to ours */
        const char *object = memchr(p, '{', n);
        if (object) object_read(c, object, (size_t)(p + n - 1 - object), now);
    }
}

static int socketio_message(const connection_t *c, const place_t *place, uint32_t ref,
                            const char *text, char *out, size_t cap) {
    (void)c, (void)place, (void)ref;
    return snprintf(out, cap, "42[\"message\",{\"message\":\"%s\"}]", text);
}

static int socketio_ack_message(const connection_t *c, const place_t *place, uint32_t ref,
                                const char *text, char *out, size_t cap) {
    (void)c, (void)place;
    return snprintf(out, cap, "42%u[\"message\",{\"message\":\"%s\",\"id\":%u}]", ref, text, ref);
}

const protocol_t socketio_protocol = {
    .name = "socketio", .request = socketio_request, .opened = socketio_opened,
    .text = socketio_text, .message = socketio_message};
const protocol_t socketio_ack_protocol = {
    .name = "socketio-ack", .acks = true, .request = socketio_request,
    .opened = socketio_opened, .text = socketio_text, .message = socketio_ack_message};

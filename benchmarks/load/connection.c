/* Sockets, the event loop and WebSocket framing, for very many connections in one thread. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };
enum { READ_SIZE = 1 << 20, EVENTS = 1024 };
static const uint64_t TICK = 1000000000; /* ns: each connection is looked at about so often */

connection_t *connections;
int connection_count, ready_count, dead_count;
static int epoll_fd;
static char received[READ_SIZE];
static const char MASK[4] = {0x5a, 0x17, (char)0xc3, 0x2e};

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void *grown(void *buffer, size_t *cap, size_t wanted) {
    if (wanted <= *cap) return buffer;
    *cap = wanted * 2;
    return realloc(buffer, *cap);
}

static void watch(connection_t *c, int how, bool writable) {
    struct epoll_event e = {.events = EPOLLIN | (writable ? EPOLLOUT : 0),
                            .data.u32 = (uint32_t)(c - connections)};
    epoll_ctl(epoll_fd, how, c->fd, &e);
}

void connection_drop(connection_t *c) {
    if (c->state == STATE_DEAD) return;
    if (c->state == STATE_READY) ready_count--;
    c->state = STATE_DEAD;
    dead_count++;
    close(c->fd);
    c->fd = -1;
    c->in_len = c->out_len = 0;
    c->in_flight = 0;
    room_leave_all(c);
}

void connection_ready(connection_t *c) {
    c->state = STATE_READY;
    c->blind = options.blind_every > 1 && (c - connections) % options.blind_every != 0;
    ready_count++;
    histogram_add(&step.greeting, (now_ns() - c->opened_ns) / 1000);
}

void connection_leave(connection_t *c) {
    struct linger politely = {0, 0};
    frame_send(c, OP_CLOSE, "\x03\xe8", 2);
    if (c->state == STATE_DEAD) return;
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &politely, sizeof politely);
    connection_drop(c);
}

/* ---- out ---- */

static void bytes_send(connection_t *c, const char *p, size_t n) {
    if (c->state == STATE_DEAD) return;
    if (c->out_len == 0) {
        ssize_t sent = send(c->fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            connection_drop(c);
            return;
        }
        if (sent < 0) sent = 0;
        if ((size_t)sent == n) return;
        p += sent;
        n -= (size_t)sent;
    }
    c->out = grown(c->out, &c->out_cap, c->out_len + n);
    memcpy(c->out + c->out_len, p, n);
    c->out_len += n;
    watch(c, EPOLL_CTL_MOD, true);
}

static void flush(connection_t *c) {
    while (c->out_len) {
        ssize_t sent = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
        if (sent <= 0) {
            if (errno != EAGAIN) connection_drop(c);
            return;
        }
        c->out_len -= (size_t)sent;
        memmove(c->out, c->out + sent, c->out_len);
    }
    watch(c, EPOLL_CTL_MOD, false);
}

void frame_send(connection_t *c, int opcode, const char *payload, size_t n) {
    static char frame[2 * MAX_TEXT + 64];
    size_t head = 2;
    if (n > sizeof frame - 16) return;
    frame[0] = (char)(0x80 | opcode);
    if (n < 126) {
        frame[1] = (char)(0x80 | n);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(n >> 8);
        frame[3] = (char)n;
        head = 4;
    }
    memcpy(frame + head, MASK, 4);
    head += 4;
    for (size_t i = 0; i < n; i++) frame[head + i] = payload[i] ^ MASK[i & 3];
    c->last_out_ns = now_ns();
    bytes_send(c, frame, head + n);
}

void text_send(connection_t *c, const char *payload, size_t n) {
    frame_send(c, OP_TEXT, payload, n);
}

/* ---- in ---- */

static void on_close_frame(connection_t *c, const unsigned char *payload, size_t n) {
    step.closed++;
    step.close_code = n >= 2 ? payload[0] << 8 | payload[1] : 1005;
    connection_drop(c);
}

/* Handles each whole frame; returns how many bytes they took. */
static size_t frames_read(connection_t *c, char *bytes, size_t n, uint64_t now) {
    size_t used = 0;
    while (n - used >= 2 && c->state != STATE_DEAD) {
        unsigned char *f = (unsigned char *)bytes + used;
        size_t head = 2, length = f[1] & 127, there = n - used;
        if (length == 126) {
            if (there < 4) break;
            length = (size_t)f[2] << 8 | f[3];
            head = 4;
        } else if (length == 127) {
            if (there < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | f[i];
            head = 10;
        }
        if (there < head + length) break;
        int opcode = f[0] & 15;
        if (opcode == OP_TEXT || opcode == OP_BINARY) {
            step.frames++;
            options.protocol->text(c, (char *)f + head, length, now);
        } else if (opcode == OP_PING) {
            frame_send(c, OP_PONG, (char *)f + head, length);
        } else if (opcode == OP_CLOSE) {
            on_close_frame(c, f + head, length);
        }
        used += head + length;
    }
    return used;
}

static size_t bytes_read(connection_t *c, char *bytes, size_t n, uint64_t now) {
    size_t used = 0;
    if (c->state == STATE_HTTP) {
        char *end = memmem(bytes, n, "\r\n\r\n", 4);
        if (!end) return 0;
        if (memcmp(bytes + 9, "101", 3)) {
            fprintf(stderr, "handshake refused: %.80s\n", bytes);
            connection_drop(c);
            return n;
        }
        used = (size_t)(end + 4 - bytes);
        c->state = STATE_GREETING;
        options.protocol->opened(c);
    }
    return used + frames_read(c, bytes + used, n - used, now);
}

static void on_readable(connection_t *c) {
    /* On TCP, MSG_TRUNC throws the bytes away in the kernel, without copying them. */
    ssize_t n = recv(c->fd, received, sizeof received, c->blind ? MSG_TRUNC : 0);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN) connection_drop(c);
        return;
    }
    step.bytes += (uint64_t)n;
    if (c->blind) return;
    char *bytes = received;
    size_t length = (size_t)n;
    if (c->in_len) {
        c->in = grown(c->in, &c->in_cap, c->in_len + length);
        memcpy(c->in + c->in_len, received, length);
        bytes = c->in;
        length += c->in_len;
    }
    size_t used = bytes_read(c, bytes, length, now_ns());
    if (c->state == STATE_DEAD) return;
    size_t left = length - used;
    if (left) {
        if (bytes == received) c->in = grown(c->in, &c->in_cap, left);
        memmove(c->in, bytes + used, left);
    }
    c->in_len = left;
}

/* ---- connecting ---- */

void connection_start(int index) {
    connection_t *c = &connections[index];
    char *in = c->in, *out = c->out;
    size_t in_cap = c->in_cap, out_cap = c->out_cap;
    *c = (connection_t){.in = in, .out = out, .in_cap = in_cap, .out_cap = out_cap};
    c->opened_ns = c->last_out_ns = now_ns();
    c->state = STATE_TCP;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct linger reset = {1, 0}; /* no TIME_WAIT: ports come back at once */
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    struct sockaddr_in server = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)options.port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int failed = connect(c->fd, (struct sockaddr *)&server, sizeof server);
    if (failed && errno != EINPROGRESS) {
        perror("connect");
        connection_drop(c);
        return;
    }
    watch(c, EPOLL_CTL_ADD, true);
}

static void on_connected(connection_t *c) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        fprintf(stderr, "connect: %s\n", strerror(error));
        connection_drop(c);
        return;
    }
    char request[4096];
    int n = options.protocol->request(c, request, sizeof request);
    n += snprintf(request + n, sizeof request - (size_t)n,
                  "Host: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                  "Origin: http://127.0.0.1:%d\r\n\r\n",
                  options.port, options.port);
    c->state = STATE_HTTP;
    watch(c, EPOLL_CTL_MOD, false);
    bytes_send(c, request, (size_t)n);
}

/* ---- the loop ---- */

void loop_open(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc(MAX_CONNECTIONS, sizeof *connections);
}

/* A slice of the connections at a time, so that no turn takes long. */
static void tick(uint64_t now) {
    static uint64_t last;
    static int cursor;
    if (!options.protocol->tick || !connection_count) return;
    uint64_t due = (now - last) * (uint64_t)connection_count / TICK;
    if (!last || due > (uint64_t)connection_count) due = (uint64_t)connection_count;
    if (!due) return;
    for (last = now; due > 0; due--) {
        cursor = (cursor + 1) % connection_count;
        if (connections[cursor].state == STATE_READY)
            options.protocol->tick(&connections[cursor], now);
    }
}

void loop_turn(int64_t nanoseconds) {
    static struct epoll_event events[EVENTS];
    struct timespec wait = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    int n = epoll_pwait2(epoll_fd, events, EVENTS, &wait, NULL);
    for (int i = 0; i < n; i++) {
        connection_t *c = &connections[events[i].data.u32];
        uint32_t what = events[i].events;
        if (c->state == STATE_TCP) {
            if (what & (EPOLLOUT | EPOLLERR | EPOLLHUP)) on_connected(c);
            continue;
        }
        if (c->state != STATE_DEAD && what & EPOLLOUT) flush(c);
        if (c->state != STATE_DEAD && what & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
    }
    tick(now_ns());
}

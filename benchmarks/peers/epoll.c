/* The limit of one core: C, epoll, one send() of one prebuilt frame a member. It reads no JSON: a
 * message is echoed to its room as it came. Not a server for anything else. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_ROOMS = 4096, MAX_FDS = 65536, BACKLOG = 2048, EVENTS = 512, BUFFER = 65536 };

typedef struct { char path[64]; int *fds, count, cap; } room_t;
typedef struct { room_t *room; char *in, *out; size_t in_len, out_len, out_cap; } conn_t;

static room_t rooms[MAX_ROOMS];
static conn_t conns[MAX_FDS];
static int room_count, epoll_fd;

/* ---- the handshake's answer: base64(sha1(key + GUID)), RFC 6455, 4.2.2 ---- */

static uint32_t rotate(uint32_t v, int n) { return v << n | v >> (32 - n); }

static void sha1_block(uint32_t h[5], const unsigned char *m) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)m[4 * i] << 24 | (uint32_t)m[4 * i + 1] << 16 |
               (uint32_t)m[4 * i + 2] << 8 | m[4 * i + 3];
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t f, k;
        if (i < 20) f = (b & c) | (~b & d), k = 0x5A827999;
        else if (i < 40) f = b ^ c ^ d, k = 0x6ED9EBA1;
        else if (i < 60) f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
        else f = b ^ c ^ d, k = 0xCA62C1D6;
        uint32_t next = rotate(a, 5) + f + e + k + w[i];
        e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

/* For the 60 bytes of a key and the GUID alone. */
static void sha1(const char text[60], unsigned char digest[20]) {
    unsigned char message[128] = {0};
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    memcpy(message, text, 60);
    message[60] = 0x80;
    message[126] = 60 * 8 >> 8;
    message[127] = 60 * 8 & 255;
    sha1_block(h, message);
    sha1_block(h, message + 64);
    for (int i = 0; i < 20; i++) digest[i] = (unsigned char)(h[i / 4] >> (24 - i % 4 * 8));
}

static void base64(const unsigned char *data, int n, char *out) {
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)data[i] << 16 | (i + 1 < n ? (uint32_t)data[i + 1] << 8 : 0) |
                     (i + 2 < n ? data[i + 2] : 0);
        *out++ = set[v >> 18];
        *out++ = set[v >> 12 & 63];
        *out++ = i + 1 < n ? set[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? set[v & 63] : '=';
    }
    *out = 0;
}

/* ---- connections ---- */

static void watch(int fd, int how, uint32_t events) {
    struct epoll_event e = {.events = events, .data.fd = fd};
    epoll_ctl(epoll_fd, how, fd, &e);
}

static void put(int fd, const char *p, size_t n) {
    conn_t *c = &conns[fd];
    if (!c->out_len) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return;
        if (sent < 0) sent = 0;
        if ((size_t)sent == n) return;
        p += sent;
        n -= (size_t)sent;
    }
    if (c->out_len + n > c->out_cap) {
        c->out_cap = (c->out_len + n) * 2;
        c->out = realloc(c->out, c->out_cap);
    }
    memcpy(c->out + c->out_len, p, n);
    c->out_len += n;
    watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void flush(int fd) {
    conn_t *c = &conns[fd];
    ssize_t sent = send(fd, c->out, c->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent <= 0) return;
    c->out_len -= (size_t)sent;
    memmove(c->out, c->out + sent, c->out_len);
    if (!c->out_len) watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

static void forget(int fd) {
    conn_t *c = &conns[fd];
    for (int i = 0; c->room && i < c->room->count; i++)
        if (c->room->fds[i] == fd) c->room->fds[i] = c->room->fds[--c->room->count];
    free(c->in);
    free(c->out);
    memset(c, 0, sizeof *c);
    close(fd);
}

static void enter(int fd, const char *path, size_t n) {
    int i = 0;
    if (n > sizeof rooms->path - 1) n = sizeof rooms->path - 1;
    while (i < room_count && (strncmp(rooms[i].path, path, n) || rooms[i].path[n])) i++;
    room_t *room = &rooms[i];
    if (i == room_count) memcpy(rooms[room_count++].path, path, n);
    if (room->count == room->cap) {
        room->cap = room->cap * 2 + 16;
        room->fds = realloc(room->fds, (size_t)room->cap * sizeof(int));
    }
    room->fds[room->count++] = fd;
    conns[fd].room = room;
}

static size_t handshake(int fd, char *bytes, size_t n) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char *end = memmem(bytes, n, "\r\n\r\n", 4), text[61], accept[32], answer[256];
    unsigned char digest[20];
    if (!end) return 0;
    *end = 0;
    char *path = strchr(bytes, ' ') + 1, *key = strcasestr(bytes, "sec-websocket-key: ") + 19;
    memcpy(text, key, 24);
    memcpy(text + 24, guid, 36);
    sha1(text, digest);
    base64(digest, 20, accept);
    enter(fd, path, (size_t)(strchr(path, ' ') - path));
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    put(fd, answer, (size_t)length);
    return (size_t)(end + 4 - bytes);
}

/* Sends each whole frame on to the room; returns how many bytes they took. */
static size_t frames(conn_t *c, unsigned char *p, size_t n) {
    static char frame[BUFFER + 4];
    size_t used = 0;
    while (n - used >= 6) {
        unsigned char *f = p + used;
        size_t length = f[1] & 127, head = 2, out = 2;
        if (length == 126) {
            if (n - used < 8) break;
            length = (size_t)f[2] << 8 | f[3];
            head = 4;
        }
        if (n - used < head + 4 + length) break;
        frame[0] = (char)0x81;
        frame[1] = (char)(length < 126 ? length : 126);
        if (length >= 126) {
            frame[2] = (char)(length >> 8);
            frame[3] = (char)length;
            out = 4;
        }
        unsigned char *mask = f + head, *body = mask + 4;
        for (size_t i = 0; i < length; i++) frame[out + i] = (char)(body[i] ^ mask[i & 3]);
        if ((f[0] & 15) == 1)
            for (int i = 0; i < c->room->count; i++) put(c->room->fds[i], frame, out + length);
        used += head + 4 + length;
    }
    return used;
}

static void on_readable(int fd) {
    static char received[BUFFER];
    conn_t *c = &conns[fd];
    ssize_t got = recv(fd, received, sizeof received - 1, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) forget(fd);
        return;
    }
    size_t n = (size_t)got, used = 0;
    char *bytes = received;
    if (c->in_len) {
        c->in = realloc(c->in, c->in_len + n + 1);
        memcpy(c->in + c->in_len, received, n);
        bytes = c->in;
        n += c->in_len;
    }
    if (!c->room) used = handshake(fd, bytes, n);
    if (c->room) used += frames(c, (unsigned char *)bytes + used, n - used);
    c->in_len = n - used;
    if (!c->in_len) return;
    if (bytes == received) c->in = realloc(c->in, c->in_len + 1);
    memmove(c->in, bytes + used, c->in_len);
}

static void accept_one(int listener) {
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(fd, EPOLL_CTL_ADD, EPOLLIN);
}

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)atoi(getenv("PORT"))),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, BACKLOG)) {
        perror("listen");
        return 1;
    }
    epoll_fd = epoll_create1(0);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event events[EVENTS];
        int n = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) accept_one(listener);
            else {
                if (events[i].events & EPOLLOUT) flush(fd);
                if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(fd);
            }
        }
    }
}

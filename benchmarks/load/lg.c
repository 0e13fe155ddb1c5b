/* lg: very many WebSocket members in one thread. The driver (benchmarks/load_core.py) gives it one
 * command a line and gets one JSON object a line:
 *
 *   connect N AT_ONCE TIMEOUT                 open N more connections, so many handshakes at once
 *   load RATE SECONDS LENGTH WINDOW DRAIN     send RATE messages a second, whatever happens
 *   sends SECONDS LENGTH WINDOW DRAIN         each member sends as soon as an answer came
 *   churn PER_S AWAY SECONDS                  members go, so many a second, and are back AWAY s later
 *   idle SECONDS
 *   quit
 *
 * Latency counts from the time a message was due, so a server that stalls its senders does not
 * flatter itself. WINDOW bounds a member's unanswered sends (0: no bound), as an outbox does; what
 * finds no member with room in its window is held, not sent. DRAIN is the longest wait for what was
 * sent. Only ever connects to 127.0.0.1. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

enum { MAX_BURST = 64, MAX_COOKIES = 65536 };
static const double QUIET = 5.0; /* s without a delivery or an answer: nothing more will come */
static const double RETURN = 20; /* s for the last of a churn to be back */
static const int64_t POLL = 2000000; /* ns between looks at the next command */

options_t options = {.rooms = 1, .protocol = &plain_protocol, .heartbeat = 25};

static double cpu_seconds(void) {
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static uint64_t ns(double seconds) { return (uint64_t)(seconds * 1e9); }
static double seconds(uint64_t nanoseconds) { return (double)nanoseconds / 1e9; }

static void turn_until(uint64_t end) {
    for (uint64_t now = now_ns(); now < end; now = now_ns()) loop_turn((int64_t)(end - now));
}

/* ---- steps ---- */

typedef struct {
    double cpu;
    uint64_t begin, sending_done, delivered_in_time, acked_in_time, held;
    int dead, ready;
} measure_t;

static measure_t step_begin(void) {
    memset(&step, 0, sizeof step);
    step.first_ref = next_ref;
    for (int i = 0; i < room_count; i++) {
        rooms[i].counted = 0;
        for (int k = 0; k < rooms[i].member_count; k++) {
            connection_t *c = &connections[rooms[i].members[k]];
            rooms[i].counted += c->state == STATE_READY && !c->blind;
        }
    }
    for (int i = 0; i < connection_count; i++) connections[i].in_flight = 0;
    return (measure_t){.cpu = cpu_seconds(), .begin = now_ns(), .dead = dead_count,
                       .ready = ready_count};
}

static bool all_arrived(void) {
    return step.delivered >= step.expected &&
           (!options.protocol->acks || options.blind_every || step.answered >= step.sent);
}

static void drain(measure_t *m, double limit) {
    m->sending_done = now_ns();
    m->delivered_in_time = step.delivered;
    m->acked_in_time = step.acked;
    uint64_t end = m->sending_done + ns(limit), seen = 0, last = m->sending_done;
    while (!all_arrived() && now_ns() < end && now_ns() - last < ns(QUIET)) {
        loop_turn(20000000);
        if (step.delivered + step.answered != seen) last = now_ns();
        seen = step.delivered + step.answered;
    }
}

static void print_step(const measure_t *m) {
    uint64_t now = now_ns(), unsent = 0;
    uint64_t last = step.last_delivery_ns > m->begin ? step.last_delivery_ns : now;
    for (int i = 0; i < connection_count; i++) unsent += connections[i].out_len;
    double sending = seconds(m->sending_done - m->begin), span = seconds(last - m->begin);
    printf("{\"sent\":%lu,\"held\":%lu,\"expected\":%lu,\"delivered\":%lu,\"lost\":%ld,"
           "\"stale\":%lu,\"acked\":%lu,\"refused\":%lu,",
           step.sent, m->held, step.expected, step.delivered,
           (long)(step.expected - step.delivered), step.stale, step.acked, step.refused);
    printf("\"gaps\":%lu,\"holes\":%lu,\"disorder\":%lu,\"seq_breaks\":%lu,\"malformed\":%lu,"
           "\"repeats\":%lu,\"lagged\":%lu,\"resets\":%lu,\"syncs\":%lu,\"batches\":%lu,",
           step.gaps, step.holes, step.disorder, step.seq_breaks, step.malformed, step.repeats,
           step.lagged, step.resets, step.syncs, step.batches);
    printf("\"send_secs\":%.4f,\"span_secs\":%.4f,\"delivered_per_s\":%.1f,"
           "\"delivered_per_s_in_time\":%.1f,\"acked_per_s\":%.1f,\"drain_secs\":%.3f,",
           sending, span, (double)step.delivered / (span > 1e-6 ? span : 1e-6),
           (double)m->delivered_in_time / sending, (double)m->acked_in_time / sending,
           seconds(now - m->sending_done));
    printf("\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
           "\"ack_p50_ms\":%.3f,\"ack_p99_ms\":%.3f,\"ack_max_ms\":%.3f,",
           histogram_ms(&step.delivery, .5), histogram_ms(&step.delivery, .95),
           histogram_ms(&step.delivery, .99), (double)step.delivery.max_us / 1e3,
           histogram_ms(&step.ack, .5), histogram_ms(&step.ack, .99),
           (double)step.ack.max_us / 1e3);
    printf("\"greeting_p50_ms\":%.3f,\"greeting_p99_ms\":%.3f,\"greeted\":%lu,"
           "\"presence_frames\":%lu,\"presence_bytes\":%lu,",
           histogram_ms(&step.greeting, .5), histogram_ms(&step.greeting, .99),
           step.greeting.total, step.presence_frames, step.presence_bytes);
    printf("\"frames\":%lu,\"bytes\":%lu,\"unsent_bytes\":%lu,\"closed\":%lu,\"close_code\":%d,"
           "\"conns_lost\":%d,\"ready\":%d,\"load_util\":%.3f,\"refusal\":\"",
           step.frames, step.bytes, unsent, step.closed, step.close_code, dead_count - m->dead,
           ready_count, (cpu_seconds() - m->cpu) / seconds(now - m->begin));
    for (const char *p = step.refusal; *p; p++)
        if (*p >= ' ' && *p != '\\') putchar(*p == '"' ? '\'' : *p);
    printf("\"}\n");
    fflush(stdout);
}

/* ---- connect, idle, churn ---- */

static void do_connect(int wanted, int at_once, double timeout) {
    int goal = connection_count + wanted, next = connection_count;
    measure_t m = step_begin();
    uint64_t end = m.begin + ns(timeout);
    if (goal > MAX_CONNECTIONS) goal = MAX_CONNECTIONS;
    for (;;) {
        int settled = ready_count - m.ready + dead_count - m.dead;
        if (settled >= wanted || now_ns() >= end) break;
        for (; next < goal && next - (goal - wanted) - settled < at_once; next++) {
            connection_start(next);
            connection_count = next + 1;
        }
        loop_turn(100000000);
    }
    double took = seconds(now_ns() - m.begin);
    printf("{\"connected\":%d,\"failed\":%d,\"wanted\":%d,\"secs\":%.4f,\"per_s\":%.1f,"
           "\"greeting_p50_ms\":%.3f,\"greeting_p99_ms\":%.3f,\"close_code\":%d,\"rooms\":%d}\n",
           ready_count - m.ready, dead_count - m.dead, wanted, took,
           (ready_count - m.ready) / took, histogram_ms(&step.greeting, .5),
           histogram_ms(&step.greeting, .99), step.close_code, room_count);
    fflush(stdout);
}

static void do_idle(double secs) {
    measure_t m = step_begin();
    turn_until(m.begin + ns(secs));
    drain(&m, 0);
    print_step(&m);
}

static void do_churn(double per_second, double away, double secs) {
    measure_t m = step_begin();
    uint64_t end = m.begin + ns(secs), gone = 0, back = 0, gap = (uint64_t)(1e9 / per_second);
    uint64_t total = (uint64_t)(per_second * secs);
    int *left = calloc(total + 1, sizeof *left), cursor = 0;
    while (now_ns() < end || back < gone) {
        uint64_t now = now_ns();
        while (gone < total && m.begin + gone * gap <= now) {
            connection_t *c = &connections[cursor];
            left[gone++] = cursor;
            cursor = (cursor + 1) % connection_count;
            if (c->state == STATE_READY) connection_leave(c);
        }
        while (back < gone && m.begin + back * gap + ns(away) <= now) {
            connection_t *c = &connections[left[back++]];
            if (c->state == STATE_DEAD) connection_start((int)(c - connections));
        }
        loop_turn(2000000);
    }
    free(left);
    for (end = now_ns() + ns(RETURN); ready_count < m.ready && now_ns() < end;) loop_turn(2000000);
    drain(&m, 0);
    print_step(&m);
}

/* ---- load, sends ---- */

static const place_t *place_of(const connection_t *c, int room) {
    for (int i = 0; i < c->place_count; i++)
        if (c->places[i].room == room) return &c->places[i];
    return NULL;
}

/* The next member of the room, in turn, who is connected and has room in the window. */
static connection_t *next_sender(room_t *room, int window) {
    for (int tried = 0; tried < room->member_count; tried++) {
        connection_t *c = &connections[room->members[room->next_sender++ % room->member_count]];
        if (c->state == STATE_READY && (!window || c->in_flight < window)) return c;
    }
    return NULL;
}

static void do_load(double rate, double secs, int length, int window, double limit) {
    measure_t m = step_begin();
    uint64_t total = (uint64_t)(rate * secs + 0.5), begun = 0, start = m.begin + 1000000;
    double gap = 1e9 / rate;
    while (begun < total && room_count) {
        uint64_t now = now_ns(), due = start + (uint64_t)((double)begun * gap);
        for (int burst = 0; begun < total && due <= now && burst < MAX_BURST; burst++) {
            int index = (int)(begun % (uint64_t)room_count);
            connection_t *c = next_sender(&rooms[index], window);
            if (c) message_send(c, place_of(c, index), length, due);
            else m.held++;
            begun++;
            due = start + (uint64_t)((double)begun * gap);
        }
        now = now_ns();
        loop_turn(begun < total && due > now ? (int64_t)(due - now) : 0);
    }
    drain(&m, limit);
    print_step(&m);
}

static uint64_t sends_end;
static int sends_length;

static void send_again(connection_t *c) {
    uint64_t now = now_ns();
    if (now < sends_end && c->state == STATE_READY && c->place_count)
        message_send(c, &c->places[0], sends_length, now);
}

static void do_sends(double secs, int length, int window, double limit) {
    measure_t m = step_begin();
    sends_end = m.begin + ns(secs);
    sends_length = length;
    on_answer = send_again;
    for (int k = 0; k < window; k++)
        for (int i = 0; i < connection_count; i++) send_again(&connections[i]);
    turn_until(sends_end);
    on_answer = NULL;
    drain(&m, limit);
    print_step(&m);
}

/* ---- commands ---- */

static void read_cookies(const char *path) {
    static char *cookies[MAX_COOKIES];
    char line[1024];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(2);
    }
    options.cookies = cookies;
    while (options.cookie_count < MAX_COOKIES && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line) cookies[options.cookie_count++] = strdup(line);
    }
    fclose(file);
}

static const protocol_t *protocol_named(const char *name) {
    static const protocol_t *all[] = {&plain_protocol, &plain_ack_protocol, &socketio_protocol,
                                      &socketio_ack_protocol, &chat_protocol};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(all[i]->name, name)) return all[i];
    fprintf(stderr, "lg: no protocol %s\n", name);
    exit(2);
}

static void read_options(int count, char **values) {
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = values[i], *value = values[i + 1];
        if (!strcmp(name, "--port")) options.port = atoi(value);
        else if (!strcmp(name, "--rooms")) options.rooms = atoi(value);
        else if (!strcmp(name, "--first-room")) options.first_room = atoi(value);
        else if (!strcmp(name, "--protocol")) options.protocol = protocol_named(value);
        else if (!strcmp(name, "--cookies")) read_cookies(value);
        else if (!strcmp(name, "--focus")) options.focus = atoi(value);
        else if (!strcmp(name, "--heartbeat")) options.heartbeat = atof(value);
        else if (!strcmp(name, "--blind-every")) options.blind_every = atoi(value);
        else {
            fprintf(stderr, "lg: no option %s\n", name);
            exit(2);
        }
    }
    if (options.protocol == &chat_protocol && !options.cookie_count) {
        fprintf(stderr, "lg: chat.v1 needs --cookies FILE, one Cookie header a line\n");
        exit(2);
    }
}

/* False when the driver is done with us. */
static bool obey(const char *line) {
    double a, b, c, limit;
    int n, length, window;
    if (sscanf(line, "connect %d %d %lf", &n, &window, &limit) == 3)
        do_connect(n, window, limit);
    else if (sscanf(line, "load %lf %lf %d %d %lf", &a, &b, &length, &window, &limit) == 5)
        do_load(a, b, length, window, limit);
    else if (sscanf(line, "sends %lf %d %d %lf", &a, &length, &window, &limit) == 4)
        do_sends(a, length, window, limit);
    else if (sscanf(line, "churn %lf %lf %lf", &a, &b, &c) == 3)
        do_churn(a, b, c);
    else if (sscanf(line, "idle %lf", &a) == 1)
        do_idle(a);
    else
        return false;
    return true;
}

int main(int count, char **values) {
    char line[256];
    size_t length = 0;
    read_options(count, values);
    loop_open();
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    for (;;) { /* between commands the sockets are served too: pings want their answers */
        ssize_t n = read(STDIN_FILENO, line + length, sizeof line - 1 - length);
        if (n == 0) break;
        if (n < 0) {
            loop_turn(POLL);
            continue;
        }
        length += (size_t)n;
        line[length] = 0;
        if (!strchr(line, '\n')) continue;
        length = 0;
        if (!obey(line)) break;
    }
    return 0;
}

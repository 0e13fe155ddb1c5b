/* What the parts of the load generator share: connections, rooms, the step being measured. */
#ifndef LOAD_H
#define LOAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "histogram.h"

enum {
    MAX_CONNECTIONS = 65536,
    MAX_IN_FLIGHT_SENDS = 1 << 20, /* sends whose due time is remembered for their ack */
    MAX_TEXT = 8192,               /* bytes of one message's text */
};

typedef enum { STATE_NONE, STATE_TCP, STATE_HTTP, STATE_GREETING, STATE_READY, STATE_DEAD } state_t;

/* One connection's place in one room: what it has applied so far. */
typedef struct {
    int room; /* index in `rooms` */
    uint64_t version, seq;
    bool healing; /* a sync is under way; live frames ahead of us are not a gap */
} place_t;

typedef struct {
    int fd;
    state_t state;
    bool blind; /* bytes are thrown away unread: it weighs on the server, hardly on us */
    place_t *places;
    int place_count;
    char *in, *out;
    size_t in_len, in_cap, out_len, out_cap;
    uint64_t opened_ns, last_out_ns; /* TCP begun; last frame sent */
    int in_flight;                   /* sends without an answer yet */
} connection_t;

typedef struct {
    uint64_t id; /* the server's */
    int *members; /* connections, by index */
    int member_count, member_cap;
    int next_sender;
    int counted; /* members whose deliveries are counted in this step */
} room_t;

/* How one kind of server is spoken to. */
typedef struct {
    const char *name;
    bool acks;
    /* Writes the request line and the headers of its own; returns their length. */
    int (*request)(const connection_t *c, char *out, size_t cap);
    void (*opened)(connection_t *c); /* after the 101 */
    void (*text)(connection_t *c, const char *p, size_t n, uint64_t now);
    /* Writes one message to room `place`; `ref` names it in the ack. Returns its length. */
    int (*message)(const connection_t *c, const place_t *place, uint32_t ref, const char *text,
                   char *out, size_t cap);
    /* Called about once a second for each ready connection; may be NULL. */
    void (*tick)(connection_t *c, uint64_t now);
} protocol_t;

extern const protocol_t plain_protocol, plain_ack_protocol, socketio_protocol,
    socketio_ack_protocol, chat_protocol;

typedef struct {
    int port;
    int rooms, first_room; /* of the peers; chat.v1 learns its rooms from hello */
    const protocol_t *protocol;
    int cookie_count;
    char **cookies; /* connection i presents cookie i modulo their number */
    bool focus;     /* chat.v1: look at the first room, so that presence comes */
    double heartbeat; /* chat.v1: s of our silence before a ping */
    int blind_every; /* of each so many connections all but one are blind; 0: none is */
} options_t;
extern options_t options;

extern connection_t *connections;
extern int connection_count, ready_count, dead_count;
extern room_t *rooms;
extern int room_count;

/* What one step has seen. Cleared by step_clear. */
typedef struct {
    histogram_t delivery, ack, greeting; /* greeting: from the first SYN to ready */
    uint32_t first_ref; /* sends before it belong to an earlier step */
    uint64_t sent, expected, delivered, stale, acked, answered;
    uint64_t frames, bytes, last_delivery_ns;
    /* chat.v1: what the protocol promises never to happen on an open socket … */
    uint64_t gaps, holes, disorder, seq_breaks, malformed;
    /* … and what it allows. */
    uint64_t repeats, lagged, resets, syncs, batches, refused;
    uint64_t presence_frames, presence_bytes, typing_frames;
    uint64_t closed; /* by the server */
    int close_code;  /* the last one seen */
    char refusal[256];
} step_t;
extern step_t step;
extern uint32_t next_ref;

uint64_t now_ns(void);

/* connection.c: bytes in and out */
void loop_open(void);
void loop_turn(int64_t nanoseconds); /* waits at most so long for something to happen */
void connection_start(int index);
void connection_drop(connection_t *c);
void connection_leave(connection_t *c); /* as a tab does that is closed */
void connection_ready(connection_t *c);
void frame_send(connection_t *c, int opcode, const char *payload, size_t n);
void text_send(connection_t *c, const char *payload, size_t n);

/* room.c */
int room_index(uint64_t id);
void room_enter(connection_t *c, int room, uint64_t version, uint64_t seq);
void room_leave_all(connection_t *c);

/* message.c: texts that carry their due time, so that each delivery tells its latency */
int message_text(char *out, size_t cap, size_t length, uint64_t due_ns, uint32_t ref);
bool message_read(const char *text, size_t n, uint64_t *due_ns, uint32_t *ref);
void message_delivered(uint64_t due_ns, uint32_t ref, uint64_t now);
void message_acked(connection_t *c, uint32_t ref, uint64_t now);
void message_refused(connection_t *c, uint32_t ref, const char *why, size_t n);
/* Sends one message, due at that time, from a member to a room of theirs. */
void message_send(connection_t *c, const place_t *place, int length, uint64_t due_ns);
/* Set while each answer is to bring the next send (the closed loop). */
extern void (*on_answer)(connection_t *c);
#endif

/* Rooms by the server's id, and who of ours is in them. */
#include <stdlib.h>
#include <string.h>

#include "load.h"

room_t *rooms;
int room_count;
static int room_cap;

static int *slots; /* open addressing: index + 1 of the room, 0 where free */
static size_t slot_count;

static size_t slot_of(uint64_t id) {
    size_t slot = (size_t)(id * 0x9e3779b97f4a7c15ull) & (slot_count - 1);
    while (slots[slot] && rooms[slots[slot] - 1].id != id) slot = (slot + 1) & (slot_count - 1);
    return slot;
}

static void grow(void) {
    room_cap = room_cap ? room_cap * 2 : 256;
    rooms = realloc(rooms, (size_t)room_cap * sizeof *rooms);
    slot_count = (size_t)room_cap * 2;
    free(slots);
    slots = calloc(slot_count, sizeof *slots);
    for (int i = 0; i < room_count; i++) slots[slot_of(rooms[i].id)] = i + 1;
}

int room_index(uint64_t id) {
    if (room_count == room_cap) grow();
    size_t slot = slot_of(id);
    if (!slots[slot]) {
        rooms[room_count] = (room_t){.id = id};
        slots[slot] = ++room_count;
    }
    return slots[slot] - 1;
}

void room_enter(connection_t *c, int index, uint64_t version, uint64_t seq) {
    room_t *room = &rooms[index];
    if (room->member_count == room->member_cap) {
        room->member_cap = room->member_cap ? room->member_cap * 2 : 8;
        room->members = realloc(room->members, (size_t)room->member_cap * sizeof *room->members);
    }
    room->members[room->member_count++] = (int)(c - connections);
    c->places = realloc(c->places, (size_t)(c->place_count + 1) * sizeof *c->places);
    c->places[c->place_count++] = (place_t){.room = index, .version = version, .seq = seq};
}

void room_leave_all(connection_t *c) {
    int me = (int)(c - connections);
    for (int i = 0; i < c->place_count; i++) {
        room_t *room = &rooms[c->places[i].room];
        for (int k = 0; k < room->member_count; k++) {
            if (room->members[k] != me) continue;
            room->members[k] = room->members[--room->member_count];
            break;
        }
    }
    free(c->places);
    c->places = NULL;
    c->place_count = 0;
}

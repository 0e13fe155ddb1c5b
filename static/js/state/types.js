// @ts-check
/**
 * The rows and frames of the wire (docs/protocol.md), as the modules here pass them around.
 *
 * @typedef {{emoji: string, users: number[]}} Reaction
 *
 * @typedef {object} Forwarded Whose message it was; where it stands only if that is public.
 * @property {number} user
 * @property {string} name
 * @property {string} at
 * @property {number} [room]
 * @property {string} [room_name]
 * @property {string} [slug]
 * @property {number} [seq]
 *
 * @typedef {{options: {text: string, votes: number, users: number[]}[], multiple: boolean,
 *   closed: boolean, voters: number}} Poll
 *
 * @typedef {object} Message
 * @property {number} id
 * @property {number} room
 * @property {number} seq
 * @property {number} version
 * @property {number} author
 * @property {string} client_id
 * @property {string} body
 * @property {string} html
 * @property {string} created_at
 * @property {string | null} edited_at
 * @property {boolean} deleted
 * @property {number | null} reply_to
 * @property {number | null} thread
 * @property {boolean} pinned
 * @property {number[]} mentions
 * @property {unknown[]} attachments
 * @property {Reaction[]} reactions
 * @property {boolean} [in_room] of one in a thread: whether it is shown in the room too
 * @property {{count: number, last_seq: number, last_at: string}} [replies] of one that began a thread
 * @property {Forwarded} [forwarded]
 * @property {"room" | "here"} [call] whom it calls besides those mentioned
 * @property {Poll} [poll]
 *
 * @typedef {object} Member
 * @property {number} user
 * @property {string} username
 * @property {string} name
 * @property {string | null} avatar
 * @property {string | null} role null once they have left
 * @property {number} version
 * @property {string} [status]
 * @property {string} [status_emoji]
 * @property {string | null} [status_until]
 * @property {string | null} [dnd_until]
 *
 * @typedef {object} Person
 * @property {number} id
 * @property {string} name
 * @property {string} username
 * @property {string | null} avatar
 * @property {string} [status] of those whose row in a room is known
 * @property {string} [status_emoji]
 * @property {string | null} [status_until]
 * @property {string | null} [dnd_until]
 *
 * @typedef {object} Info
 * @property {number} id
 * @property {string} kind
 * @property {string} slug
 * @property {string} name
 * @property {string} topic
 * @property {boolean} locked
 * @property {boolean} archived
 * @property {number} slow_mode
 * @property {number} version
 * @property {string} [callers]
 * @property {string} [writers]
 *
 * @typedef {object} RoomRow One room as `hello` tells of it.
 * @property {number} id
 * @property {"public" | "private" | "direct"} kind
 * @property {string} slug
 * @property {string} name
 * @property {string} [topic]
 * @property {boolean} [locked]
 * @property {boolean} [archived]
 * @property {number} [slow_mode]
 * @property {number} version
 * @property {number} last_seq
 * @property {number} read_seq
 * @property {number} unread
 * @property {number} mentions
 * @property {string} notify
 * @property {string} role
 * @property {number} [unread_from] the seq from which on the member marked all unread
 * @property {Person[]} [with]
 * @property {string} [callers] who may call everybody: "stewards" or "members"
 * @property {string} [writers] who may write: "members" or "stewards"
 * @property {string | null} [muted_until] until then moderators let this member not write
 * @property {number[]} [here] unread calls to those connected, of whom this member was one
 * @property {string | null} [quiet_until]
 * @property {boolean} [favourite]
 * @property {number | null} [place]
 *
 * @typedef {object} SeatRow How the member wants a room.
 * @property {number} room
 * @property {string} notify
 * @property {string | null} quiet_until
 * @property {boolean} favourite
 * @property {number | null} place
 *
 * @typedef {object} Changes
 * @property {"changes"} type
 * @property {number} room
 * @property {number} from
 * @property {number} to
 * @property {Message[]} messages
 * @property {Member[]} members
 * @property {Info | null} info
 * @property {boolean} more
 * @property {boolean} reset
 * @property {string | number | null} [ref]
 *
 * @typedef {object} Hello
 * @property {string} epoch
 * @property {{id: number, name: string}} user
 * @property {string} server_time
 * @property {number} heartbeat
 * @property {{body: number, frame: number, changes: number}} limits
 * @property {RoomRow[]} rooms
 *
 * @typedef {object} Notice What moderators did to this member, or what waits for them as one.
 * @property {string} about mute, ban, remove, delete, report or reported
 * @property {string} text
 * @property {number} [room]
 * @property {string} [until]
 * @property {number} [sanction] that they may appeal against
 *
 * @typedef {{messages: Message[], version: number, last_seq: number}} HistoryPage
 */

export {};

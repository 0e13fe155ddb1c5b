// @ts-check
/**
 * What those who look after the open room may do about a member of it.
 *
 * @typedef {import("../client.js").ChatClient} ChatClient
 * @typedef {{sign: string, label: string, act: () => unknown}} Act
 */
import { gettext } from "../all-words.js";

/**
 * Whether this member may do anything about another in the open room: owners about everybody,
 * moderators about those who are neither.
 * @param {ChatClient} client
 * @param {number} user
 */
export function mayModerate(client, user) {
  const { room, me } = client;
  if (!room || room.kind === "direct" || !client.moderates || user === me.id) return false;
  const role = room.members.get(user)?.role;
  const isSteward = role === "owner" || role === "moderator";
  return !isSteward || room.role === "owner" || me.moderator === true;
}

/**
 * @param {ChatClient} client
 * @param {number} user
 * @returns {Act[]}
 */
export function memberActs(client, user) {
  const { room } = client;
  if (!room || !mayModerate(client, user)) return [];
  const { id } = room;
  const dialogs = () => import("./sanction-dialogs.js");
  const name = client.person(user).name;
  const purge = {
    sign: "trash-2",
    label: gettext("Delete what {name} said…", { name }),
    act: async () => (await import("./deletion-dialogs.js")).askPurge(client, id, user),
  };
  const ban = {
    sign: "ban",
    label: gettext("Ban {name}…", { name }),
    act: async () => (await dialogs()).askBan(client, id, user),
  };
  if (!room.members.get(user)?.role) return [purge, ban];
  return [
    {
      sign: "volume-x",
      label: gettext("Mute {name}…", { name }),
      act: async () => (await dialogs()).askMute(client, id, user),
    },
    {
      sign: "user-minus",
      label: gettext("Remove {name}…", { name }),
      act: async () => (await dialogs()).askRemove(client, id, user),
    },
    ban,
    purge,
  ];
}

// @ts-check
/**
 * What happens when something on a message is pressed. What is seldom pressed is loaded then.
 *
 * @typedef {import("./message-progress.js").Shown} Shown
 * @typedef {import("../client.js").ChatClient} ChatClient
 *
 * @typedef {object} Acts
 * @property {(message: Shown) => void} reply
 * @property {(message: Shown, opener: HTMLElement) => void} pickReaction
 * @property {(message: Shown) => unknown} remove one's own can be kept for a moment; of others', why
 * @property {((message: Shown) => void) | null} openThread null where one is in it
 * @property {((message: Shown) => void) | null} pickDay null where one day is in sight anyway
 * @property {(message: Shown, opener: HTMLElement) => void} more
 * @property {(message: Shown) => void} showEdits
 * @property {(id: number) => void} goTo shows the message that another one answers
 * @property {(message: Shown, emoji: string, opener: HTMLElement) => void} showReaction
 */

import { put } from "./element.js";

/**
 * What single letters do on the row in focus, if this member wants them to do anything.
 * @param {ChatClient} client
 * @param {Acts} acts
 * @param {(row: HTMLElement) => Shown | undefined} messageOf
 * @returns {Record<string, (row: HTMLElement) => void>}
 */
export function letterActs(client, acts, messageOf) {
  if (!client.reach.single_keys) return {};
  /** @param {(message: Shown, row: HTMLElement) => void} act */
  const on = (act) => (/** @type {HTMLElement} */ row) => {
    const message = messageOf(row);
    if (message && !message.entry && !message.deleted) act(message, row);
  };
  const markUnread = (/** @type {Shown} */ { seq }) => void client.reading.markUnread(seq);
  return {
    ...(client.readOnly ? {} : { r: on(acts.reply), e: on(acts.pickReaction) }),
    ...(acts.openThread ? { t: on(acts.openThread), u: on(markUnread) } : {}),
    ...(acts.pickDay ? { d: on(acts.pickDay) } : {}),
    m: on(acts.more),
  };
}

/**
 * @param {ChatClient} client
 * @param {Pick<Acts, "reply" | "openThread" | "pickDay"> & Partial<Acts>} own
 * @returns {Acts}
 */
export function messageActs(client, own) {
  /** @type {Acts} */
  const acts = {
    goTo: (id) => void client.windows.goToMessage(id),
    pickReaction: async (message, opener) => {
      const { ReactionPicker } = await import("./reaction-picker.js");
      put(ReactionPicker, client).open(opener, (emoji) => void client.messages.react(message, emoji));
    },
    remove: async (message) => {
      if (message.author === client.me.id) return client.messages.remove(message);
      const { askDelete } = await import("./deletion-dialogs.js");
      return askDelete(client, message);
    },
    more: async (message, opener) => {
      const { openMenu } = await import("./message-menu.js");
      await openMenu(client, message, acts, opener);
    },
    showReaction: async (message, emoji, opener) => {
      const { ReactionList } = await import("./reaction-list.js");
      put(ReactionList, client).open(message, emoji, opener);
    },
    showEdits: async (message) => {
      const { EditHistory } = await import("./edit-history.js");
      put(EditHistory, client).show(message);
    },
    ...own,
  };
  return acts;
}

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
 * @property {(message: Shown) => void} remove
 * @property {((message: Shown) => void) | null} openThread null where one is in it
 * @property {(message: Shown, opener: HTMLElement) => void} more
 * @property {(message: Shown) => void} showEdits
 * @property {(id: number) => void} goTo shows the message that another one answers
 * @property {(message: Shown, emoji: string, opener: HTMLElement) => void} showReaction
 */

import { put } from "./element.js";

/**
 * @param {ChatClient} client
 * @param {Pick<Acts, "reply" | "openThread"> & Partial<Acts>} own
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
    remove: (message) => client.messages.remove(message),
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

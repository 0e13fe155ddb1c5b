// @ts-check
/**
 * How each panel is made; loaded when it is first opened. Apart from the frame that they share: modules
 * that import each other in a circle cannot be served under names that tell their content.
 *
 * @typedef {import("./side-panel.js").SidePanel} SidePanel
 */
const KINDS = {
  thread: async () => (await import("./thread-panel.js")).ThreadPanel,
  threads: async () => (await import("./threads-panel.js")).ThreadsPanel,
  pins: async () => (await import("./pins-panel.js")).PinsPanel,
  saved: async () => (await import("./saved-panel.js")).SavedPanel,
  info: async () => (await import("./info-panel.js")).InfoPanel,
  mentions: async () => (await import("./mentions-panel.js")).MentionsPanel,
  moderation: async () => (await import("./moderation-panel.js")).ModerationPanel,
  search: async () => (await import("./search-panel.js")).SearchPanel,
  scheduled: async () => (await import("./scheduled-panel.js")).ScheduledPanel,
};

/**
 * @param {import("../client.js").ChatClient} client
 * @param {import("../client/panels.js").Panel} panel
 * @returns {Promise<SidePanel>}
 */
export async function makePanel(client, { name, about, text }) {
  const made = new (await KINDS[name]())();
  made.client = client;
  made.about = about;
  if (text !== undefined) Object.assign(made, { text });
  made.className = "side-panel";
  return made;
}

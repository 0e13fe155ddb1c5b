// @ts-check
/**
 * How a member wants to reach the page: what is read out of it, and whether single keys do anything.
 *
 * @typedef {{read_out: "everything" | "mentions" | "nothing", single_keys: boolean}} Reach
 */

/**
 * Wants it differently from now on, on all devices. A refusal is told.
 * @param {import("../client.js").ChatClient} client
 * @param {Partial<Reach>} wanted
 */
export async function prefer(client, wanted) {
  try {
    const { read_out, single_keys } = await client.api.change("PATCH", "me", wanted);
    client.reach = { read_out, single_keys };
  } catch (error) {
    client.refused(error);
  }
}

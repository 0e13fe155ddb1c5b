// @ts-check

/** Listeners by topic. A listener is called in the turn in which the topic is told. */
export class Emitter {
  /** @type {Map<string, Set<(detail?: any) => void>>} */
  #listeners = new Map();

  /**
   * Listens until `signal` is aborted.
   * @param {string} topic
   * @param {(detail?: any) => void} listener
   * @param {AbortSignal} [signal]
   */
  on(topic, listener, signal) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    signal?.addEventListener("abort", () => listeners.delete(listener), { once: true });
  }

  /**
   * @param {string} topic
   * @param {any} [detail]
   */
  tell(topic, detail) {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener(detail);
  }
}

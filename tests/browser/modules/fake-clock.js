// @ts-check

/** A clock that stands until it is told to go on. */
export class FakeClock {
  #now = 0;
  #next = 1;
  #timers = new Map();

  now = () => this.#now;

  after = (callback, ms) => {
    const timer = this.#next;
    this.#next += 1;
    this.#timers.set(timer, { at: this.#now + ms, callback });
    return timer;
  };

  cancel = (timer) => this.#timers.delete(timer);

  /** Lets `ms` pass, and whatever falls due meanwhile happen in its order. */
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      if (due.length === 0) break;
      due.sort(([a, { at: atA }], [b, { at: atB }]) => atA - atB || a - b);
      const [timer, { at, callback }] = due[0];
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }
}

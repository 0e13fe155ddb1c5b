// What browsers have and the oldest TypeScript that checks us (Debian's, 4.8) does not know yet.

interface Array<T> {
  findLast(predicate: (value: T, index: number, array: T[]) => unknown): T | undefined;
  toSorted(compare?: (a: T, b: T) => number): T[];
}

interface HTMLElement {
  popover: string | null;
  showPopover(): void;
  hidePopover(): void;
}

interface ToggleEvent extends Event {
  readonly newState: "open" | "closed";
  readonly oldState: "open" | "closed";
}

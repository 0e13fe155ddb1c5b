// @ts-check

export class AssertionFailed extends Error {}

/** Fails unless the two are equal as JSON. */
export function equal(actual, expected, what = "") {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new AssertionFailed(`${what} expected ${wanted}, got ${got}`);
}

export function ok(condition, what) {
  if (!condition) throw new AssertionFailed(what);
}

/** Lets promises that are due settle. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Waits until `condition` holds; for what the browser does in its own time. */
export async function until(condition, what) {
  const end = performance.now() + 5000;
  while (!(await condition())) {
    if (performance.now() > end) throw new AssertionFailed(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

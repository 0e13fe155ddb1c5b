// @ts-check
/**
 * What changed between two texts, word by word.
 *
 * @typedef {{kind: "same" | "gone" | "new", text: string}} Part
 */

/** words of both texts multiplied; beyond that the whole counts as changed */
const MOST = 1_000_000;

/**
 * The parts that make `after` of `before`: without the new ones they are `before`, without the gone
 * ones `after`.
 * @param {string} before
 * @param {string} after
 * @returns {Part[]}
 */
export function diff(before, after) {
  const old = words(before);
  const fresh = words(after);
  if (old.length * fresh.length > MOST) {
    return join([
      { kind: "gone", text: before },
      { kind: "new", text: after },
    ]);
  }
  const lengths = commonLengths(old, fresh);
  /** @type {Part[]} */
  const parts = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      parts.push({ kind: "same", text: old[i] });
      i += 1;
      j += 1;
    } else if (j === fresh.length || (i < old.length && lengths[i + 1][j] >= lengths[i][j + 1])) {
      parts.push({ kind: "gone", text: old[i] });
      i += 1;
    } else {
      parts.push({ kind: "new", text: fresh[j] });
      j += 1;
    }
  }
  return join(parts);
}

/** Words, and what stands between them. */
function words(/** @type {string} */ text) {
  return text.match(/\s+|[^\s]+/gu) ?? [];
}

/**
 * How long the longest common sequence of what follows each pair of positions is.
 * @param {string[]} old
 * @param {string[]} fresh
 */
function commonLengths(old, fresh) {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      lengths[i][j] =
        old[i] === fresh[j]
          ? lengths[i + 1][j + 1] + 1
          : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}

/** @param {Part[]} parts */
function join(parts) {
  /** @type {Part[]} */
  const joined = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.kind === part.kind) last.text += part.text;
    else if (part.text) joined.push({ ...part });
  }
  return joined;
}

// @ts-check

const LATIN = "\u024f"; // the last letter of Latin scripts

/**
 * What a key stands for, in small letters. On keyboards of other scripts it is the Latin one in the
 * same place: whoever writes Arabic finds R where ق is.
 * @param {KeyboardEvent} event
 */
export function latinKey({ key, code, shiftKey }) {
  if (key.length > 1 || key <= LATIN) return key.toLowerCase();
  if (code === "Slash") return shiftKey ? "?" : "/";
  return /^Key[A-Z]$/.test(code) ? code[3].toLowerCase() : key;
}

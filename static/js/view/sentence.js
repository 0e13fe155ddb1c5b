// @ts-check
/**
 * A translated text with what stands in it drawn: a name in bold, a link. Where each stands is for
 * the language to say, so the text names its places: `Forwarded from {name}`.
 * @param {string} text as `gettext` gives it without values
 * @param {Record<string, unknown>} parts what is drawn for `{name}`, by name
 * @returns {unknown[]} for a template
 */
export function sentence(text, parts) {
  return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? parts[part] : part));
}

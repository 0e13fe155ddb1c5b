// @ts-check

/** What the server counts: code points of the trimmed text. */
export function length(/** @type {string} */ text) {
  return [...text.trim()].length;
}

/** As high as what is in it, where the style sheet cannot say that by itself. */
export function fitHeight(/** @type {HTMLTextAreaElement} */ field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.blockSize = "auto";
  field.style.blockSize = `${field.scrollHeight}px`;
}

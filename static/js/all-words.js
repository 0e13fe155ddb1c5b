// @ts-check
/** The language of the page with all its texts, for modules that are loaded when first needed. */
import { readRest } from "./language.js";

await readRest();

export { gettext, language, ngettext } from "./language.js";

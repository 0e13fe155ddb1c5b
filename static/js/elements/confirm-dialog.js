// @ts-check
import { nothing } from "../../vendor/lit-html-3.3.3/lit-html.js";
import { ask } from "./asking.js";

/**
 * Asks once more. Resolves with whether it was meant.
 * @param {string} question
 * @param {string} verb what the button says
 */
export function confirmed(question, verb) {
  return ask({ title: question, verb, fields: () => nothing, act: async () => undefined, isGrave: true });
}

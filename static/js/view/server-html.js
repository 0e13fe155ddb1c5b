// @ts-check
/**
 * The one place where HTML from the server enters the page.
 *
 * It is only ever a message's `html`: rendered and sanitised by the server (chat/markup.py) from
 * what a member wrote. Everything else on the page is text, which lit-html escapes.
 */
import { unsafeHTML } from "../../vendor/lit-html-3.3.3/directives/unsafe-html.js";

/** @param {{html: string}} message */
export function serverHtml(message) {
  if (message.html.includes("<room-link")) void import("../elements/room-link.js");
  return unsafeHTML(message.html);
}

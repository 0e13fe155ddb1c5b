// @ts-check
/** A mute or a ban in words. */
import { gettext } from "../all-words.js";
import { inWords } from "./until.js";

/**
 * Muted until 14:05, Banned until it is lifted
 * @param {{kind: string, until: string | null}} sanction
 */
export function sanctionText({ kind, until }) {
  const isMute = kind === "mute";
  if (!until) return isMute ? gettext("Muted until it is lifted") : gettext("Banned until it is lifted");
  const end = inWords(Date.parse(until));
  return isMute ? gettext("Muted {until}", { until: end }) : gettext("Banned {until}", { until: end });
}

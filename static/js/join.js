// @ts-check
/**
 * The page of join links. The token is behind the #, which no browser sends and no server logs; it
 * goes to the site in the body of a form instead.
 */
const form = /** @type {HTMLFormElement} */ (document.getElementById("join"));
const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  /** @type {HTMLInputElement} */ (form.elements.namedItem("token")).value = token;
  history.replaceState(null, "", location.pathname);
  form.submit();
} else {
  form.hidden = true;
  /** @type {HTMLElement} */ (document.getElementById("no-link")).hidden = false;
}

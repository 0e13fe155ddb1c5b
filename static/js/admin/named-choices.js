/**
 * Names what Select2 draws in the place of a `<select>` in Django's admin: the label belongs to the
 * select, which is hidden, and to a screen reader its stand-in would have no name, nor be known to
 * open a list.
 *
 * It is drawn when Select2 comes to it, and its search when somebody opens it; so each change of the
 * page is looked at.
 */

/** Gives the stand-in of each select the name of its label, and the list that it opens. */
const nameChoices = () => {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = /** @type {HTMLLabelElement | null} */ (
      document.querySelector(`label[for="${select.id}"]`)
    );
    const choice = select.nextElementSibling?.querySelector(".select2-selection");
    if (!label || !choice) continue;
    choice.setAttribute("aria-haspopup", "listbox");
    const list = choice.getAttribute("aria-owns");
    if (list) choice.setAttribute("aria-controls", list);
    else choice.removeAttribute("aria-controls");
    const name = label.textContent?.trim().replace(/:$/, "") ?? "";
    const chosen = choice.querySelector(".select2-selection__rendered");
    for (const part of [choice, chosen, document.querySelector(".select2-search__field")]) {
      part?.removeAttribute("aria-labelledby");
      // Written only where it differs: each change is seen here again.
      if (part && part.getAttribute("aria-label") !== name) part.setAttribute("aria-label", name);
    }
  }
};

// What opens is drawn within the page's main part, not behind all of it. Select2 comes only later.
for (const select of document.querySelectorAll("select.admin-autocomplete")) {
  /** @type {HTMLSelectElement} */ (select).dataset.dropdownParent = "#content-start";
}
new MutationObserver(nameChoices).observe(document.documentElement, {
  childList: true,
  subtree: true,
});

/** Returns what reaches over an edge of the screen, or is cut off without a sign, in words. */
() => {
  const TOLERANCE = 1; // px
  const found = [];
  const width = document.documentElement.clientWidth;

  const describe = (element) => {
    const classes = [...element.classList].map((name) => `.${name}`).join("");
    const text = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 30);
    return `${element.localName}${classes} “${text}”`;
  };

  /** The nearest ancestor that clips or scrolls sideways what is in it. */
  const clipper = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return up;
    }
    return null;
  };

  const isSeen = (element) =>
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) &&
    !element.closest(".visually-hidden, .skip-link, [inert]");

  if (document.documentElement.scrollWidth > width + TOLERANCE) {
    found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!isSeen(element) || element.closest("svg") !== null && element.localName !== "svg") continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const over = Math.max(box.right - width, -box.left);
    if (over > TOLERANCE && !clipper(element)) {
      found.push(`${describe(element)} reaches ${Math.round(over)} px over the edge`);
    }
    const style = getComputedStyle(element);
    if (parseFloat(style.textIndent) < -width || parseFloat(style.textIndent) > width) continue; // a sign
    if (element.matches("input, textarea, select")) continue; // one moves in them
    const isCut = style.overflowX === "hidden" || style.overflowX === "clip";
    const tells = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    if (isCut && !tells && element.scrollWidth > element.clientWidth + TOLERANCE) {
      found.push(`${describe(element)} is cut by ${element.scrollWidth - element.clientWidth} px`);
    }
  }
  return [...new Set(found)];
}

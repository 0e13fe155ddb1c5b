// @ts-check
/**
 * Begins the chat page. Where the server drew messages it lets them be read first: sent together
 * with its styles, eighty modules share a slow network with them, and one would see nothing before
 * all of it is there.
 */
const modules = document.getElementById("modules");
if (modules instanceof HTMLTemplateElement) {
  if (!document.hidden) await painted();
  document.head.append(modules.content);
}
await import("./chat.js");

/** There is no frame before the styles are here, and none in a page that nobody sees. */
function painted() {
  return new Promise((seen) => {
    requestAnimationFrame(() => setTimeout(seen));
    document.addEventListener("visibilitychange", seen, { once: true });
  });
}

export {}; // which makes it a module to who checks its types

// @ts-check
/** On pages of those who are not signed in, or are banned: what the browser kept of the last member's rooms goes. */
try {
  indexedDB.deleteDatabase("chat-kept");
} catch {
  // A browser that keeps nothing.
}

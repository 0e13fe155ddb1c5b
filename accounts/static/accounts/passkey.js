/* A passkey that was refused or cancelled: allauth tells the console alone, a person needs words. */

const content = document.querySelector("#content .entrance__body") ?? document.querySelector("#content");

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  content.querySelector(".passkey-failed")?.remove();
  const notice = document.getElementById("passkey-failed").content.cloneNode(true).firstElementChild;
  notice.classList.add("passkey-failed");
  content.prepend(notice);
});

/* Times are shown in the member's own zone: the browser knows it, so nobody has to be asked. */

const field = document.querySelector("input[name=time_zone]");
if (field) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

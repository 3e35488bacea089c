// The chat inside another site's page: what it and embed.js tell each other.
// `host` is the origin of that page as embed.js gave it. A false one gains nothing: the browser
// delivers our words only to a page of that very origin, and we hear only that one.

import { $ } from "./dom.js";

const query = new URLSearchParams(location.search);
const host = query.get("host") ?? "";
export const embedded = window.parent !== window && query.has("embed");

let shown = !embedded || query.get("embed") === "open";
const listeners = [];

export const isShown = () => shown && !document.hidden;
export const onShown = (then) => listeners.push(then);

export function tellHost(what, more = {}) {
  if (!embedded || !host) return;
  try {
    window.parent.postMessage({ domovoy: what, ...more }, host);
  } catch {
    // the address bar held no origin: nobody to tell
  }
}

addEventListener("message", (event) => {
  if (!embedded || event.source !== window.parent || event.origin !== host) return;
  if (event.data?.domovoy === "shown") {
    shown = true;
    if (matchMedia("(pointer: fine)").matches) $("text").focus();
    listeners.forEach((then) => then());
  }
  if (event.data?.domovoy === "hidden") shown = false;
});
document.addEventListener("visibilitychange", () => isShown() && listeners.forEach((then) => then()));

if (embedded) {
  $("close").hidden = false;
  $("close").addEventListener("click", () => tellHost("close"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]"))
      tellHost("close");
  });
}

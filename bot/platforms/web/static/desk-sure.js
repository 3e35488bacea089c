// A button that asks with its first press and does it with the second.

const HASTE = 600; // ms; a press that comes sooner is the rest of a double click

export const isAsked = (button) => button.classList.contains("sure");

export function ask(button, words) {
  button.classList.add("sure");
  button.textContent = words;
  wait(button);
}

export function unask(button, words) {
  button.classList.remove("sure");
  button.textContent = words;
  clearTimeout(button.waits);
  button.removeAttribute("aria-disabled");
}

/** A press that comes too soon is no yes, and begins the wait anew: a key held down says nothing. */
export function isHasty(button) {
  const hasty = button.getAttribute("aria-disabled") === "true";
  if (hasty) wait(button);
  return hasty;
}

function wait(button) {
  clearTimeout(button.waits);
  button.setAttribute("aria-disabled", "true");
  button.waits = setTimeout(() => button.removeAttribute("aria-disabled"), HASTE);
}

/** True with the second press; until the button is left the first one's question stands on it. */
export function isSure(button, words) {
  if (isAsked(button)) return !isHasty(button);
  const before = button.textContent;
  ask(button, words);
  button.addEventListener("blur", () => unask(button, before), { once: true });
  return false;
}

// The desk without a mouse. Letters go by their place on the keyboard: the layout is mostly Russian.

import { $ } from "./dom.js";

export function keys({ list, composer, back, isOpen }) {
  const help = () => $("keys-help").open || $("keys-help").showModal();
  $("keys").addEventListener("click", help);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || $("desk").hidden) return;
    if (document.querySelector("dialog[open]")) return;
    const at = document.activeElement;
    const typing = at?.matches("input, textarea, select");
    if (event.key === "Escape") {
      if (typing) at.blur();
      if (typing && isOpen()) $("messages").focus();
      else back();
      return;
    }
    if (typing) return;
    if (event.key === "?") help();
    else if (event.code === "KeyJ" || (event.key === "ArrowDown" && listed(at))) list.step(1);
    else if (event.code === "KeyK" || (event.key === "ArrowUp" && listed(at))) list.step(-1);
    else if (event.code === "KeyR" && isOpen()) composer.write("answer");
    else if (event.code === "KeyN" && isOpen()) composer.write("note");
    else if (event.key === "/" && isOpen()) $("text").focus();
    else return;
    // "/" goes on into the field it has just put the cursor in
    if (event.key !== "/") event.preventDefault();
  });
}

/** Arrows scroll the conversation when the focus is there; elsewhere they walk the list. */
const listed = (at) => !at || at === document.body || Boolean(at.closest(".side"));

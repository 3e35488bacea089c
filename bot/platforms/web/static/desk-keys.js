// The desk without a mouse. Letters go by their place on the keyboard: the layout is mostly Russian.

import { $ } from "./dom.js";

export function keys({ list, composer, actions, search, filing, notices, accounts, back, isOpen }) {
  const help = () => $("keys-help").open || $("keys-help").showModal();
  $("keys").addEventListener("click", help);
  const ofThread = {
    KeyR: () => composer.write("answer"),
    KeyN: () => composer.write("note"),
    KeyT: () => actions.take(),
    KeyA: () => $("do-assign").offsetParent && actions.assigning.open(),
    KeyE: () => $("do-status").offsetParent && actions.states.open(),
    KeyM: () => actions.others.open(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || $("desk").hidden || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
      event.preventDefault();
      search.open();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement;
    const typing = at?.matches("input, textarea, select");
    if (event.key === "Escape") {
      if (typing) at.blur();
      if (notices.open) return typing || notices.back();
      if (accounts.open) return accounts.back();
      if (typing && isOpen()) $("messages").focus();
      else back();
      return;
    }
    if (typing) return;
    if (event.key === "?") help();
    else if (event.code === "KeyO") notices.turn();
    else if ((notices.open || accounts.open) && !["KeyS", "KeyC"].includes(event.code)) return;
    else if (event.code === "KeyJ" || (event.key === "ArrowDown" && listed(at))) list.step(1);
    else if (event.code === "KeyK" || (event.key === "ArrowUp" && listed(at))) list.step(-1);
    else if (event.code === "KeyS") search.open();
    else if (event.code === "KeyC") filing.open();
    else if (ofThread[event.code] && isOpen()) ofThread[event.code]();
    else if (event.key === "/" && isOpen()) $("text").focus();
    else return;
    // "/" goes on into the field it has just put the cursor in
    if (event.key !== "/") event.preventDefault();
  });
}

/** Arrows scroll the conversation when the focus is there; elsewhere they walk the list. */
const listed = (at) => !at || at === document.body || Boolean(at.closest(".side"));

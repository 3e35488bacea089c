// «Текст для чата дома»: words to be copied into a messenger of the house's own.

import * as api from "./desk-api.js";
import { el } from "./dom.js";

/** Where the clipboard is closed to us, the words stand there to be copied by hand. */
export function chatText(kind, id, complain) {
  const field = el("textarea", { class: "chat-text", readonly: true, rows: "8", "aria-label": "Текст для чата дома", hidden: true });
  const copy = async () => {
    let text = "";
    try {
      ({ text } = await api.noticeText(kind, id));
      await navigator.clipboard.writeText(text);
      button.textContent = "✓ Скопировано";
    } catch (trouble) {
      if (!text) return complain(trouble.why ?? api.NO_NETWORK);
    }
    field.hidden = false;
    field.value = text;
    field.select();
  };
  const button = el("button", { type: "button", class: "press quiet", on: { click: copy } }, "💬 Текст для чата дома");
  return [button, field];
}

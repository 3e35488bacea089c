// One question with one field, asked in a dialog: why it is declined, when the visit is.

import { $, el } from "./dom.js";

/**
 * Resolves to the words, or to null when the member thought better of it. `offers` are words to
 * put into the field, or pairs of them and what the button says.
 */
export function ask({ title, about = "", label, button, must = false, value = "", offers = [] }) {
  const dialog = $("ask");
  $("ask-title").textContent = title;
  $("ask-about").textContent = about;
  $("ask-about").hidden = !about;
  $("ask-label").textContent = label;
  $("ask-yes").textContent = button;
  $("ask-why").hidden = true;
  $("ask-text").value = value;
  $("ask-offers").hidden = !offers.length;
  $("ask-offers").replaceChildren(
    ...offers
      .map((offer) => [offer].flat())
      .map(([words, label = words]) =>
        el("button", { type: "button", class: "chip", on: { click: () => put(words) } }, label),
      ),
  );
  dialog.showModal();
  $("ask-text").focus();
  return new Promise((done) => {
    const finish = (words) => {
      dialog.removeEventListener("close", closed);
      $("ask-form").onsubmit = null;
      if (dialog.open) dialog.close();
      done(words);
    };
    const closed = () => finish(null);
    dialog.addEventListener("close", closed);
    $("ask-no").onclick = () => finish(null);
    $("ask-form").onsubmit = (event) => {
      event.preventDefault();
      const words = $("ask-text").value.trim().replace(/\s*\n\s*/g, " ");
      if (words || !must) return finish(words);
      $("ask-why").hidden = false;
      $("ask-text").focus();
    };
    $("ask-text").onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      $("ask-form").requestSubmit();
    };
  });
}

function put(words) {
  $("ask-text").value = words;
  $("ask-text").focus();
}

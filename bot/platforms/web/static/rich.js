// Plain text in, text nodes and links out.

import { el } from "./dom.js";
import { dial } from "./words.js";

const LINK =
  /(https?:\/\/[^\s<>"«»]+)|(www\.[^\s<>"«»]+\.[^\s<>"«»]+)|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(\+7[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}|8[\s(-]+\d{3}[\s)-]+\d{3}[\s-]*\d{2}[\s-]*\d{2})/g;

/** A closing bracket or a full stop after an address belongs to the sentence. */
function trimmed(address) {
  let end = address.length;
  while (end > 0) {
    const last = address[end - 1];
    const unopened = last === ")" && !address.slice(0, end).includes("(");
    if (!".,;:!?…'".includes(last) && !unopened) break;
    end -= 1;
  }
  return address.slice(0, end);
}

export function linkify(text) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const [whole, url, bare, mail, phone] = found;
    const before = text[found.index - 1] ?? " ";
    const after = text[found.index + whole.length] ?? " ";
    if (phone && (/[\d-]/.test(before) || /\d/.test(after))) continue; // part of a longer number
    const shown = phone ?? mail ?? trimmed(whole);
    const href = phone ? dial(phone) : mail ? `mailto:${mail}` : bare ? `https://${shown}` : trimmed(url);
    out.append(text.slice(from, found.index));
    out.append(
      el("a", phone || mail ? { href } : { href, target: "_blank", rel: "noopener noreferrer" }, shown),
    );
    from = found.index + shown.length;
  }
  out.append(text.slice(from));
  return out;
}

/** Only what a button may open: the web, a phone, a letter. */
export function safeUrl(url) {
  try {
    return ["http:", "https:", "tel:", "mailto:"].includes(new URL(url, location.href).protocol) ? url : "";
  } catch {
    return "";
  }
}

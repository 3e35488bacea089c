// One row of the list: what it is, how long the resident waits, and who has it.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { ago, clock, exact, plural, span } from "./words.js";

const SAYS = { member: "Ответ: ", note: "Заметка: ", system: "", resident: "" };

/** A request is called by its number, a talk by who talks. */
export function nameOf(thread) {
  const mark = thread.emergency && thread.state === "open" ? "🚨 " : "";
  return thread.number ? `${mark}№ ${thread.number} · ${thread.category || "Заявка"}` : thread.resident;
}

export const placeOf = (thread) =>
  thread.number ? [thread.place, thread.resident].filter(Boolean).join(" · ") : thread.place || "разговор";

/** How long the resident waits: words, and "", "soon" or "late" for the colour. */
export function waiting(thread, now = Date.now()) {
  if (!thread.waits_since || thread.state !== "open") return null;
  const since = new Date(thread.waits_since);
  const due = thread.answer_due_at && new Date(thread.answer_due_at);
  const long = `ждёт ${span((now - since) / 60000)}`;
  if (due && due < now) return { words: `${long}, пора ответить`, tone: "late" };
  if (due && due - now < Math.max(0.2 * (due - since), 60000) && due - now < 3600000)
    return { words: `${long}, ответить до ${clock(due)}`, tone: "soon" };
  return { words: long, tone: "" };
}

/** What a dispatcher must see without opening it. The same stand above the open conversation. */
export function tags(thread) {
  const found = [];
  const add = (words, tone = "", picture = "") =>
    found.push(el("span", { class: `tag ${tone}`.trim() }, picture && icon(picture), words));
  const waits = waiting(thread);
  if (waits) add(waits.words, waits.tone, waits.tone === "late" ? "warn" : "clock");
  if (thread.due_at && new Date(thread.due_at) < Date.now()) add("срок вышел", "late", "warn");
  if (thread.in_haste && thread.state === "open") add("просит поскорее", "soon", "clock");
  if (thread.tone === "negative") add("недоволен", "late");
  if (thread.to_call) add("обзвонить", "call", "phone");
  if (thread.quiet) add("тихий режим", "hush", "hush");
  return found;
}

export function taker(thread) {
  if (thread.state !== "open") return null;
  if (thread.taken)
    return el(
      "span",
      { class: thread.taken.mine ? "tag mine" : "tag", title: `Занимается ${thread.taken.name}` },
      icon("person"),
      thread.taken.mine ? "у вас" : thread.taken.name,
    );
  return waiting(thread) ? el("span", { class: "tag free" }, "свободно") : null;
}

/** An emergency is filed by buttons alone; later a message without words is a file. */
const wordless = (thread) =>
  thread.number && thread.last_by === "resident" && new Date(thread.last_at) - new Date(thread.opened_at) < 1000
    ? "подана кнопками, без слов"
    : "вложение";

/** What the row shows and time alone changes. */
export const ageOf = (thread) => [ago(thread.last_at), waiting(thread), thread.due_at < new Date().toISOString()];

export function row(thread, current, unread) {
  const says = SAYS[thread.last_by] ?? (thread.last_by ? `${thread.last_by}: ` : "");
  const badge =
    unread > 0 &&
    el(
      "span",
      { class: "badge" },
      String(unread),
      el("span", { class: "unheard" }, ` ${plural(unread, "новое", "новых", "новых")}`),
    );
  return el(
    "li",
    {},
    el(
      "a",
      {
        href: `#${thread.id}`,
        class: ["thread", unread && "unread", thread.emergency && thread.state === "open" && "alarm"]
          .filter(Boolean)
          .join(" "),
        "aria-current": current ? "true" : null,
        data: { thread: thread.id },
      },
      el("b", { class: "thread-name", text: nameOf(thread) }),
      el("span", { class: "thread-place", text: placeOf(thread), title: placeOf(thread) }),
      el(
        "span",
        { class: "thread-line" },
        el("span", { class: "thread-text dim", text: `${says}${thread.last_text || wordless(thread)}` }),
        el("time", {
          class: "dim",
          datetime: thread.last_at,
          title: exact(thread.last_at),
          text: ago(thread.last_at),
        }),
        badge,
      ),
      el(
        "span",
        { class: "tags" },
        tags(thread),
        thread.status && el("span", { class: "status", text: thread.status }),
        taker(thread),
      ),
    ),
  );
}

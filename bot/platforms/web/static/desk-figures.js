// Figures as pictures: how many of all, and what became of the others.

import { el } from "./dom.js";

const PARTS = [
  ["delivered", "доставлено"],
  ["left", "ещё идёт"],
  ["refused", "не принято"],
  ["unknown", "неизвестно"],
  ["dropped", "снято до отправки"],
];

/** A bar of parts, in words for whoever does not see it. */
function bar(parts, all, words) {
  const box = el("div", { class: "figure-bar", role: "img", "aria-label": words, title: words });
  for (const [kind, count] of parts) {
    if (!count) continue;
    const part = el("span", { class: `part ${kind}` });
    part.style.flexGrow = count;
    box.append(part);
  }
  if (!all) box.append(el("span", { class: "part none" }));
  return box;
}

export function reachWords(reach) {
  if (!reach.everybody) return "Сообщать некому";
  const more = PARTS.slice(1).filter(([kind]) => reach[kind]);
  return [`Доставлено ${reach.delivered} из ${reach.everybody}`, ...more.map(([kind, name]) => `${name} ${reach[kind]}`)].join(", ");
}

export function reachBar(reach) {
  const parts = PARTS.map(([kind]) => [kind, reach[kind]]);
  return bar(parts, reach.everybody, reachWords(reach));
}

/** The bar with its number and a legend of what there is of each. */
export function reachFigure(reach) {
  if (!reach.everybody) return el("p", { class: "dim", text: "Сообщать некому: в боте из этих квартир никого." });
  return el(
    "div",
    { class: "figure" },
    el("p", { class: "figure-head" }, el("b", { text: reach.delivered }), ` из ${reach.everybody} получили`),
    reachBar(reach),
    el(
      "ul",
      { class: "legend" },
      PARTS.filter(([kind]) => reach[kind]).map(([kind, name]) =>
        el("li", {}, el("i", { class: `dot ${kind}` }), `${name} ${reach[kind]}`, kind === "refused" && reasons(reach.reasons)),
      ),
    ),
  );
}

const reasons = (found) =>
  found.length > 0 && el("span", { class: "dim", text: ` (${found.map(([why, count]) => `${why} — ${count}`).join(", ")})` });

/** Flats where somebody can be told, of all. */
export function flatsFigure({ all, reached }, head = "квартир есть кому написать") {
  if (!all) return null;
  return el(
    "div",
    { class: "figure" },
    el("p", { class: "figure-head" }, "В ", el("b", { text: reached }), ` из ${all} ${head}`),
    bar([["delivered", reached], ["none", all - reached]], all, `Квартиры: ${reached} из ${all}`),
  );
}

/** «Telegram — 12» and the like, longest first. */
export function channels(found) {
  const most = Math.max(1, ...found.map(([, count]) => count));
  return el(
    "ul",
    { class: "channels" },
    found.map(([name, count]) => {
      const part = el("span", { class: "part delivered" });
      part.style.width = `${Math.max(2, (100 * count) / most)}%`;
      return el("li", {}, el("span", { text: name }), el("span", { class: "channel-bar" }, part), el("b", { text: count }));
    }),
  );
}

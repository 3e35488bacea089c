// A line of the lists of outages, mailings and reminders.

import { reachBar } from "./desk-figures.js";
import { mailingTag } from "./desk-mailing.js";
import { tag } from "./desk-outage.js";
import { reminderTag } from "./desk-reminder.js";
import { el } from "./dom.js";

const row = (kind, { id, state }, current, ...kids) =>
  el("li", {}, el("a", { class: `notice-row ${state}`, href: state === "draft" ? `#${kind}-${id}-edit` : `#${kind}-${id}`, "aria-current": current && "true" }, kids));

const bar = (reach) => reach && el("span", { class: "notice-reach" }, reachBar(reach), el("span", { class: "dim", text: `${reach.delivered} из ${reach.everybody}` }));

export function outageRow(outage, current) {
  const { reach, answers } = outage;
  const [first, ...others] = outage.places;
  return row(
    "outage",
    outage,
    current,
    el("span", { class: "notice-line" }, el("b", { text: `${outage.sign} ${outage.name}` }), tag(outage)),
    el("span", { class: "notice-place", text: others.length ? `${first} и ещё ${others.length}` : first }),
    el("span", { class: "dim", text: outage.ended ? `Закончилось ${outage.ended}` : outage.when }),
    bar(reach),
    answers.length > 0 && el("span", { class: "dim", text: answers.map(({ label, count }) => `${label} — ${count}`).join(", ") }),
  );
}

export function mailingRow(mailing, current) {
  return row(
    "mailing",
    mailing,
    current,
    el("span", { class: "notice-line" }, el("b", { text: mailing.title }), mailingTag(mailing)),
    el("span", { class: "notice-place", text: mailing.whom }),
    el("span", { class: "dim", text: [mailing.kind, mailing.at].filter(Boolean).join(" · ") }),
    bar(mailing.reach),
  );
}

export function reminderRow(reminder, current) {
  return row(
    "reminder",
    reminder,
    current,
    el("span", { class: "notice-line" }, el("b", { text: reminder.title }), reminderTag(reminder)),
    el("span", { class: "notice-place", text: reminder.whom }),
    reminder.at && el("span", { class: "dim", text: reminder.at }),
    bar(reminder.reach),
  );
}

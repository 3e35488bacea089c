// The section of outages, mailings and reminders beside the conversations: what is there and ahead,
// what is over, and the one that is open.

import * as api from "./desk-api.js";
import { calmly } from "./desk-calm.js";
import { MailingForm } from "./desk-mailing-form.js";
import { MailingView } from "./desk-mailing.js";
import { mailingRow, outageRow, reminderRow } from "./desk-notice-row.js";
import { OutageForm } from "./desk-outage-form.js";
import { OutageView } from "./desk-outage.js";
import { ReminderForm } from "./desk-reminder-form.js";
import { ReminderView } from "./desk-reminder.js";
import { $, sync } from "./dom.js";

const GOING = 3000; // while posts leave, the figures are fetched again
const WORDS = {
  outage: { now: "Всё работает, и отключать ничего не собираются.", past: "Пока ничего не было.", begin: "Новое отключение", none: "Выберите отключение слева или начните новое.", gone: "Этого отключения нет, или оно в чужих домах." },
  mailing: { now: "Ничего не идёт и не ждёт своего часа.", past: "Рассылок пока не было.", begin: "Новая рассылка", none: "Выберите рассылку слева или начните новую.", gone: "Этой рассылки нет, или она для чужих домов." },
  reminder: { now: "Ничего не идёт и не ждёт своего часа.", past: "Напоминаний пока не было.", begin: "Новое напоминание", none: "Выберите напоминание об оплате слева или начните новое.", gone: "Этого напоминания нет, или оно для чужих домов." },
};
const KINDS = Object.keys(WORDS);
const LISTS = { mailing: api.mailings, reminder: api.reminders }; // short ones, fetched whole
const ROWS = { outage: outageRow, mailing: mailingRow, reminder: reminderRow };

export class Notices {
  /** `tell(words, good)` along the top of the page. */
  constructor({ tell }) {
    Object.assign(this, { tell, me: null, place: null, now: [], past: [], more: false });
    const failed = (trouble) => trouble.status !== 401 && this.tell(trouble.why ?? api.NO_NETWORK);
    this.refreshList = calmly(() => this.fetchList(), failed);
    this.refreshOne = calmly(() => this.fetchOne(), failed);
    const done = (kind) => ({
      sent: (id, words) => {
        this.tell(words, true);
        location.hash = `${kind}-${id}`;
      },
      draft: (id) => {
        this.place = { kind, shows: "form", id };
        history.replaceState(null, "", `#${kind}-${id}-edit`);
      },
      gone: () => (location.hash = `${kind}s`),
    });
    this.forms = { outage: new OutageForm(done("outage")), mailing: new MailingForm(done("mailing")), reminder: new ReminderForm(done("reminder")) };
    this.views = {
      outage: new OutageView({
        done: (words, what) => {
          this.tell(words, true);
          if (what === "cancel" && this.views.outage.data.state !== "announced") location.hash = "outages";
          this.refresh();
        },
        change: (id) => (location.hash = `outage-${id}-edit`),
      }),
      mailing: new MailingView(this.whatIsDone("mailing")),
      reminder: new ReminderView(this.whatIsDone("reminder")),
    };
    $("notices-new").addEventListener("click", () => (location.hash = `${this.place.kind}-new`));
    $("notices-more").addEventListener("click", () => this.showMore());
    for (const id of ["notices-back", "notices-home"]) $(id).addEventListener("click", () => this.back());
    for (const kind of KINDS) $(`notices-${kind}s`).addEventListener("click", () => (location.hash = `${kind}s`));
    $("notices-open").addEventListener("click", () => this.turn());
  }

  whatIsDone(kind) {
    return {
      done: (words, id, what) => {
        this.tell(words, true);
        if (what === "again") location.hash = `${kind}-${id}-edit`;
        else if (what === "stop" && !this.views[kind].data.reach) location.hash = `${kind}s`;
        this.refresh();
      },
      change: (id) => (location.hash = `${kind}-${id}-edit`),
    };
  }

  begins(me) {
    this.me = me;
    $("notices-open").hidden = !me.may.announce;
    $("notices-new").hidden = !me.may.send;
    $("notices-mailings").hidden = !me.may.mail;
    $("notices-reminders").hidden = !me.may.count;
  }

  get open() {
    return this.place !== null;
  }

  /** True where the address is of this section; then it shows what is named there. */
  route(hash) {
    const named = this.me?.may.announce ? read(hash) : null;
    const may = { outage: true, mailing: this.me?.may.mail, reminder: this.me?.may.count };
    const place = named && may[named.kind] ? named : null;
    const same = JSON.stringify(place) === JSON.stringify(this.place);
    if (same) return place !== null;
    if (this.place?.shows === "form") this.forms[this.place.kind].close();
    if (place && place.kind !== this.place?.kind) this.turnTo(place.kind);
    this.place = place;
    if (!place) return false;
    $("notices").dataset.pane = place.shows === "list" ? "list" : "one";
    $("notice-one").replaceChildren();
    $("notice-none").hidden = place.shows !== "list";
    this.refreshList();
    if (place.shows === "one") this.refreshOne();
    if (place.shows === "form") this.openForm(place);
    return true;
  }

  /** The words and the list of the other kind. */
  turnTo(kind) {
    const words = WORDS[kind];
    Object.assign(this, { now: [], past: [], more: false });
    for (const each of KINDS) $(`notices-${each}s`).setAttribute("aria-pressed", String(each === kind));
    $("notices-now-none").textContent = words.now;
    $("notices-past-none").textContent = words.past;
    $("notice-none-words").textContent = words.none;
    $("notices-new").setAttribute("aria-label", words.begin);
    for (const list of ["notices-now", "notices-past"]) $(list).replaceChildren();
  }

  async openForm({ kind, id }) {
    try {
      await this.forms[kind].open($("notice-one"), id);
    } catch (trouble) {
      if (!(trouble instanceof api.Refusal)) console.error(trouble);
      this.tell(trouble.why ?? api.NO_NETWORK);
      if (trouble.status === 404) location.hash = `${kind}s`;
    }
  }

  refresh() {
    if (!this.open) return;
    this.refreshList();
    this.refreshOne();
  }

  /** Something of one has changed. */
  hears({ is, id }) {
    if (this.place?.kind !== is) return;
    this.refreshList();
    if (this.place.id === id) this.refreshOne();
  }

  /** There, and back to the conversations. */
  turn() {
    if (this.me?.may.announce) location.hash = this.open ? "" : "outages";
  }

  back() {
    location.hash = this.place?.shows === "list" ? "" : `${this.place?.kind ?? "outage"}s`;
  }

  // The lists

  async fetchList() {
    if (!this.open) return;
    const { kind } = this.place;
    if (LISTS[kind]) {
      const { now, past } = await LISTS[kind]();
      if (this.place?.kind === kind) Object.assign(this, { now, past, more: false }), this.showLists();
      return;
    }
    const [now, past] = await Promise.all([api.outages({}), api.outages({ which: "past" })]);
    if (this.place?.kind !== kind) return;
    const known = new Set(past.outages.map(({ id }) => id));
    this.past = [...past.outages, ...this.past.slice(past.outages.length).filter(({ id }) => !known.has(id))];
    this.more = this.past.length > past.outages.length ? this.more : past.more;
    this.now = now.outages;
    this.showLists();
  }

  async showMore() {
    try {
      const { outages, more } = await api.outages({ which: "past", skip: this.past.length });
      this.past.push(...outages);
      this.more = more;
      this.showLists();
    } catch (trouble) {
      this.tell(trouble.why ?? api.NO_NETWORK);
    }
  }

  showLists() {
    this.showList($("notices-now"), this.now);
    this.showList($("notices-past"), this.past);
    $("notices-now-none").hidden = this.now.length > 0;
    $("notices-past-none").hidden = this.past.length > 0;
    $("notices-more").hidden = !this.more;
    clearTimeout(this.timer);
    if (this.open && this.now.some(({ reach }) => reach?.left)) this.timer = setTimeout(() => !document.hidden && this.refresh(), GOING);
  }

  showList(box, found) {
    const row = ROWS[this.place?.kind ?? "outage"];
    sync(
      box,
      found.map((each) => {
        const current = this.place?.id === each.id;
        return { key: String(each.id), sign: JSON.stringify([each, current]), make: () => row(each, current) };
      }),
    );
  }

  // The one that is open

  async fetchOne() {
    const { place } = this;
    if (place?.shows !== "one") return;
    let found;
    try {
      found = await api.notice(place.kind, place.id);
    } catch (trouble) {
      if (trouble.status !== 404 || this.place !== place) throw trouble;
      location.hash = `${place.kind}s`;
      this.tell(WORDS[place.kind].gone);
      return;
    }
    if (this.place === place) this.views[place.kind].show($("notice-one"), found[place.kind], { maySend: this.me.may.send });
  }
}

function read(hash) {
  const named = /^#(outage|mailing|reminder)(s|-new|-(\d{1,15})(-edit)?)$/.exec(hash);
  if (!named) return null;
  const [, kind, what, id, edit] = named;
  const shows = what === "s" ? "list" : what === "-new" || edit ? "form" : "one";
  return { kind, shows, id: id ? Number(id) : null };
}

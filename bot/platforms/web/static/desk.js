// The staff desk: what is open, what is fetched when, and the parts of the page between them.

import { Accounts } from "./desk-accounts.js";
import { Actions } from "./desk-actions.js";
import { Alerts } from "./desk-alerts.js";
import * as api from "./desk-api.js";
import { calmly } from "./desk-calm.js";
import { Composer } from "./desk-composer.js";
import { Filing } from "./desk-filing.js";
import { keys } from "./desk-keys.js";
import { List } from "./desk-list.js";
import { Notices } from "./desk-notices.js";
import { Office } from "./desk-office.js";
import { Outbox } from "./desk-outbox.js";
import { Past } from "./desk-past.js";
import { Search } from "./desk-search.js";
import { showCard, Talk } from "./desk-talk.js";
import { Together } from "./desk-together.js";
import { $ } from "./dom.js";
import { uuid } from "./store.js";
import { Wire } from "./wire.js";

const alerts = new Alerts();
const list = new List();
const notices = new Notices({ tell: toast });
const accounts = new Accounts({ tell: toast, expired: (why) => signIn(why) });
const office = new Office();
const past = new Past();
const search = new Search();
const together = new Together({ say: (frame) => wire?.say(frame), thread: () => current });
const filing = new Filing((thread, words) => {
  location.hash = String(thread);
  toast(words, true);
});
const pressed = new Set(); // "post action" of buttons whose press is on its way
const told = new Map(); // thread → last message reported as seen
const outbox = new Outbox({
  changed: () => showTalk(),
  taken: (thread) => thread === current && refreshThread(),
});
const talk = new Talk({
  reply: (message) => composer.quote(message.id),
  press,
  recall: (message) =>
    confirm("Отозвать это сообщение? У жителя оно исчезнет, если мессенджер ещё даёт удалить.") &&
    outbox.add(current, talk.mark, {
      kind: "command",
      text: "/recall",
      files: [],
      reply_to: message.id,
    }),
  busy: (post) =>
    (post.buttons ?? [])
      .flat()
      .map((button) => button.action)
      .filter((action) => pressed.has(`${post.id} ${action}`)),
  again: (item) => outbox.again(item.key),
  back: (item) => {
    outbox.drop(item.key);
    composer.giveBack(item);
  },
});
const composer = new Composer({
  send: (thread, message) => {
    toast("");
    outbox.add(thread, talk.mark, message);
    talk.scroll.toEnd();
  },
  tell: (words) => (words || !$("toast").classList.contains("good")) && toast(words),
  messageOf: (id) => talk.byId?.get(id),
  expired: (why) => signIn(why),
  types: () => together.types(),
  ahead: (since) => talk.data && together.answerAfter(talk.data.messages, since),
  last: () => talk.data?.messages.at(-1)?.id ?? 0,
  hush: () => {
    command("/quiet");
    composer.hushed(!composer.quiet);
  },
  find: (id) => talk.find(id),
});
const actions = new Actions({
  say: command,
  thread: () => (talk.data?.thread.id === current ? talk.data.thread : null),
  file: (thread) => filing.open(thread),
});

let current = null;
let wire = null;
let left = false;

api.onExpired(signIn);
begin();

async function begin() {
  let me;
  try {
    me = await api.me();
  } catch (trouble) {
    if (trouble instanceof api.Refusal && trouble.status === 401) {
      if (location.search === "?refused") signIn("Эта ссылка уже использована или устарела. Нужна новая.");
      return;
    }
    setTimeout(begin, 3000);
    $("desk").hidden = false;
    connection(false);
    return;
  }
  $("desk").hidden = false;
  $("company").textContent = me.company.name ? `${me.company.name} · диспетчерская` : "Диспетчерская";
  $("member").textContent = me.member.name;
  $("member").title = me.member.title || "";
  list.filters.rooms(me.rooms);
  office.begins(me);
  notices.begins(me);
  accounts.begins(me);
  together.me = me.member.name;
  keys({ list, composer, actions, search, filing, notices, accounts, back, isOpen: () => current !== null });
  addEventListener("hashchange", openFromHash);
  wire = new Wire("/desk/ws", {
    opened: () => {
      refreshList();
      if (current) refreshThread();
      office.refresh();
      notices.refresh();
      accounts.refresh();
      outbox.retry();
      composer.tray.retry();
    },
    frame,
    changed: connection,
  });
  openFromHash();
}

function frame(said) {
  if (said.is === "writing") return together.hears(said);
  if (["outage", "mailing", "reminder"].includes(said.is)) return notices.hears(said);
  if (said.room) return office.hears(said.room);
  if (said.is === "thread") refreshList();
  if (said.thread === current || said.id === current) refreshThread();
}

function failed(trouble) {
  if (!(trouble instanceof api.Refusal))
    wire?.drop(); // no network: the wire knows when it is back
  else if (trouble.status !== 401) toast(trouble.why);
}

const refreshList = calmly(async () => {
  await list.refresh();
  const open = list.filters.whole && !list.more ? list.threads : (await api.threads({ state: "open" })).threads;
  alerts.follow(open, document.hidden ? null : current);
}, failed);

const refreshThread = calmly(async () => {
  const id = current;
  if (id === null) return;
  let data;
  try {
    data = await api.thread(id);
  } catch (trouble) {
    if (trouble.status !== 404 || id !== current) throw trouble;
    location.hash = "";
    toast("Этого обращения нет, или оно не в ваших комнатах.");
    return;
  }
  if (id !== current) return;
  talk.open(data);
  outbox.settle(id, talk.mark);
  composer.open(id);
  composer.calls(data.thread.call);
  const hushing = outbox.of(id).some(({ text, state }) => text === "/quiet" && state !== "failed");
  if (!hushing) composer.hushed(data.thread.quiet);
  actions.show(data.thread);
  together.answered(data.messages);
  composer.look();
  showCard(data.card);
  past.show(id);
  showTalk();
  // with the list out of sight the focus goes along with the eyes
  if (document.activeElement === document.body && !$("threads").offsetParent)
    $("messages").focus({ preventScroll: true });
  saySeen();
}, failed);

function openFromHash() {
  const counting = accounts.route(location.hash);
  const away = notices.route(location.hash) || counting;
  const id = away ? null : Number(location.hash.slice(1)) || null;
  const view = counting ? "accounts" : away ? "notices" : id ? "talk" : "list";
  if (id === current && $("desk").dataset.view === view) return;
  current = id;
  list.select(id);
  talk.open(null);
  together.leave();
  showTalk();
  $("desk").dataset.view = view;
  $("notices-open").setAttribute("aria-pressed", String(away && !counting));
  $("accounts-open").setAttribute("aria-pressed", String(counting));
  $("card").hidden = !id;
  card(false);
  if (!id) return away || list.focus();
  refreshThread();
}

function back() {
  if ($("card").classList.contains("shown")) card(false);
  else if (current !== null) location.hash = "";
}

function showTalk() {
  $("nothing").hidden = current !== null;
  talk.show(current === null ? [] : outbox.of(current));
}

async function saySeen() {
  if (document.hidden || !talk.data) return;
  const { thread, messages } = talk.data;
  const upto = messages.at(-1)?.id;
  if (!thread.unread || !upto || told.get(thread.id) === upto) return;
  told.set(thread.id, upto);
  try {
    await api.seen(thread.id, upto);
    refreshList();
  } catch {
    told.delete(thread.id);
  }
}
document.addEventListener("visibilitychange", saySeen);

async function press(post, button) {
  if (button.fills) return composer.put(button.fills);
  const name = `${post.id} ${button.action}`;
  if (pressed.has(name)) return;
  pressed.add(name);
  toast("");
  showTalk();
  try {
    await api.press({ key: uuid(), thread: current, action: button.action, label: button.label });
    refreshThread();
  } catch (trouble) {
    toast(trouble.why ?? "Нет связи. Нажмите ещё раз чуть позже.");
  }
  pressed.delete(name);
  showTalk();
}

function command(text) {
  outbox.add(current, talk.mark, { kind: "command", text, files: [], reply_to: null });
  talk.scroll.toEnd();
}

$("back").addEventListener("click", () => (location.hash = ""));
$("show-card").addEventListener("click", () => card($("show-card").getAttribute("aria-expanded") !== "true"));
$("hide-card").addEventListener("click", () => card(false));
$("leave").addEventListener("click", async () => {
  left = true; // whatever else comes back now is refused, and no news
  try {
    await api.leave();
    signIn();
  } catch {
    left = false;
    toast("Нет связи: выйти не получилось.");
  }
});

/** On a wide screen the card always stands; on others it slides over the conversation. */
function card(shown) {
  $("card").classList.toggle("shown", shown);
  $("show-card").setAttribute("aria-expanded", String(shown));
  if (shown) $("hide-card").focus();
}

function connection(connected) {
  $("link").hidden = connected;
}

let fades = 0;

/** Trouble stays until something else is done; good news goes by itself. */
function toast(words, good = false) {
  clearTimeout(fades);
  $("toast").textContent = words;
  $("toast").hidden = !words;
  $("toast").classList.toggle("good", good);
  if (good) fades = setTimeout(toast, 15000, "");
}

function signIn(given = "") {
  const why = left ? "Вы вышли." : given;
  wire?.stop();
  $("desk").hidden = true;
  $("signin").hidden = false;
  $("signin-why").textContent = why;
  $("signin-why").hidden = !why;
}

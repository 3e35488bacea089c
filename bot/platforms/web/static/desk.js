// The staff desk: what is open, what is fetched when, and the parts of the page between them.

import { Alerts } from "./desk-alerts.js";
import * as api from "./desk-api.js";
import { Composer } from "./desk-composer.js";
import { keys } from "./desk-keys.js";
import { List } from "./desk-list.js";
import { Outbox } from "./desk-outbox.js";
import { showCard, Talk } from "./desk-talk.js";
import { $ } from "./dom.js";
import { uuid } from "./store.js";
import { Wire } from "./wire.js";

const alerts = new Alerts();
const list = new List();
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
  tell: toast,
  messageOf: (id) => talk.byId?.get(id),
  expired: (why) => signIn(why),
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
  list.rooms(me.rooms);
  keys({ list, composer, back, isOpen: () => current !== null });
  addEventListener("hashchange", openFromHash);
  wire = new Wire("/desk/ws", {
    opened: () => {
      refreshList();
      if (current) refreshThread();
      outbox.retry();
      composer.tray.retry();
    },
    frame,
    changed: connection,
  });
  openFromHash();
}

function frame(said) {
  if (said.is === "thread") refreshList();
  if (said.thread === current || said.id === current) refreshThread();
}

/** Many frames in a row make one fetch; one that comes during a fetch makes one more after it. */
function calmly(fetch) {
  let running = false;
  let again = false;
  let timer = 0;
  const run = async () => {
    timer = 0;
    running = true;
    again = false;
    try {
      await fetch();
    } catch (trouble) {
      if (!(trouble instanceof api.Refusal))
        wire?.drop(); // no network: the wire knows when it is back
      else if (trouble.status !== 401) toast(trouble.why);
    }
    running = false;
    if (again) start();
  };
  const start = () => {
    if (running) again = true;
    else timer ||= setTimeout(run, 120);
  };
  return start;
}

const refreshList = calmly(async () => {
  await list.refresh();
  const { state, room } = list.filter;
  const open =
    state === "open" && !room ? list.threads : (await api.threads({ state: "open", room: "" })).threads;
  alerts.follow(open, document.hidden ? null : current);
});

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
  showCard(data.card);
  showTalk();
  // with the list out of sight the focus goes along with the eyes
  if (document.activeElement === document.body && !$("threads").offsetParent)
    $("messages").focus({ preventScroll: true });
  saySeen();
});

function openFromHash() {
  const id = Number(location.hash.slice(1)) || null;
  if (id === current) return;
  current = id;
  list.select(id);
  talk.open(null);
  showTalk();
  $("desk").dataset.view = id ? "talk" : "list";
  $("card").hidden = !id;
  card(false);
  if (!id) return list.focus();
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

let sure = 0;

/** Closing tells the resident, so the button asks once more, in its own place. */
function askToClose(asking) {
  clearTimeout(sure);
  $("do-close").classList.toggle("sure", asking);
  $("do-close").textContent = asking ? "Точно закрыть?" : "Закрыть";
  if (asking) sure = setTimeout(askToClose, 4000, false);
}

$("do-close").addEventListener("click", () => {
  if ($("do-close").classList.contains("sure")) command("/close");
  askToClose(!$("do-close").classList.contains("sure"));
});
$("do-close").addEventListener("blur", () => askToClose(false));
$("do-status").addEventListener("click", () => composer.begin("/status "));
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

function toast(words) {
  $("toast").textContent = words;
  $("toast").hidden = !words;
}

function signIn(given = "") {
  const why = left ? "Вы вышли." : given;
  wire?.stop();
  $("desk").hidden = true;
  $("signin").hidden = false;
  $("signin-why").textContent = why;
  $("signin-why").hidden = !why;
}

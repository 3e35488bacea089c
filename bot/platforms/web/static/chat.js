// The resident's chat: what the server says, what this browser says, and the page between them.

import { Composer } from "./chat-composer.js";
import { showCompany } from "./chat-company.js";
import { embedded, isShown, onShown, tellHost } from "./chat-frame.js";
import { Log } from "./chat-log.js";
import { Queue } from "./chat-queue.js";
import { $, el, keepDown } from "./dom.js";
import { buttonRows } from "./media.js";
import { load, save } from "./store.js";
import { plural } from "./words.js";
import { Wire } from "./wire.js";

const SEEN = "domovoy.chat.seen";
const MENU = "domovoy.chat.menu";
const NARROW = matchMedia("(max-width: 699px)");
const posts = new Map();
const query = new URLSearchParams(location.search);
let start = query.get("start") ?? "";
let seen = load(SEEN, 0);
let title = document.title;
let greeted = false;
let acked = 0;
let menuOver = 0; // the question that the menu was opened over

const sorted = () => [...posts.values()].sort((one, other) => one.id - other.id);

const queue = new Queue(() => show());
const log = new Log($("log"), {
  press,
  reply: (post) => composer.quote(post.id),
  again: (item) => {
    const { text, files, reply_to } = queue.take(item.key) ?? item;
    say({ text, files, reply_to });
  },
  edit: (item) => composer.giveBack(queue.take(item.key) ?? item),
  forget: (item) => queue.take(item.key),
});
const composer = new Composer({ send: say, tell: toast, postOf: (id) => posts.get(id) });
const scroll = keepDown($("scroll"), $("log"), () => showToEnd());

showCompany();
show();

const wire = new Wire("/chat/ws", { opened, frame, changed: connection });
setInterval(() => wire.open && queue.stuck && wire.drop(), 3000);

function opened() {
  acked = 0;
  queue.untold();
  wire.say({ do: "hello", after: Math.max(0, ...posts.keys()), start });
  composer.tray.retry();
}

function frame(said) {
  if (said.is === "hello") hello(said);
  if (said.is === "post") took([said.post]);
  if (said.is === "heard") {
    queue.take(said.key);
    if (said.post) took([said.post]);
    else show();
  }
  if (said.is === "refused") refused(said);
}

function hello({ company, posts: news }) {
  showCompany(company);
  title = company.name || title;
  if (start) forgetStart();
  took(news);
  queue.tell(wire);
  if (greeted) return;
  greeted = true;
  $("log").setAttribute("aria-live", "polite");
  scroll.toEnd();
}

/** A reload must not begin the conversation anew. */
function forgetStart() {
  start = "";
  query.delete("start");
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
}

function took(news) {
  for (const post of news) posts.set(post.id, post);
  show();
  saySeen();
}

function refused({ key, why }) {
  const item = queue.items.find((one) => one.key === key);
  if (item?.do === "press") {
    queue.take(key);
    toast(why);
  } else queue.refuse(key, why);
}

function say(message) {
  queue.add({ do: "say", ...message });
  toast("");
  scroll.toEnd();
  queue.tell(wire);
}

function press(post, button) {
  if (queue.waitsFor(post.id, button.action)) return;
  queue.add({ do: "press", post: post.id, action: button.action, label: button.label });
  toast("");
  scroll.toEnd();
  queue.tell(wire);
}

/** Tells the server and the host page what the reader has before their eyes. */
function saySeen() {
  const newest = sorted().findLast((post) => post.by === "company")?.id ?? 0;
  if (isShown() && newest) {
    if (newest > seen) save(SEEN, (seen = newest));
    if (newest > acked) wire.say({ do: "seen", upto: newest }) && (acked = newest);
  }
  const unread = sorted().filter((post) => post.by === "company" && post.id > seen).length;
  document.title = unread ? `(${unread}) ${title}` : title;
  tellHost("unread", { count: unread });
  showToEnd();
}
onShown(saySeen);

function show() {
  const all = sorted();
  log.show(all, queue);
  $("empty").hidden = !greeted || all.length > 0 || queue.said.length > 0;
  showStanding(all);
  composer?.changed();
}

/** On a phone the menu gives way to a question with buttons of its own; one tap shows it again. */
function showStanding(all) {
  const post = all.findLast((one) => one.standing);
  const rows = post?.buttons ?? [];
  const newest = all.findLast((one) => one.by === "company");
  const asking = newest && !newest.standing && newest.buttons.length > 0 && NARROW.matches;
  const open = asking ? menuOver === newest.id : load(MENU, true);
  const sign = JSON.stringify([
    post?.id,
    rows,
    rows.flat().map((one) => queue.waitsFor(post.id, one.action)),
  ]);
  $("menu").hidden = !rows.length;
  $("menu").setAttribute("aria-expanded", String(open));
  $("menu").does = () => {
    if (asking) menuOver = open ? 0 : newest.id;
    else save(MENU, !open);
  };
  $("standing").hidden = !rows.length || !open;
  if ($("standing").sign === sign) return;
  $("standing").sign = sign;
  const busy = (button) => queue.waitsFor(post.id, button.action);
  const node = buttonRows(rows, (button) => press(post, button), { busy });
  $("standing").replaceChildren(...(node ? [...node.children] : []));
}

$("menu").addEventListener("click", () => {
  $("menu").does();
  show();
});
NARROW.addEventListener("change", () => show());

function showToEnd() {
  $("to-end").hidden = scroll.isDown();
  const below = $("scroll").getBoundingClientRect().bottom;
  const hidden = [...$("log").querySelectorAll(".post.company")].filter(
    (node) => node.getBoundingClientRect().top > below,
  ).length;
  $("to-end-words").textContent = hidden
    ? `Ещё ${hidden} ${plural(hidden, "сообщение", "сообщения", "сообщений")}`
    : "Вниз";
}
$("to-end").addEventListener("click", () => scroll.toEnd());

let quiet = 0;

function connection(connected, failures) {
  const line = $("offline");
  if (connected) {
    clearTimeout(quiet);
    quiet = 0;
    line.hidden = true;
    return;
  }
  // a blink is nobody's business
  quiet ||= setTimeout(() => (line.hidden = false), navigator.onLine ? 1500 : 0);
  line.textContent = "Связи нет. Сообщение уйдёт, как только она появится. ";
  if (embedded && !greeted && failures > 3) {
    line.append(
      el("a", { href: "/chat", target: "_blank", rel: "noopener", text: "Открыть чат в отдельном окне" }),
    );
  }
}

function toast(words) {
  $("toast").textContent = words;
  $("toast").hidden = !words;
}

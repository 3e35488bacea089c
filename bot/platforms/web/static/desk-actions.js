// What is done with the open thread: take, hand over, change its state, print. Each is a command
// like those of the chat, so the same rules answer.

import * as api from "./desk-api.js";
import { ask } from "./desk-ask.js";
import { Menu } from "./desk-menu.js";
import { $ } from "./dom.js";

const STATES = [
  ["accepted", "принята", "Взяли, занимаемся"],
  ["in_progress", "в работе", "Мастер работает"],
  ["waiting", "ждёт", "Нужен ответ жителя: спросим его"],
  ["done", "выполнена", "Житель узнает и сможет оценить"],
  ["declined", "отклонена", "Житель прочитает причину"],
];

export class Actions {
  /** `say(command)` in the open thread; `thread()` as the server shows it; `file(thread)`. */
  constructor({ say, thread, file, room }) {
    Object.assign(this, { say, thread, file, room });
    $("do-take").addEventListener("click", () => this.take());
    this.assigning = new Menu($("do-assign"), () => this.colleagues());
    this.states = new Menu($("do-status"), () => this.changes());
    this.others = new Menu($("do-more"), () => this.more());
    $("do-close").addEventListener("click", () => {
      if ($("do-close").classList.contains("sure")) this.say("/close");
      this.askToClose(!$("do-close").classList.contains("sure"));
    });
    $("do-reopen").addEventListener("click", () => this.say("/reopen"));
    $("do-close").addEventListener("blur", () => this.askToClose(false));
  }

  show(thread) {
    const closed = thread.state === "closed";
    const mine = Boolean(thread.taken?.mine);
    const wanted = mine ? "Вернуть" : "Взять";
    if ($("do-take").textContent !== wanted) $("do-take").textContent = wanted;
    $("do-take").classList.toggle("first", !thread.taken);
    $("do-take").title = mine
      ? "Вернуть в общую очередь (t)"
      : thread.taken
        ? `Сейчас занимается ${thread.taken.name}. Забрать себе (t)`
        : "Взять себе (t)";
    $("do-take").hidden = $("do-assign").parentElement.hidden = closed;
    $("do-status").parentElement.hidden = !thread.number;
    $("do-close").hidden = closed;
    $("do-reopen").hidden = !closed;
    $("do-reopen").textContent = bringBack(thread);
  }

  take() {
    const thread = this.thread();
    if (!thread || thread.state === "closed") return;
    this.say(thread.taken?.mine ? "/release" : "/take");
  }

  async colleagues() {
    const thread = this.thread();
    const { members, rooms } = await api.colleagues(thread.id);
    const rows = members.map((member) => ({
      label: member.name,
      hint: member.title,
      mark: thread.taken?.name === member.name,
      do: () => this.say(`/assign ${member.name}`),
    }));
    if (thread.number) rows.push({ label: "Мастерам", hint: "В группу мастеров", do: () => this.say("/masters") });
    if (rooms.length) rows.push({ title: "В другую комнату" });
    for (const room of rooms)
      rows.push({ label: room.title, do: () => this.say(`/assign комната ${room.code}`) });
    return rows.length ? rows : "Передать пока некому: больше никто здесь не работает.";
  }

  changes() {
    const now = this.thread().status_code;
    return STATES.map(([code, label, hint]) => ({
      label,
      hint,
      mark: code === now,
      off: code === now,
      do: () => this.change(code, label),
    }));
  }

  async change(code, label) {
    const asked = {
      waiting: {
        title: "Ждём ответа жителя",
        about: "Вопрос уйдёт жителю. Срок заявки остановится, пока он не ответит.",
        label: "Что спросить",
        button: "Спросить",
      },
      declined: {
        title: "Отклонить заявку",
        about: "Житель прочитает эти слова, и бот добавит, кто поможет.",
        label: "Почему",
        button: "Отклонить",
        must: true,
      },
    }[code];
    if (!asked) return this.say(`/status ${label}`);
    const thread = this.thread().id;
    const words = await ask(asked);
    if (words !== null && this.thread()?.id === thread) this.say(`/status ${label} ${words}`.trim());
  }

  more() {
    const thread = this.thread();
    const rows = [];
    const closed = thread.state === "closed";
    if (thread.number)
      rows.push(
        { label: "Распечатать наряд", hint: "PDF на одну страницу", href: `/desk/api/threads/${thread.id}/order` },
        { label: "Исполнитель…", hint: "Кому пойти", do: () => this.executor() },
        { label: "Время визита…", hint: "Житель выберет, удобно ли", do: () => this.asked(VISIT) },
      );
    rows.push(
      { label: thread.number ? "Ещё одна заявка…" : "Оформить заявку…", hint: "От этого жителя", do: () => this.file(thread) },
      ...(closed ? [] : [{ label: "Обещание…", hint: "К какому часу сделаем", do: () => this.asked(PROMISE) }]),
      { label: "Тон…", hint: "Доволен житель или нет", do: () => this.say("/tone") },
      { label: "Кто пишет", hint: "И через что дошёл ответ", do: () => this.say("/who") },
    );
    if (thread.to_call)
      rows.push(
        { label: "Дозвонились", do: () => this.say("/called") },
        { label: "Не дозвонились", do: () => this.say("/missed") },
      );
    if (closed) rows.push({ label: bringBack(thread), hint: "Житель узнает", do: () => this.say("/reopen") });
    if (!closed) rows.push({ label: "Закрыть", hint: "Житель узнает", do: () => this.close() });
    return rows;
  }

  close() {
    if ($("do-close").offsetParent) {
      this.askToClose(true);
      $("do-close").focus();
    } else if (confirm("Закрыть? Житель узнает.")) this.say("/close");
  }

  /** Who there is, and who has how much to do. */
  async executor() {
    const thread = this.thread().id;
    const { executors } = await api.executors(thread).catch(() => ({ executors: [] }));
    if (this.thread()?.id !== thread) return;
    const offers = executors.map(({ name, busy, named }) => [name, `${named ? "✓ " : ""}${name} · ${busy}`]);
    if (executors.some(({ named }) => named)) offers.push(["снять", "Снять исполнителя"]);
    return this.asked({ ...EXECUTOR, offers });
  }

  async asked({ command, ...question }) {
    const thread = this.thread().id;
    const words = await ask(question);
    if (words && this.thread()?.id === thread) this.say(`${command} ${words}`);
  }

  /** Closing tells the resident, so the button asks once more, in its own place. */
  askToClose(asking) {
    clearTimeout(this.sure);
    $("do-close").classList.toggle("sure", asking);
    $("do-close").textContent = asking ? "Точно закрыть?" : "Закрыть";
    if (asking) this.sure = setTimeout(() => this.askToClose(false), 4000);
  }
}

const bringBack = (thread) => (thread.number ? "Вернуть в работу" : "Открыть снова");

const EXECUTOR = {
  command: "/executor",
  title: "Исполнитель",
  about: "Карточка придёт ему в личные сообщения или в группу мастеров.",
  label: "Имя или фамилия",
  button: "Назначить",
  must: true,
};
const VISIT = {
  command: "/visit",
  title: "Время визита",
  about: "Житель нажмёт «Подходит» или «Другое время».",
  label: "Когда",
  button: "Предложить",
  must: true,
  offers: ["сегодня 16-18", "завтра 10-12", "завтра 14-16"],
};
const PROMISE = {
  command: "/promise",
  title: "Обещание жителю",
  about: "Бот напомнит вам заранее. Жителю от этого ничего не уйдёт.",
  label: "К какому часу или дню",
  button: "Записать",
  must: true,
  offers: ["через час", "18:00", "завтра 12:00", "нет"],
};

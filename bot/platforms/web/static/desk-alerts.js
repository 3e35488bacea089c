// Calling the dispatcher's attention: the tab's title always, a sound and a notification on request.

import { nameOf } from "./desk-row.js";
import { $ } from "./dom.js";
import { load, save } from "./store.js";

const NAME = "domovoy.desk.alerts";

export class Alerts {
  constructor() {
    this.on = load(NAME, false);
    this.unread = null; // thread id → count, as last seen
    this.sound = null;
    $("alerts").addEventListener("click", () => this.toggle());
    // browsers let a page sound only after it was touched
    addEventListener("pointerdown", () => this.on && this.wake(), { once: true });
    this.show();
  }

  async toggle() {
    this.on = !this.on;
    save(NAME, this.on);
    if (this.on) {
      this.wake();
      this.beep();
      if (window.Notification?.permission === "default") await Notification.requestPermission();
    }
    this.show();
  }

  wake() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    this.sound ??= Context ? new Context() : null;
    this.sound?.resume();
  }

  show() {
    $("alerts").setAttribute("aria-pressed", String(this.on));
    const words = this.on ? "Уведомления включены" : "Включить уведомления";
    $("alerts-words").textContent = words;
    $("alerts").title = words;
  }

  /** All open threads as the server has them now; speaks of those with more unread than before. */
  follow(threads, watched) {
    const before = this.unread;
    this.unread = new Map(threads.map((thread) => [thread.id, thread.unread]));
    const total = threads.reduce((sum, thread) => sum + (thread.id === watched ? 0 : thread.unread), 0);
    document.title = total ? `(${total}) Диспетчерская` : "Диспетчерская";
    if (!before || !this.on) return;
    const grown = threads.filter(
      (thread) => thread.id !== watched && thread.unread > (before.get(thread.id) ?? 0),
    );
    if (!grown.length) return;
    this.beep();
    if (document.hidden && window.Notification?.permission === "granted") grown.forEach(notify);
  }

  /** Two soft notes, made here: no file to fetch. */
  beep() {
    if (!this.sound) return;
    const now = this.sound.currentTime;
    for (const [at, pitch] of [
      [0, 660],
      [0.16, 880],
    ]) {
      const tone = this.sound.createOscillator();
      const volume = this.sound.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.12, now + at);
      volume.gain.exponentialRampToValueAtTime(0.001, now + at + 0.3);
      tone.connect(volume).connect(this.sound.destination);
      tone.start(now + at);
      tone.stop(now + at + 0.3);
    }
  }
}

function notify(thread) {
  const note = new Notification(nameOf(thread), {
    body: [thread.place, thread.last_text].filter(Boolean).join("\n"),
    tag: `thread ${thread.id}`,
    icon: "/static/icon.svg",
  });
  note.addEventListener("click", () => {
    window.focus();
    location.hash = String(thread.id);
    note.close();
  });
}

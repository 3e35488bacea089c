// A WebSocket that comes back by itself: at once when the network returns, else ever more patiently.

const FIRST = 500;
const LONGEST = 15000;

export class Wire {
  /** `opened()`, `frame(object)`, `changed(connected, failures)` are called as things happen. */
  constructor(path, { opened, frame, changed }) {
    this.url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
    this.does = { opened, frame, changed };
    this.failures = 0;
    this.socket = null;
    this.timer = 0;
    addEventListener("online", () => this.now());
    addEventListener("offline", () => this.drop());
    addEventListener("pageshow", (event) => event.persisted && this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    this.connect();
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  say(object) {
    if (!this.open) return false;
    this.socket.send(JSON.stringify(object));
    return true;
  }

  /** Tries at once, unless a connection stands or is being made. */
  now() {
    if (this.socket || this.stopped) return;
    clearTimeout(this.timer);
    this.connect();
  }

  /** Gives the connection up: it is dead although nobody told us. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.lost(socket);
    socket.close();
  }

  stop() {
    this.stopped = true;
    this.drop();
    clearTimeout(this.timer);
  }

  connect() {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    const patience = setTimeout(() => socket.readyState === WebSocket.CONNECTING && this.drop(), 10000);
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.failures = 0;
      this.does.changed(true, 0);
      this.does.opened();
    };
    socket.onmessage = (event) => this.socket === socket && this.does.frame(JSON.parse(event.data));
    socket.onclose = () => {
      clearTimeout(patience);
      this.lost(socket);
    };
  }

  lost(socket) {
    if (this.socket !== socket) return;
    this.socket = null;
    this.failures += 1;
    this.does.changed(false, this.failures);
    if (this.stopped) return;
    const wait = Math.min(LONGEST, FIRST * 2 ** (this.failures - 1)) * (0.7 + Math.random() * 0.6);
    this.timer = setTimeout(() => this.now(), wait);
  }
}

// <script src="https://…/chat/embed.js" defer data-start="CODE" data-side="left"></script>
// A round button on the company's site that opens the chat in a frame. Nothing leaks into the
// page: no globals, no styles outside the shadow root.
(() => {
  "use strict";
  const script = document.currentScript ?? document.querySelector('script[src*="/chat/embed.js"]');
  if (!script || document.querySelector("domovoy-chat")) return;
  const home = new URL(script.src).origin;
  const { start = "", side = "right" } = script.dataset;
  const KNOWN = "domovoy-chat-opened";
  const SVG = "http://www.w3.org/2000/svg";

  const css = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    button {
      position: fixed; z-index: 2147483000; bottom: max(20px, env(safe-area-inset-bottom)); ${side === "left" ? "left" : "right"}: 20px;
      display: grid; place-items: center; width: 64px; height: 64px; padding: 0; border: 0; border-radius: 50%;
      background: #1d6152; color: #fff; box-shadow: 0 4px 16px rgb(0 0 0 / 30%); cursor: pointer;
    }
    button:hover { background: #17574a; }
    button:focus-visible { outline: 3px solid #0b57d0; outline-offset: 3px; }
    svg { width: 36px; height: 36px; }
    .dot {
      position: absolute; top: -2px; right: -2px; min-width: 24px; height: 24px; padding: 0 6px; border: 2px solid #fff; border-radius: 12px;
      background: #b3261e; color: #fff; font: 700 13px/20px system-ui, sans-serif; text-align: center;
    }
    [hidden] { display: none !important; }
    iframe {
      position: fixed; z-index: 2147483001; bottom: 96px; ${side === "left" ? "left" : "right"}: 20px;
      width: 400px; height: min(680px, calc(100vh - 116px)); border: 0; border-radius: 18px;
      background: #f3eee4; box-shadow: 0 8px 40px rgb(0 0 0 / 35%); color-scheme: light dark;
    }
    @media (max-width: 560px), (max-height: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; }
    }`;

  const element = document.createElement("domovoy-chat");
  const root = element.attachShadow({ mode: "closed" });
  try {
    const sheet = new CSSStyleSheet(); // passes even where the site's policy forbids <style>
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.textContent = css;
    root.append(style);
  }

  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const picture = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  }))
    picture.setAttribute(name, value);
  for (const line of [
    "M3 11.2 12 4l9 7.2",
    "M5.5 9.5V20h13V9.5",
    "M9 13.2h.01M15 13.2h.01",
    "M9 16.2c1.7 1.5 4.3 1.5 6 0",
  ]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    picture.append(path);
  }
  const dot = document.createElement("span");
  dot.className = "dot";
  dot.hidden = true;
  button.append(picture, dot);
  root.append(button);
  name(0);

  let frame = null;
  let loaded = false;
  let open = false;

  function name(unread) {
    button.setAttribute(
      "aria-label",
      unread ? `Чат с управляющей компанией, новых сообщений: ${unread}` : "Чат с управляющей компанией",
    );
    dot.hidden = !unread;
    dot.textContent = unread > 9 ? "9+" : String(unread);
  }

  function tell(what) {
    if (loaded) frame.contentWindow.postMessage({ domovoy: what }, home);
  }

  function build(visible) {
    const query = new URLSearchParams({ embed: visible ? "open" : "hidden", host: location.origin });
    if (start && visible) query.set("start", start);
    frame = document.createElement("iframe");
    frame.title = "Чат с управляющей компанией";
    frame.allow = "microphone; autoplay; fullscreen";
    frame.hidden = !visible;
    frame.src = `${home}/chat?${query}`;
    frame.addEventListener("load", () => {
      loaded = true;
      tell(open ? "shown" : "hidden");
    });
    root.append(frame);
  }

  function remembered(value) {
    try {
      if (value) localStorage.setItem(KNOWN, value);
      return localStorage.getItem(KNOWN);
    } catch {
      return null;
    }
  }

  function show(wanted) {
    open = wanted;
    if (open && !frame) build(true);
    frame.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    tell(open ? "shown" : "hidden");
    if (open) {
      remembered("1");
      frame.focus();
    } else button.focus();
  }

  button.addEventListener("click", () => show(!open));
  addEventListener("keydown", (event) => event.key === "Escape" && open && show(false));
  addEventListener("message", (event) => {
    if (!frame || event.origin !== home || event.source !== frame.contentWindow) return;
    if (event.data?.domovoy === "close" && open) show(false);
    if (event.data?.domovoy === "unread") name(open ? 0 : Number(event.data.count) || 0);
  });

  const begin = () => {
    document.body.append(element);
    // whoever has written before learns of an answer on any page; others cost no connection
    if (remembered()) setTimeout(() => frame ?? build(false), 1500);
  };
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
})();

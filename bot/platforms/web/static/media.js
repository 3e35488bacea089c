// Everything a message may carry besides words, shown the same way in the chat and at the desk.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { safeUrl } from "./rich.js";
import { bytes, dial } from "./words.js";

export function attachments(list) {
  if (!list?.length) return null;
  const photos = list.filter(isPhoto);
  const box = el("div", { class: "attachments" });
  if (photos.length)
    box.append(el("div", { class: photos.length > 1 ? "photos many" : "photos" }, photos.map(photo)));
  box.append(...list.filter((one) => !isPhoto(one)).map(show));
  return box;
}

const isPhoto = (one) => one.kind === "photo" && one.url;

function show(one) {
  if (one.kind === "location") return place(one);
  if (one.kind === "contact") return contact(one);
  if (one.kind === "sticker") return el("div", { class: "sticker", text: one.title || "🙂" });
  if (one.url && (one.kind === "voice" || one.kind === "audio")) return sound(one);
  if (one.url && (one.kind === "video" || one.kind === "video_note")) {
    return el("video", {
      class: "film",
      src: one.url,
      controls: true,
      preload: "metadata",
      playsinline: true,
    });
  }
  return file(one);
}

function photo(one) {
  const img = el("img", { src: one.url, alt: one.title || "Фото", loading: "lazy", decoding: "async" });
  const button = el(
    "button",
    { type: "button", class: "photo", "aria-label": `Открыть фото ${one.title ?? ""}`.trim() },
    img,
  );
  button.addEventListener("click", () => openPhoto(one));
  img.addEventListener("error", () => button.replaceWith(file(one)));
  return button;
}

function sound(one) {
  return el(
    "figure",
    { class: "sound" },
    el("figcaption", {}, one.kind === "voice" ? "Голосовое сообщение" : one.title || "Аудиозапись"),
    el("audio", { src: one.url, controls: true, preload: "metadata" }),
  );
}

function file(one) {
  const inside = [
    icon("file"),
    el(
      "span",
      { class: "file-words" },
      el("span", { class: "file-name", text: one.title || "Файл" }),
      el("span", { class: "dim", text: one.url ? bytes(one.size) : "не загрузился" }),
    ),
  ];
  if (!one.url) return el("div", { class: "file" }, inside);
  return el(
    "a",
    { class: "file", href: one.url, target: "_blank", rel: "noopener", download: one.title || true },
    inside,
  );
}

function place({ latitude, longitude, title }) {
  const [lat, lon] = [Number(latitude).toFixed(6), Number(longitude).toFixed(6)];
  const href = `https://yandex.ru/maps/?pt=${lon},${lat}&z=17&l=map`;
  return el(
    "div",
    { class: "file" },
    icon("pin"),
    el(
      "span",
      { class: "file-words" },
      el("a", {
        href,
        target: "_blank",
        rel: "noopener noreferrer",
        text: title || "Открыть на Яндекс Картах",
      }),
      el("span", { class: "dim", text: `${lat}, ${lon}` }),
    ),
  );
}

function contact({ title, phone }) {
  return el(
    "div",
    { class: "file" },
    icon("person"),
    el(
      "span",
      { class: "file-words" },
      el("span", { class: "file-name", text: title || "Контакт" }),
      phone && el("a", { href: dial(phone), text: phone }),
    ),
  );
}

let lightbox = null;

/** One dialog serves all photos; the browser itself gives Escape and returns the focus. */
function openPhoto(one) {
  if (!lightbox) {
    const close = el(
      "button",
      { type: "button", class: "round light", "aria-label": "Закрыть фото" },
      icon("close"),
    );
    lightbox = el(
      "dialog",
      { class: "lightbox", "aria-label": "Фото" },
      el("img", { alt: "" }),
      el("a", { class: "light", download: true }, "Сохранить"),
      close,
    );
    lightbox.addEventListener("click", (event) => event.target.closest("a") || lightbox.close());
    document.body.append(lightbox);
  }
  const img = lightbox.querySelector("img");
  img.src = one.url;
  img.alt = one.title || "Фото";
  Object.assign(lightbox.querySelector("a"), { href: one.url, download: one.title || "photo.jpg" });
  lightbox.showModal();
}

/** The buttons under a post; `press(button, node)` is called for those that are not links. */
export function buttonRows(rows, press, { className = "buttons", busy = () => false } = {}) {
  if (!rows?.length) return null;
  const node = (one) => {
    const url = one.url && safeUrl(one.url);
    if (url)
      return el(
        "a",
        { class: "press", href: url, target: "_blank", rel: "noopener noreferrer" },
        one.label,
        icon("out"),
      );
    const waits = busy(one);
    return el(
      "button",
      {
        type: "button",
        class: waits ? "press busy" : "press",
        "aria-busy": waits ? "true" : null,
        data: { action: one.action ?? "" },
        on: { click: () => press(one) },
      },
      one.label,
    );
  };
  return el(
    "div",
    { class: className },
    rows.map((row) => el("div", { class: "row" }, row.map(node))),
  );
}

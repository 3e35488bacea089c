// Line pictures on a 24×24 grid, drawn by the page itself: they need no request, so they are
// there without a network too. In HTML: <svg class="icon" data-icon="phone"></svg>.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  house: "M3 11.2 12 4l9 7.2M5.5 9.5V20h13V9.5M9 13.2h.01M15 13.2h.01M9 16.2c1.7 1.5 4.3 1.5 6 0",
  phone:
    "M6.5 3.5h3l1.5 4-2 1.6a12 12 0 0 0 5.9 5.9l1.6-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2Z",
  send: "M4 12 20.5 4.5 15 20.5l-3.5-6.8L4 12ZM11.5 13.7l4-4.2",
  clip: "m20 11-8.3 8.3a5.2 5.2 0 0 1-7.4-7.4l8.5-8.5a3.5 3.5 0 0 1 5 5l-8.5 8.4a1.7 1.7 0 0 1-2.5-2.4l7.8-7.7",
  mic: "M12 3h0a3 3 0 0 1 3 3v5a3 3 0 0 1 -3 3h-0a3 3 0 0 1 -3-3v-5a3 3 0 0 1 3-3ZM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
  stop: "M8.5 6.5h7a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-7a2 2 0 0 1 -2-2v-7a2 2 0 0 1 2-2Z",
  close: "m6 6 12 12M18 6 6 18",
  again: "M20 12a8 8 0 1 1-2.4-5.7L20 8.5M20 3.5v5h-5",
  file: "M6 3h8l4.5 4.5V21H6ZM13.5 3v5h5M9 13h6M9 16.5h6",
  pin: "M12 21s7-6.3 7-11.5a7 7 0 0 0-14 0C5 14.7 12 21 12 21ZM9.5 9.5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0Z",
  person: "M8 8a4 4 0 1 0 8 0a4 4 0 1 0-8 0ZM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6",
  out: "M9 5H5v14h14v-4M13 4.5h6.5V11M19 5l-8.5 8.5",
  clock: "M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0-17 0ZM12 7v5l3.5 2",
  check: "m4.5 12.5 5 5L19.5 7",
  checks: "m1.5 12.5 4.5 5L15.5 7M12 16l1.5 1.5L23 7",
  warn: "M12 3.5 22 20.5H2ZM12 10v4.5M12 17.5h.01",
  question: "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0ZM9.3 9.5a2.8 2.8 0 1 1 4 2.5c-.9.5-1.3 1-1.3 2M12 17h.01",
  reply: "M9.5 6 4 11.5 9.5 17M4.5 11.5H14a6 6 0 0 1 6 6v1",
  down: "m5.5 9 6.5 6.5L18.5 9",
  grid: "M5.5 4h3.5a1.5 1.5 0 0 1 1.5 1.5v3.5a1.5 1.5 0 0 1 -1.5 1.5h-3.5a1.5 1.5 0 0 1 -1.5-1.5v-3.5a1.5 1.5 0 0 1 1.5-1.5ZM15 4h3.5a1.5 1.5 0 0 1 1.5 1.5v3.5a1.5 1.5 0 0 1 -1.5 1.5h-3.5a1.5 1.5 0 0 1 -1.5-1.5v-3.5a1.5 1.5 0 0 1 1.5-1.5ZM5.5 13.5h3.5a1.5 1.5 0 0 1 1.5 1.5v3.5a1.5 1.5 0 0 1 -1.5 1.5h-3.5a1.5 1.5 0 0 1 -1.5-1.5v-3.5a1.5 1.5 0 0 1 1.5-1.5ZM15 13.5h3.5a1.5 1.5 0 0 1 1.5 1.5v3.5a1.5 1.5 0 0 1 -1.5 1.5h-3.5a1.5 1.5 0 0 1 -1.5-1.5v-3.5a1.5 1.5 0 0 1 1.5-1.5Z",
  back: "m14.5 5-7 7 7 7",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 21h4",
  note: "M5 4h14v10.5L14 20H5ZM19 14.5h-5V20M8.5 9h7M8.5 12.5h4",
  keys: "M4.5 6h15a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-15a2 2 0 0 1 -2-2v-8a2 2 0 0 1 2-2ZM6.5 10h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14h8",
  leave: "M10 4.5H5v15h5M14.5 8l4 4-4 4M18 12H9.5",
  info: "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0ZM12 11v5.5M12 7.5h.01",
  search: "M4 10.5a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0ZM15.5 15.5 20.5 20.5",
  plus: "M12 5v14M5 12h14",
  stack: "M4 7.5h16M4 12h16M4 16.5h10",
  hush: "M4 5h16v11h-8.5L7 20v-4H4ZM8 8l8 5M16 8l-8 5",
  book: "M5 4.5h11a3 3 0 0 1 3 3v12H8a3 3 0 0 1-3-3ZM5 16.5a3 3 0 0 1 3-3h11M9 8.5h6",
  drop: "M12 3.5c3.5 4.2 6 7.2 6 10.5a6 6 0 0 1-12 0c0-3.3 2.5-6.3 6-10.5ZM9.2 14.3a2.9 2.9 0 0 0 2.6 2.7",
  chat: "M4 5h16v11h-8.5L7 20v-4H4Z",
};

/** With words it speaks to a screen reader, without it is silent. */
export function icon(name, words = "") {
  return draw(document.createElementNS(SVG, "svg"), name, words);
}

function draw(svg, name, words = "") {
  svg.classList.add("icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  if (words) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", words);
  } else svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.replaceChildren(path);
  return svg;
}

for (const svg of document.querySelectorAll("svg[data-icon]")) draw(svg, svg.dataset.icon);

// Building the page out of nodes. Nothing here ever parses a string as HTML.

/** el("button", {class: "quiet", on: {click}, data: {id: 5}, title: "…"}, "text", node) */
export function el(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on")
      for (const [what, then] of Object.entries(value)) node.addEventListener(what, then);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

export const $ = (id) => document.getElementById(id);

/**
 * Makes the children of `box` be `items`, in order, touching only what differs.
 * An item is {key, sign, make}: the node is made anew only when its sign has changed, so
 * pictures do not blink, focus stays, and a live region announces only what is new.
 */
export function sync(box, items) {
  const old = new Map([...box.children].map((node) => [node.dataset.key, node]));
  const wanted = items.map(({ key, sign, make }) => {
    const there = old.get(key);
    if (there && there.sign === sign) return there;
    const node = make();
    node.dataset.key = key;
    node.sign = sign;
    return node;
  });
  const kept = new Set(wanted);
  for (const node of [...box.children]) if (!kept.has(node)) node.remove();
  wanted.forEach((node, at) => {
    if (box.children[at] !== node) box.insertBefore(node, box.children[at] ?? null);
  });
}

/** Keeps a scrolled box at its end while the reader is there; says whether they are. */
export function keepDown(scroller, content, changed = () => {}) {
  let down = true;
  let last = 0;
  const set = (now) => now !== down && changed((down = now));
  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    last = scroller.scrollTop; // what the browser made of it; more may come before it tells us
    set(true);
  };
  scroller.addEventListener(
    "scroll",
    () => {
      // only a move upwards is the reader's wish to leave the end; the box may also have shrunk
      if (atEnd()) set(true);
      else if (scroller.scrollTop < last) set(false);
      last = scroller.scrollTop;
    },
    { passive: true },
  );
  const watch = new ResizeObserver(() => (down ? toEnd() : set(atEnd())));
  watch.observe(content);
  watch.observe(scroller);
  return { toEnd, isDown: () => down };
}

/** A text field that grows with its text; the style sheet limits the height. */
export function grow(field) {
  const fit = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  };
  field.addEventListener("input", fit);
  return fit;
}

/** True where Enter should send: a real keyboard is likely. */
export const hasKeyboard = () => matchMedia("(hover: hover) and (pointer: fine)").matches;

// What this browser keeps. Where storage is forbidden, memory serves until the page closes.

const memory = new Map();

export function load(name, fallback) {
  try {
    const text = localStorage.getItem(name) ?? memory.get(name);
    return text ? JSON.parse(text) : fallback;
  } catch {
    return memory.has(name) ? JSON.parse(memory.get(name)) : fallback;
  }
}

export function save(name, value) {
  const empty = value === null || value === "" || (Array.isArray(value) && !value.length);
  const text = JSON.stringify(value);
  if (empty) memory.delete(name);
  else memory.set(name, text);
  try {
    if (empty) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // private window or full disk: the copy in memory is all we have
  }
}

/** Calls back when another tab changes the value. */
export function onOtherTab(name, then) {
  addEventListener("storage", (event) => {
    if (event.key === name) {
      memory.delete(name);
      then();
    }
  });
}

/** The same for all names that begin so; `then` is told which. */
export function onOtherTabs(prefix, then) {
  addEventListener("storage", ({ key }) => {
    if (!key?.startsWith(prefix)) return;
    memory.delete(key);
    then(key);
  });
}

/** randomUUID exists only on https and localhost; an office may open the desk by plain http. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

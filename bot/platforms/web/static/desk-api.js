// Requests to the server. Trouble comes in three kinds: no network, no session, a refusal in words.

/** The server answered, and it was a no: `why` says it in words. */
export class Refusal extends Error {
  constructor(status, why, fields = {}) {
    super(why);
    this.status = status;
    this.why = why;
    this.fields = fields; // the same by field, where the server knows it
  }
}

export const NO_NETWORK = "Нет связи. Попробуйте ещё раз чуть позже.";

let expired = () => {};
export const onExpired = (then) => (expired = then);

async function request(path, options = {}) {
  const answer = await fetch(`/desk/api/${path}`, { credentials: "same-origin", ...options });
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) expired(body.why ?? "");
  const usual = answer.status >= 500 ? "Сервер не справился. Попробуйте ещё раз." : "Сервер отказал.";
  throw new Refusal(answer.status, body.why || usual, body.fields);
}

const ask = async (path, options) => (await request(path, options)).json().catch(() => ({}));

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const query = (values) =>
  new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "" && value !== undefined));

export const me = () => ask("me");
export const threads = (wanted) => ask(`threads?${query(wanted)}`);
export const counts = (room) => ask(`counts?${query({ room })}`);
export const thread = (id) => ask(`threads/${id}`);
export const history = (id) => ask(`threads/${id}/history`);
export const canned = (id) => ask(`threads/${id}/canned`);
export const executors = (id) => ask(`threads/${id}/executors`);
export const say = (id, message) => post(`threads/${id}/say`, message);
export const seen = (id, upto) => post(`threads/${id}/seen`, { upto });
export const press = (body) => post("press", body);
export const search = (words, signal) => ask(`search?${query({ q: words })}`, { signal });
export const colleagues = (thread) => ask(`colleagues?${query({ thread })}`);
export const filing = () => ask("filing");
export const file = (form) => post("filing", form);
export const room = (code) => ask(`rooms/${encodeURIComponent(code)}`);
export const sayInRoom = (code, message) => post(`rooms/${encodeURIComponent(code)}/say`, message);
export const outages = (wanted) => ask(`outages?${query(wanted)}`);
export const outageHouse = (id) => ask(`outages/houses/${id}`);
export const mailings = () => ask("mailings");
export const reminders = () => ask("reminders");
export const notice = (kind, id) => ask(`${kind}s/${id}`);
export const noticeChoices = (kind) => ask(`${kind}s/form`);
export const noticeForm = (kind, id) => ask(`${kind}s/${id}/form`);
export const noticeText = (kind, id) => ask(`${kind}s/${id}/text`);
export const keepNotice = (kind, form, look) => post(`${kind}s${look ? "?look" : ""}`, form);
export const doNotice = (kind, id, what, body = {}) => post(`${kind}s/${id}/${what}`, body);
export const imports = (wanted = {}) => ask(`imports?${query(wanted)}`);
export const doImport = (id, what, value) => post(`imports/${id}/${what}`, { value });
export const leave = () => post("leave", {});

/** A file made on request, and the name the server gave it. */
export async function journal(wanted) {
  const answer = await request(`journal?${query(wanted)}`);
  const named = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
  return { blob: await answer.blob(), name: named ? decodeURIComponent(named[1]) : `journal.${wanted.kind}` };
}

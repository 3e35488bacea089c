// Requests to the server. Trouble comes in three kinds: no network, no session, a refusal in words.

/** The server answered, and it was a no: `why` says it in words. */
export class Refusal extends Error {
  constructor(status, why) {
    super(why);
    this.status = status;
    this.why = why;
  }
}

let expired = () => {};
export const onExpired = (then) => (expired = then);

async function ask(path, options = {}) {
  const answer = await fetch(`/desk/api/${path}`, { credentials: "same-origin", ...options });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  if (answer.status === 401) expired(body.why ?? "");
  const usual = answer.status >= 500 ? "Сервер не справился. Попробуйте ещё раз." : "Сервер отказал.";
  throw new Refusal(answer.status, body.why || usual);
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const me = () => ask("me");
export const thread = (id) => ask(`threads/${id}`);
export const say = (id, message) => post(`threads/${id}/say`, message);
export const seen = (id, upto) => post(`threads/${id}/seen`, { upto });
export const press = (body) => post("press", body);
export const leave = () => post("leave", {});

export function threads({ room, state, before }) {
  const query = new URLSearchParams({ room, state });
  if (before) query.set("before", before);
  return ask(`threads?${query}`);
}

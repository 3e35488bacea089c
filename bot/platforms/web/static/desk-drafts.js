// What is being written, one draft a thread, shared by the tabs of this browser: a tab writes only
// what was changed in it, and shows what another one changed.

import { load, onOtherTabs, save } from "./store.js";

const PREFIX = "domovoy.desk.draft.";

export class Drafts {
  /** `changed(draft)`: another tab has written the draft of the open thread. */
  constructor(changed) {
    Object.assign(this, { thread: null, kept: "null" });
    onOtherTabs(PREFIX, (name) => {
      if (this.thread && name === PREFIX + this.thread) changed(this.open(this.thread));
    });
  }

  open(thread) {
    const draft = load(PREFIX + thread, null);
    Object.assign(this, { thread, kept: JSON.stringify(draft) });
    return draft ?? {};
  }

  /** `draft` is null where nothing is left of it. */
  keep(draft) {
    const now = JSON.stringify(draft);
    if (now === this.kept) return;
    this.kept = now;
    save(PREFIX + this.thread, draft);
  }
}

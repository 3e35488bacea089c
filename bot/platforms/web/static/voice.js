// Recording a voice message where the browser can.

export const canRecord = () => Boolean(window.MediaRecorder && navigator.mediaDevices?.getUserMedia);

// what messengers play as a voice message comes first
const TYPES = [
  "audio/ogg;codecs=opus",
  "audio/mp4;codecs=mp4a.40.2",
  "audio/webm;codecs=opus",
  "audio/mp4",
];
const LONGEST = 5 * 60;

export class Voice {
  /** `tick(seconds)` each second, `done(file)` with the recording, `tell(words)` on trouble. */
  constructor({ tick, done, tell }) {
    Object.assign(this, { tick, done, tell, recorder: null });
  }

  get on() {
    return this.recorder !== null;
  }

  async start() {
    if (this.on) return;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.tell("Микрофон недоступен. Разрешите его в настройках браузера — или напишите словами.");
      return;
    }
    const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
    const parts = [];
    const recorder = new MediaRecorder(stream, type ? { mimeType: type } : {});
    this.recorder = recorder;
    this.kept = true;
    recorder.ondataavailable = (event) => event.data.size && parts.push(event.data);
    recorder.onstop = () => {
      clearInterval(this.timer);
      stream.getTracks().forEach((track) => track.stop());
      this.recorder = null;
      const mime = (recorder.mimeType || type).split(";")[0];
      const ending = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" }[mime] ?? "webm";
      this.done(this.kept && parts.length ? new File(parts, `Голосовое.${ending}`, { type: mime }) : null);
    };
    recorder.start();
    let seconds = 0;
    this.tick(seconds);
    this.timer = setInterval(() => {
      this.tick((seconds += 1));
      if (seconds >= LONGEST) this.stop(true);
    }, 1000);
  }

  stop(keep) {
    this.kept = keep;
    this.recorder?.stop();
  }
}

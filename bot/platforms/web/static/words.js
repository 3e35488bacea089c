// Times, sizes and counts as people say them in Russian.

const CLOCK = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long" });
const SHORT = new Intl.DateTimeFormat("ru", { day: "numeric", month: "short" });
const YEAR = new Intl.DateTimeFormat("ru", { day: "numeric", month: "long", year: "numeric" });
const EXACT = new Intl.DateTimeFormat("ru", { dateStyle: "long", timeStyle: "short" });

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const daysAgo = (date) => Math.round((midnight(new Date()) - midnight(date)) / 86400000);

export const clock = (iso) => CLOCK.format(new Date(iso));
export const exact = (iso) => EXACT.format(new Date(iso));

/** Heading above a day's messages. */
export function dayName(iso) {
  const date = new Date(iso);
  const days = daysAgo(date);
  if (days === 0) return "Сегодня";
  if (days === 1) return "Вчера";
  return (date.getFullYear() === new Date().getFullYear() ? DAY : YEAR).format(date);
}

export function dayKey(iso) {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "только что", "12 мин", "3 ч", "вчера", "4 мар." */
export function ago(iso) {
  const date = new Date(iso);
  const minutes = Math.floor((Date.now() - date) / 60000);
  const days = daysAgo(date);
  if (minutes < 1) return "только что";
  if (minutes < 60) return `${minutes} мин`;
  if (days === 0 || minutes < 180) return `${Math.floor(minutes / 60)} ч`;
  if (days === 1) return "вчера";
  return date.getFullYear() === new Date().getFullYear() ? SHORT.format(date) : date.toLocaleDateString("ru");
}

/** "5 мин", "1 ч 20 мин", "3 ч", "2 дня" */
export function span(minutes) {
  const whole = Math.max(0, Math.floor(minutes));
  if (whole < 60) return `${whole || 1} мин`;
  const hours = Math.floor(whole / 60);
  if (hours < 3 && whole % 60) return `${hours} ч ${whole % 60} мин`;
  if (hours < 24) return `${hours} ч`;
  const days = Math.floor(hours / 24);
  return `${days} ${plural(days, "день", "дня", "дней")}`;
}

export function bytes(size) {
  if (size === null || size === undefined) return "";
  if (size < 1024) return `${size} Б`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} КБ`;
  return `${(size / 1024 / 1024).toLocaleString("ru", { maximumFractionDigits: 1 })} МБ`;
}

/** plural(5, "сообщение", "сообщения", "сообщений") */
export function plural(count, one, few, many) {
  const [ten, last] = [count % 100, count % 10];
  if (ten > 10 && ten < 20) return many;
  if (last === 1) return one;
  return last > 1 && last < 5 ? few : many;
}

/** "tel:" form of a phone as people write it: 8 (495) 123-45-67 → +74951234567 */
/** «+7 912 345-67-89»; others as they are. */
export const phone = (number) =>
  number.replace(/^\+7(\d{3})(\d{3})(\d\d)(\d\d)$/, "+7 $1 $2-$3-$4");

export function dial(phone) {
  const digits = phone.replace(/\D/g, "");
  if (phone.trim().startsWith("+")) return `tel:+${digits}`;
  if (digits.length === 11 && digits.startsWith("8") && !digits.startsWith("8800"))
    return `tel:+7${digits.slice(1)}`;
  return `tel:${digits}`;
}

const KINDS = {
  photo: "Фото",
  video: "Видео",
  video_note: "Видео",
  voice: "Голосовое сообщение",
  audio: "Аудиозапись",
  location: "Место на карте",
  contact: "Контакт",
  sticker: "Наклейка",
  document: "Файл",
};

/** A message in a few words, for quotes and lists. */
export function gist(message) {
  const text = (message.text ?? "").replace(/\s+/g, " ").trim();
  if (text) return text;
  const first = message.attachments?.[0];
  return first ? (KINDS[first.kind] ?? "Файл") : (message.header ?? "");
}

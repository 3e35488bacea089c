// Days and hours in fields: always those of the clocks on the walls of a house, wherever the
// browser is.

/** «2026-11-23T14:30» there, of a moment. */
export function thereAs(zone, moment = new Date()) {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(moment);
  const of = (type) => parts.find((part) => part.type === type).value;
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

export const inHours = (zone, hours) => thereAs(zone, new Date(Date.now() + hours * 3600000));

/** That hour of a day there, so many days on. */
export function atHour(zone, hour, days = 0) {
  const day = thereAs(zone, new Date(Date.now() + days * 86400000)).slice(0, 10);
  return `${day}T${String(hour).padStart(2, "0")}:00`;
}

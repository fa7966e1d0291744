// node-ical, whose recurrences come from rrule-temporal: every time of every event of a file, in [from, to).

import ical from "node-ical";

const [file, from, to] = process.argv.slice(2);
const parsed = ical.sync.parseFile(file);
const day = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
const text = (date, whole) => (whole ? day(date) : date.toISOString().replace(".000", ""));
const found = [];
for (const event of Object.values(parsed)) {
  if (event.type !== "VEVENT") continue;
  const times = event.rrule
    ? ical.expandRecurringEvent(event, { from: new Date(from), to: new Date(to) }).map((one) => [one.start, one.end, one.isFullDay])
    : [[event.start, event.end, event.datetype === "date"]];
  for (const [start, end, whole] of times) {
    if (text(start, whole) >= from && text(start, whole) < to) found.push([event.uid, text(start, whole), text(end, whole)]);
  }
}
process.stdout.write(JSON.stringify(found));

// ical.js, as Thunderbird uses it: every time of every event of a file, in [from, to).

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const [file, from, to] = process.argv.slice(2);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);

const text = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000", ""));
const found = [];
const add = (uid, start, end) => {
  if (text(start) >= from && text(start) < to) found.push([uid, text(start), text(end)]);
};

const all = calendar.getAllSubcomponents("vevent");
for (const component of all.filter((one) => !one.hasProperty("recurrence-id"))) {
  const event = new ICAL.Event(component, { exceptions: all.filter((one) => one.hasProperty("recurrence-id") && one.getFirstPropertyValue("uid") === component.getFirstPropertyValue("uid")) });
  if (!event.isRecurring()) {
    add(event.uid, event.startDate, event.endDate);
    continue;
  }
  const times = event.iterator();
  for (let next = times.next(); next; next = times.next()) {
    const one = event.getOccurrenceDetails(next);
    add(event.uid, one.startDate, one.endDate);
  }
}
process.stdout.write(JSON.stringify(found));

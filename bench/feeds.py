"""Feeds beside a bare server of the same kind that returns the same bytes, and how soon a change shows.

The limit is an ASGI function that answers every request with the feed's own bytes and headers, served by the same
server with the same settings. Ours also chooses the encoding, compares validators, and knows whether it is current.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench.harness import Bed, Load, beds, cpu_seconds, machine, request_bytes, run_load
from calendar_feed.feed.shelf import CHECK_EVERY
from events.models import Occurrence, Program, Series
from events.programme.actions import load_programme
from events.programme.reading import read_programme
from festival.database import transaction
from festival.kit.clock import now
from festival.kit.documents import read_document
from festival.seeding.actions import DEMO_PROGRAMME
from tests.live import ROOT, Site, free_port

_CONNECTIONS = 32
_ROUNDS = 4
_SIZES = (1_000, 10_000)
_HOUR = 3600
_SUBSCRIBERS = 100_000


async def bare(scope: Any, _: Any, send: Any) -> None:
    """The limit: the same bytes, whatever is asked."""
    if scope["type"] != "http":
        return
    status, headers, body = _BARE[scope["path"]]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_BARE: dict[str, Any] = {}


def serve_bare(port: int, folder: Path) -> None:
    """Serve what lies in `folder`, as `festival serve` does."""
    import uvicorn

    for path in folder.glob("*.json"):
        kept = json.loads(path.read_text())
        headers = [(name.encode(), value.encode()) for name, value in kept["headers"]]
        _BARE[f"/{path.stem}"] = (kept["status"], headers, path.with_suffix(".body").read_bytes())
    uvicorn.run(
        bare, host="127.0.0.1", port=port, access_log=False, log_level="error", server_header=False,
        proxy_headers=False, timeout_keep_alive=30, backlog=2048, lifespan="off",
    )  # fmt: skip


@contextmanager
def serving_bare(folder: Path) -> Generator[Site, None, None]:
    """The limit in a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.feeds", "--bare", str(port), str(folder)],
        cwd=ROOT, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    site = Site(f"http://localhost:{port}", process, folder / "bare.log")
    try:
        for _ in range(200):
            try:
                with urlopen(f"{site.url}/full", timeout=1):  # noqa: S310 - our own address
                    break
            except OSError:
                time.sleep(0.05)
        yield site
    finally:
        process.terminate()
        process.wait()


# ---------------------------------------------------------------- what is asked


CASES: dict[str, tuple[str, dict[str, str], int]] = {
    "full": ("/calendar.ics", {"Accept_Encoding": "identity"}, 3000),
    "gzip": ("/calendar.ics", {"Accept_Encoding": "gzip"}, 6000),
    "unchanged": ("/calendar.ics", {"Accept_Encoding": "gzip"}, 8000),
    "filtered": ("/calendar.ics?area=arts&free=1", {"Accept_Encoding": "gzip"}, 6000),
}
TITLES = {
    "full": "full feed", "gzip": "full feed, compressed", "unchanged": "304, nothing changed",
    "filtered": "filtered feed, compressed",
}  # fmt: skip


def _ask(site: Site, path: str, headers: dict[str, str]) -> tuple[int, list[tuple[str, str]], bytes]:
    import http.client

    host, _, port = site.url.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in {"date", "connection"}]
    return answer.status, kept, body


def compare(site: Site, folder: Path) -> None:
    """Every case on our server and on the bare one, in turns, so that both meet the same machine."""
    wanted: dict[str, bytes] = {}
    for name in TITLES:
        path, headers, _ = CASES[name]
        if name == "unchanged":
            etag = dict(_ask(site, path, headers)[1])["etag"]
            headers = {**headers, "If_None_Match": etag}
        status, answered, body = _ask(site, path, headers)
        (folder / f"{name}.json").write_text(json.dumps({"status": status, "headers": answered}))
        (folder / f"{name}.body").write_bytes(body)
        wanted[name] = request_bytes("GET", path, **headers)
    with serving_bare(folder) as limit:
        for name, title in TITLES.items():
            _, headers, count = CASES[name]
            ours, theirs = _in_turns(site, wanted[name], limit, request_bytes("GET", f"/{name}", **headers), count)
            size = (folder / f"{name}.body").stat().st_size
            _print(title, size, ours, theirs)


def _in_turns(site: Site, asked: bytes, limit: Site, bare_asked: bytes, count: int) -> tuple[list[Any], list[Any]]:
    ours: list[Any] = []
    theirs: list[Any] = []
    run_load(site, [asked] * 200, 8)
    run_load(limit, [bare_asked] * 200, 8)
    for _ in range(_ROUNDS):
        for where, request, found in ((limit, bare_asked, theirs), (site, asked, ours)):
            before = cpu_seconds(where.process.pid)
            load = run_load(where, [request] * (count // _ROUNDS), _CONNECTIONS)
            found.append((load, (cpu_seconds(where.process.pid) - before) / sum(load.statuses.values())))
    return ours, theirs


def _print(title: str, size: int, ours: list[Any], theirs: list[Any]) -> None:
    load, limit = _together([one for one, _ in ours]), _together([one for one, _ in theirs])
    cpu, bare_cpu = (statistics.mean(cpu for _, cpu in runs) * 1e6 for runs in (ours, theirs))
    times = f"p50 {load.percentile(50):5.1f} ms  p99 {load.percentile(99):5.1f} ms"
    beside = f"{load.rate / limit.rate:5.2f} x bare ({limit.rate:.0f}/s, {bare_cpu:.0f} µs)"
    print(f"{title:28} {size:7} bytes  {load.rate:7.0f}/s  {times}  CPU {cpu:4.0f} µs  {beside}", flush=True)
    if title.startswith("304"):
        polls = _SUBSCRIBERS / _HOUR
        print(
            f"{'':28} {_SUBSCRIBERS} subscribers polling hourly are {polls:.0f} requests/s:"
            f" {polls * cpu / 1e4:.2f} % of a core, {load.rate / polls:.0f} times less than served here"
        )


def _together(loads: list[Load]) -> Load:
    found = Load()
    for load in loads:
        found = replace(
            found, statuses=found.statuses + load.statuses, seconds=found.seconds + load.seconds,
            times_ms=[*found.times_ms, *load.times_ms],
        )  # fmt: skip
    return found


# ---------------------------------------------------------------- from a change to new bytes


async def load_demo() -> None:
    """The demo year."""
    programme = read_programme(read_document(DEMO_PROGRAMME.read_text(encoding="utf-8")))
    async with transaction():
        await load_programme(programme)


async def grow(size: int) -> None:
    """Weekly series, as many as bring the calendar to `size` occurrences."""
    have = await Occurrence.all().count()
    program = await Program.get(slug="salsa-for-beginners")
    start = now().replace(hour=18, minute=0, second=0, microsecond=0)
    while have < size:
        dates = min(50, size - have)
        local = start.strftime("%Y-%m-%dT%H:%M")
        series = await Series.create(
            program=program, uid=f"{secrets.token_hex(6)}@bench", time_zone="America/Denver", starts_local=local,
            minutes=60, rrule=f"FREQ=WEEKLY;COUNT={dates}", changed_at=now(),
        )  # fmt: skip
        at = [start + dt.timedelta(weeks=week) for week in range(dates)]
        await Occurrence.bulk_create(
            Occurrence(
                program_id=program.id, series_id=series.id, original_local=one.strftime("%Y-%m-%dT%H:%M"),
                starts_at=one, ends_at=one + dt.timedelta(hours=1), starts_on=one.date(), ends_on=one.date(),
                title="", state="scheduled", moved=False, reason="", sequence=0, revision=1, changed_at=now(),
            )
            for one in at
        )  # fmt: skip
        have += dates


async def change_one() -> None:
    """Cancel one date and take it back, as an organizer might."""
    one = await Occurrence.filter(starts_at__gt=now()).order_by("-id").first()
    assert one
    state = "cancelled" if one.state == "scheduled" else "scheduled"
    await Occurrence.filter(id=one.id).update(
        state=state, sequence=one.sequence + 1, revision=one.revision + 1, changed_at=now()
    )


def time_changes(bed: Bed, site: Site) -> None:
    """Seconds from the commit of a change until the feed has other bytes, asking every few milliseconds."""
    for size in _SIZES:
        bed.prepare(lambda size=size: grow(size))
        time.sleep(1)
        seconds: list[float] = []
        for _ in range(5):
            etag = _etag(site)
            bed.prepare(change_one)
            began = time.perf_counter()
            while _etag(site) == etag:
                time.sleep(0.005)
            seconds.append(time.perf_counter() - began)
        print(
            f"change to new bytes, {bed.engine:8} {size:6} occurrences: median {statistics.median(seconds):.2f} s,"
            f" slowest {max(seconds):.2f} s (the database is asked every {CHECK_EVERY} s)",
            flush=True,
        )


def _etag(site: Site) -> str:
    request = Request(f"{site.url}/calendar.ics", headers={"Accept-Encoding": "gzip"}, method="HEAD")  # noqa: S310
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
        return str(answer.headers["etag"])


def main() -> None:
    """Rates on SQLite, as feeds do not come from the database; changes on every engine."""
    print(machine())
    print(f"{_CONNECTIONS} connections, {_ROUNDS} rounds in turns with the bare server, one process each")
    with beds() as found:
        for bed in found:
            bed.prepare(load_demo)
            with bed.serve() as site:
                if bed.engine == "sqlite":
                    folder = bed.folder / "bare"
                    folder.mkdir()
                    compare(site, folder)
                time_changes(bed, site)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        serve_bare(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()

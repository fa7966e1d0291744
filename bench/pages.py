"""Public pages: warm, beside a bare server that returns the same bytes; cold, by the number of queries at two sizes.

The limit is that of `bench.feeds`: an ASGI function that gives the page's own bytes and headers to every request.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2

from bench.feeds import _ask, _in_turns, _together, grow, load_demo, serve_bare, serving_bare
from bench.harness import Bed, beds, machine, request_bytes
from festival.app import build_app

_PAGES = {
    "home": "/en/",
    "search": "/en/?q=art",
    "event": "/en/events/salsa-for-beginners",
    "festival": "/en/festival/global-fest-2027",
}
_REQUESTS = 4000
_SIZES = (1_000, 10_000)


def compare(bed: Bed) -> None:
    """Each page warm and unchanged, on our server and on the bare one in turns."""
    with bed.serve() as site:
        for name, path in _PAGES.items():
            for kind in ("full", "304"):
                headers = {"Accept_Encoding": "br"}
                if kind == "304":
                    headers["If_None_Match"] = dict(_ask(site, path, headers)[1])["etag"]
                status, answered, body = _ask(site, path, headers)
                folder = bed.folder / f"{bed.engine}-{name}-{kind}"
                folder.mkdir()
                (folder / "full.json").write_text(json.dumps({"status": status, "headers": answered}))
                (folder / "full.body").write_bytes(body)
                with serving_bare(folder) as limit:
                    asked, bare = request_bytes("GET", path, **headers), request_bytes("GET", "/full", **headers)
                    _print(f"{name}, {kind}", len(body), *_in_turns(site, asked, limit, bare, _REQUESTS))


def _print(title: str, size: int, ours: list[Any], theirs: list[Any]) -> None:
    load, limit = _together([one for one, _ in ours]), _together([one for one, _ in theirs])
    cpu, bare_cpu = (statistics.mean(cpu for _, cpu in runs) * 1e6 for runs in (ours, theirs))
    times = f"p50 {load.percentile(50):5.1f} ms  p99 {load.percentile(99):5.1f} ms"
    beside = f"{load.rate / limit.rate:5.2f} x bare ({limit.rate:.0f}/s, {bare_cpu:.0f} µs)"
    print(f"{title:18} {size:6} bytes  {load.rate:7.0f}/s  {times}  CPU {cpu:4.0f} µs  {beside}", flush=True)


class _Counter(logging.Handler):
    """Counts the statements that Tortoise sends."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


async def count_cold(bed: Bed) -> dict[str, int]:
    """The statements of each page when nothing of it is kept, the shared stamp among them."""
    counter, log = _Counter(), logging.getLogger("tortoise.db_client")
    log.addHandler(counter)
    log.setLevel(logging.DEBUG)
    found: dict[str, int] = {}
    transport = httpx2.ASGITransport(app=build_app(check_pages_every=0))
    async with httpx2.AsyncClient(transport=transport, base_url=bed.settings.base_url) as client:
        for name, path in _PAGES.items():
            await client.get(path)
            before = counter.count
            answer = await client.get(f"{path}{'&' if '?' in path else '?'}cold={before}")
            assert answer.status_code == 200, path
            found[name] = counter.count - before
    log.removeHandler(counter)
    log.setLevel(logging.WARNING)
    return found


def main() -> None:
    """Print every figure, its limit of the same run, and the machine."""
    print(machine())
    with beds() as found:
        for bed in found:
            print(f"\n{bed.engine}")
            for size in _SIZES:
                prepare: Callable[[], Awaitable[object]] = load_demo if size == _SIZES[0] else lambda: grow(_SIZES[1])
                bed.prepare(prepare)
                cold = bed.prepare(lambda bed=bed: count_cold(bed))
                print(f"cold, {size} dates, statements with the shared stamp: {cold}", flush=True)
            compare(bed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        serve_bare(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()

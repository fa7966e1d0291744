"""What the benchmarks share: servers, a load client that is not the limit, pgbench, and how a figure is printed."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import asyncpg

from festival.database import connected
from festival.database.schema import migrate
from festival.settings import Settings, use_settings
from tests.live import Site, serving
from tests.postgres import find_binaries, find_postgres

SECRET = "a-key-for-benchmarks-only-0123456789"


@dataclass(frozen=True)
class Bed:
    """A migrated database of one kind, and a folder for what a server writes."""

    engine: str
    settings: Settings
    folder: Path

    @contextmanager
    def serve(self, *arguments: str) -> Generator[Site, None, None]:
        """`festival serve` over this database, without a worker."""
        with serving(self.settings, self.folder / "server.log", "--no-worker", *arguments) as site:
            yield site

    def prepare(self, work: Callable[[], Awaitable[object]]) -> object:
        """Run `work` with the database open, before the server starts or while it runs."""

        async def run() -> object:
            async with connected(self.settings):
                return await work()

        use_settings(self.settings)
        try:
            return asyncio.run(run())
        finally:
            use_settings(None)


@contextmanager
def beds() -> Generator[list[Bed], None, None]:
    """SQLite, and PostgreSQL where it can be had, both fresh and with full durability."""
    with tempfile.TemporaryDirectory(prefix="festival-bench-") as name, find_postgres() as server:
        folder = Path(name)
        found = [Bed("sqlite", _settings(f"sqlite://{folder}/bench.sqlite3", folder), folder)]
        if server:
            asyncio.run(_create(server))
            found.append(Bed("postgres", _settings(f"{server}/bench", folder), folder))
        for bed in found:
            asyncio.run(migrate(bed.settings))
        yield found


def _settings(url: str, folder: Path) -> Settings:
    return Settings(database_url=url, secret_key=SECRET, media_url=f"file://{folder}/media", rate_limit_scale=0)


async def _create(server: str) -> None:
    connection = await asyncpg.connect(f"{server}/postgres")
    await connection.execute("CREATE DATABASE bench")
    await connection.close()


# ---------------------------------------------------------------- load


@dataclass
class Load:
    """What a load run saw: answers by status, seconds in all, milliseconds of each answer."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    seconds: float = 0.0
    times_ms: list[float] = field(default_factory=list[float])

    @property
    def rate(self) -> float:
        """Answers a second."""
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds within which `percent` of the answers came."""
        return statistics.quantiles(self.times_ms, n=100)[percent - 1] if len(self.times_ms) > 1 else 0.0


class _Wire(asyncio.Protocol):
    """One keep-alive connection that reads answers with a Content-Length."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.answer: asyncio.Future[int] | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_exception(exc or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        found = re.search(rb"content-length: (\d+)", head)
        whole = end + 4 + (int(found[1]) if found else 0)
        if len(self.buffer) >= whole and self.answer:
            answer, self.answer = self.answer, None
            status = int(self.buffer[9:12])
            del self.buffer[:whole]
            answer.set_result(status)

    async def ask(self, request: bytes) -> int:
        """Send a request and wait for the status of its answer."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answer


def request_bytes(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire; underscores in header names become hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _load(port: int, requests: Sequence[bytes], connections: int, rate: float) -> Load:
    loop, load, waiting = asyncio.get_running_loop(), Load(), iter(enumerate(requests))

    async def one_connection() -> None:
        _, wire = await loop.create_connection(_Wire, "127.0.0.1", port)
        for number, request in waiting:
            due = time.perf_counter()
            if rate:
                due = started + number / rate
                await asyncio.sleep(due - time.perf_counter())
            status = await asyncio.wait_for(wire.ask(request), 30)
            load.times_ms.append((time.perf_counter() - due) * 1000)
            load.statuses[status] += 1
        wire.transport.close()

    started = time.perf_counter()
    await asyncio.gather(*(one_connection() for _ in range(connections)))
    load.seconds = time.perf_counter() - started
    return load


def run_load(site: Site, requests: Sequence[bytes], connections: int, rate: float = 0) -> Load:
    """Send `requests` over `connections` keep-alive connections, each waiting for its answer.

    With a `rate` so many a second are sent, and an answer's time counts from when its request was due.
    """
    import uvloop

    port = int(site.url.rsplit(":", 1)[1])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_load(port, requests, connections, rate))


def cpu_seconds(pid: int) -> float:
    """CPU time that a process and its children have used."""
    total = 0
    for task in [pid, *_children(pid)]:
        try:
            fields = Path(f"/proc/{task}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def database_cpu_seconds(bed: Bed) -> float:
    """CPU time that the backends of PostgreSQL's present clients have used, without its own housekeeping; 0 on
    SQLite, which works inside the application."""
    if bed.engine == "sqlite":
        return 0.0

    async def find_backends() -> list[int]:
        connection = cast(Any, await asyncpg.connect(bed.settings.database_url))
        try:
            rows = cast(
                list[dict[str, int]],
                await connection.fetch(
                    "SELECT pid FROM pg_stat_activity WHERE datname = 'bench' AND pid <> pg_backend_pid() "
                    "AND backend_type = 'client backend'"
                ),
            )
            return [row["pid"] for row in rows]
        finally:
            await connection.close(timeout=5)

    return sum(map(cpu_seconds, asyncio.run(find_backends())))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


# ---------------------------------------------------------------- limits


def run_pgbench(url: str, script: str, clients: int, seconds: int = 5) -> float:
    """Transactions a second of `script` by pgbench, with prepared statements; 0 where there is no pgbench."""
    binaries = find_binaries()
    if binaries is None or not (binaries / "pgbench").exists():
        return 0.0
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [binaries / "pgbench", "-n", "-M", "prepared", "-f", file.name]
        command += ["-c", str(clients), "-j", "2", "-T", str(seconds), url]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    return float(found[1]) if found else 0.0


# ---------------------------------------------------------------- words


def machine() -> str:
    """The machine, in a line."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = next((int(line.split()[1]) // 1_048_576 for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    return f"{os.cpu_count()} cores {model}, {memory} GiB, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def print_figure(name: str, load: Load, limit: float = 0.0, limit_name: str = "") -> None:
    """One line: the rate, the percentiles, and the ratio to the limit of the same run."""
    line = f"{name:44} {load.rate:8.0f}/s  p50 {load.percentile(50):6.1f} ms  p99 {load.percentile(99):6.1f} ms"
    if limit:
        line += f"  {load.rate / limit:5.2f} x {limit_name} ({limit:.0f}/s)"
    print(line, flush=True)

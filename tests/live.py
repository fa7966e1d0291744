"""A real `festival serve` in a process of its own, for tests that need sockets, processes or a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from festival.settings import Settings

ROOT = Path(__file__).parent.parent
_READY_WITHIN_S = 30


@dataclass
class Site:
    """A running service: where it is, and its process."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(settings: Settings, port: int) -> dict[str, str]:
    """The environment that gives a process these settings, reachable at `port`."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("FESTIVAL_")},
        "PYTHONPATH": str(ROOT),
        "FESTIVAL_DATABASE_URL": settings.database_url,
        "FESTIVAL_SECRET_KEY": settings.secret_key,
        "FESTIVAL_BASE_URL": f"http://localhost:{port}",
        "FESTIVAL_MEDIA_URL": settings.media_url,
        "FESTIVAL_SMTP_URL": settings.smtp_url,
        "FESTIVAL_STRIPE_SECRET_KEY": settings.stripe_secret_key,
        "FESTIVAL_STRIPE_WEBHOOK_SECRET": settings.stripe_webhook_secret,
        "FESTIVAL_STRIPE_API_BASE": settings.stripe_api_base,
        "FESTIVAL_RATE_LIMIT_SCALE": str(settings.rate_limit_scale),
    }


@contextmanager
def serving(settings: Settings, log: Path, *arguments: str, port: int = 0) -> Generator[Site, None, None]:
    """Serve over the migrated database of `settings` until the block ends; `arguments` go to `festival serve`."""
    port = port or free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "festival", "serve", "--port", str(port), *arguments],
            env=environment_of(settings, port),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    site = Site(f"http://localhost:{port}", process, log)
    try:
        _wait_until_ready(site)
        yield site
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                site.kill()


def _wait_until_ready(site: Site) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline:
        if site.process.poll() is not None:
            break
        try:
            with urlopen(f"{site.url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the service did not start:\n{site.log.read_text()[-2000:]}")

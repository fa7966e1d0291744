"""How often one asker may ask: counted by address block and route, in this process's memory."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import HTTPConnection

from festival.kit.errors import TooMany

_V6_BLOCK = 56  # what one home or phone is given


def address_block(connection: HTTPConnection) -> str:
    """The asker's address: an IPv4 address, or the /56 of an IPv6 one. `unknown` without a socket."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _V6_BLOCK), strict=False))
    return str(address)


@dataclass
class Limits:
    """Sliding windows of a minute; `scale` multiplies every limit, 0 or less means no limit."""

    scale: float = 1.0

    def __post_init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def require(self, per_minute: int, *key: str) -> None:
        """Count one try for `key`; raises TooMany above `per_minute` times the scale."""
        if self.scale <= 0:
            return
        item = RateLimitItemPerMinute(max(1, round(per_minute * self.scale)))
        if not self._limiter.hit(item, *key):
            raise TooMany(retry_after=30)


_limits = Limits()


def configure_limits(scale: float) -> None:
    """Set the factor on every limit; the roof does this once."""
    global _limits  # noqa: PLW0603 - one counter per process
    _limits = Limits(scale)


def limit(connection: HTTPConnection, route: str, per_minute: int, *more: str) -> None:
    """Count one try of `route` by this asker's address block; raises TooMany."""
    _limits.require(per_minute, route, address_block(connection), *more)


def limit_for(route: str, per_minute: int, *whom: str) -> None:
    """Count one try of `route` on behalf of `whom`, from wherever it comes; raises TooMany."""
    _limits.require(per_minute, route, "any address", *whom)

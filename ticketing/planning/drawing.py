"""The plot of the risk of overbooking, drawn by the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.planning.rules import Risk

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 20, 16, 44


@dataclass(frozen=True)
class Plot:
    """Where things stand in the picture: a line, ticks as (place, value), the present cap and the bearable one."""

    line: str
    area: str
    across: Sequence[tuple[float, int]]
    up: Sequence[tuple[float, float]]
    now_x: float | None
    good_x: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw_risks(risks: Sequence[Risk], present: int, bearable: int) -> Plot:
    """The chance over the cap; `present` is marked where it is inside the picture."""
    low, high = risks[0].cap, max(risks[-1].cap, risks[0].cap + 1)

    def x(cap: float) -> float:
        return round(LEFT + (cap - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    def y(chance: float) -> float:
        return round(HEIGHT - BOTTOM - chance * (HEIGHT - TOP - BOTTOM), 1)

    points = " ".join(f"{x(risk.cap)},{y(risk.chance)}" for risk in risks)
    ticks = [round(low + (high - low) * part / 4) for part in range(5)]
    return Plot(
        line=points, area=f"{x(low)},{y(0)} {points} {x(risks[-1].cap)},{y(0)}",
        across=[(x(tick), tick) for tick in dict.fromkeys(ticks)], up=[(y(part / 4), part / 4) for part in range(5)],
        now_x=x(present) if low <= present <= high else None, good_x=x(bearable),
    )  # fmt: skip

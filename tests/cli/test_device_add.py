"""`festival device add` makes a device and a code, and names the gates where it cannot."""

from __future__ import annotations

import argparse

import pytest

from festival.cli import add_device
from festival.database import connected
from festival.settings import Settings
from tests.ticketing.gatehouse import build_site
from ticketing.gate.queries import find_device_principal


async def test_it_prints_a_token_that_opens_the_gate(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with connected(settings):
        site = await build_site()
    asked = argparse.Namespace(gate=site.north.slug, name="", directions="in", hours=0)
    assert await add_device(asked, settings) == 0
    out, told = capsys.readouterr()
    async with connected(settings):
        device = await find_device_principal(out.strip())
    assert device is not None
    assert (device.gate.id, device.gate.directions) == (site.north.id, "in")
    assert f"{settings.base_url}/gate#enrol=" in told
    asked.gate = "nowhere"
    assert await add_device(asked, settings) == 2
    assert site.south.slug in capsys.readouterr().err

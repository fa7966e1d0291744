"""The scanner's page, service worker and manifest, as a browser gets them."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx2
import pytest


async def test_only_the_scanner_may_use_the_camera(client: httpx2.AsyncClient) -> None:
    page = await client.get("/gate")
    assert page.status_code == 200
    assert "camera=(self)" in page.headers["permissions-policy"]
    assert "camera=()" in (await client.get("/healthz")).headers["permissions-policy"]


async def test_the_page_carries_every_word_the_scripts_say(client: httpx2.AsyncClient) -> None:
    page = (await client.get("/gate")).text
    block = re.search(r'<script type="application/json" id="gate-data">(.*?)</script>', page, re.DOTALL)
    assert block
    data = json.loads(block[1])
    script = (await client.get(re.search(r'src="([^"]+/dist/gate\.js)"', page)[1])).text  # type: ignore[index]
    assert data["zone"] == "America/Denver"
    assert set(re.findall(r'"(\w+)"', script)) >= {"admitted", "refused"}
    assert {"unknown", "already_in", "party_full", "device_revoked"} <= data["codes"].keys()


@pytest.mark.parametrize("prefix", ["", "/ar"])
async def test_the_service_worker_keeps_files_that_exist(client: httpx2.AsyncClient, prefix: str) -> None:
    worker = await client.get(f"{prefix}/gate/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["service-worker-allowed"] == f"{prefix}/gate"
    told: dict[str, Any] = json.loads(worker.text.split(";\n")[0].removeprefix("self.GATE="))
    assert told["page"] == f"{prefix}/gate"
    for path in [told["page"], *told["files"]]:
        assert (await client.get(path)).status_code == 200, path
    page = (await client.get(told["page"])).text
    for path in re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|woff2))"', page):
        assert path in told["files"]


async def test_a_changed_language_is_another_version(client: httpx2.AsyncClient) -> None:
    stamps = {(await client.get(f"{prefix}/gate/sw.js")).text.split('"')[3] for prefix in ("", "/ar", "/es")}
    assert len(stamps) == 3


async def test_the_manifest_installs_the_scanner(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/es/gate/manifest.webmanifest")
    manifest = answer.json()
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"]) == ("/es/gate", "/es/gate")
    for icon in manifest["icons"]:
        assert (await client.get(icon["src"])).status_code == 200

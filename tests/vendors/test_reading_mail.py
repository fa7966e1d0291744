"""What somebody wrote is told from what their mail program added, whichever it is; broken mails are read too."""

from __future__ import annotations

import random

import pytest

from vendors.messages.reading import read_mail
from vendors.messages.rules import own_words

from .mails import EVERY, raw_mail


@pytest.mark.parametrize("name", EVERY)
def test_only_own_words_are_kept(name: str) -> None:
    mail = read_mail(raw_mail(name, "hana@example.org", "reply+abc@fest.example.org"))
    assert mail.text == EVERY[name][1]
    assert mail.sender == "hana@example.org"
    assert "reply+abc@fest.example.org" in mail.recipients
    assert not mail.automatic
    assert mail.left_out == (1 if name == "apple" else 0)


@pytest.mark.parametrize(
    "text",
    [
        "My number is\n\nVan: two\nPower: 20 amps\n\nThank you",
        "Please call me at 10:00:\n555 0100",
        "Two - or three - tents.\n\n---\n\nHana",
        "We come in 2026:",
    ],
)
def test_words_that_only_look_quoted_stay(text: str) -> None:
    assert own_words(text) == text


def test_only_quoted_is_nothing() -> None:
    assert own_words("On Wed, Jun 3, 2026, City <a@b.example> wrote:\n> How many?\n\nSent from my iPhone") == ""
    assert own_words("-----Original Message-----\nFrom: City\n\nHow many?") == ""


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "Return-Path: <>",
        "X-Autoreply: yes",
        "List-Id: <all.example.org>",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
    ],
)
def test_programs_are_known(header: str) -> None:
    body = "From: hana@example.org\nTo: reply@fest.example.org\n\nI am away.\n"
    assert read_mail(f"{header}\n{body}".encode()).automatic
    assert not read_mail(f"Auto-Submitted: no\n{body}".encode()).automatic
    assert read_mail(body.replace("hana", "MAILER-DAEMON").encode()).automatic


def test_two_senders_are_none() -> None:
    both = b"From: hana@example.org\nFrom: mallory@example.org\n\nHello"
    assert read_mail(both).sender == ""
    assert read_mail(b"From: hana@example.org, mallory@example.org\n\nHello").sender == ""


def test_logos_are_not_files_and_letters_within_are() -> None:
    mail = (
        b"From: hana@example.org\nContent-Type: multipart/mixed; boundary=a\n\n"
        b"--a\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Hi</p>\n"
        b"--b\nContent-Type: image/png\nContent-ID: <logo>\n\nsmall\n--b--\n"
        b"--a\nContent-Type: message/rfc822\n\nFrom: x@example.org\n\nforwarded\n"
        b"--a\nContent-Type: application/pdf; name=licence.pdf\n\n%PDF\n--a--\n"
    )
    read = read_mail(mail)
    assert (read.text, read.left_out) == ("Hi", 2)


def test_whatever_comes_is_read() -> None:
    chance = random.Random(6)
    for name in EVERY:
        whole = bytearray(raw_mail(name, "hana@example.org", "reply@fest.example.org"))
        for _ in range(150):
            broken = bytearray(whole)
            for _ in range(chance.randrange(1, 12)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            read = read_mail(bytes(broken))
            assert "\x00" not in read.text
            read.text.encode()

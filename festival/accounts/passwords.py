"""Passwords through argon2id, in two threads of their own: a burst of sign-ins takes no memory from the claims."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from unicodedata import normalize

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_hasher = PasswordHash((Argon2Hasher(),))
_threads = ThreadPoolExecutor(2, "passwords")


def _one_form(password: str) -> str:
    """The same characters however a keyboard composed them (NIST SP 800-63B, section 5.1.1.2)."""
    return normalize("NFKC", password)


@cache
def _hash_of_nothing() -> str:
    return _hasher.hash("nobody has this password")


def _verify(password: str, kept: str) -> bool:
    # For somebody without a password the same work is done, so that the time tells nothing.
    right = _hasher.verify(_one_form(password), kept or _hash_of_nothing())
    return right and bool(kept)


async def hash_password(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _one_form(password))


async def check_password(password: str, kept: str) -> bool:
    """Whether `password` is the one of which `kept` is kept; takes as long where nothing is kept."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, password, kept)

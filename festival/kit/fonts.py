"""The fonts for what is drawn here, on paper and in pictures: found on this machine, asked for by script."""

from __future__ import annotations

from functools import cache

import typst

from festival.kit.languages import LANGUAGES

_LATIN = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Helvetica Neue", "Arial")
# By language, the families that have its script, the best first: Debian's Noto, then what macOS brings.
_BY_LANGUAGE: dict[str, tuple[str, ...]] = {
    "am": ("Noto Sans Ethiopic", "Noto Serif Ethiopic", "Abyssinica SIL", "Kefa"),
    "ar": ("Noto Sans Arabic", "Noto Naskh Arabic", "Geeza Pro"),
    "ne": ("Noto Sans Devanagari", "Noto Serif Devanagari", "Kohinoor Devanagari", "Devanagari MT"),
    "my": ("Noto Sans Myanmar", "Noto Serif Myanmar", "Padauk", "Myanmar MN"),
    "zh-Hans": ("Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei", "PingFang SC"),
    "ko": ("Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Apple SD Gothic Neo"),
}
PACKAGES = "fonts-noto-core and fonts-noto-cjk"


@cache
def found_fonts() -> typst.Fonts:
    """Every font of this machine, looked for once per process, with those that typst brings (Latin only)."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True)


@cache
def _found_families() -> frozenset[str]:
    return frozenset(found_fonts().families())


def families_for(language: str) -> list[str]:
    """The families to print `language` with, in the order in which a glyph is looked for.

    Names and places may be in any script, so every script's family follows the reader's own.
    """
    own = _BY_LANGUAGE.get(language, ())
    others = [name for code, names in _BY_LANGUAGE.items() if code != language for name in names]
    present = [name for name in (*_LATIN, *own, *others) if name in _found_families()]
    return present or ["Libertinus Serif"]


def missing_scripts() -> list[str]:
    """The languages that would be printed without letters, by their code."""
    return [code for code in LANGUAGES if not _found_families().intersection(_BY_LANGUAGE.get(code, _LATIN))]

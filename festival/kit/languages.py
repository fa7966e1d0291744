"""The twelve languages of the interface, and how a reader's language is found (RFC 9110, section 12.5.4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language: its code in addresses and BCP 47, its own name, its direction, its CLDR locale."""

    code: str
    endonym: str
    locale: str
    direction: str = "ltr"


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("en", "English", "en_US"),
        Language("es", "Español", "es_US"),
        Language("am", "አማርኛ", "am_ET"),
        Language("ar", "العربية", "ar", "rtl"),
        Language("ne", "नेपाली", "ne_NP"),
        Language("vi", "Tiếng Việt", "vi_VN"),
        Language("ko", "한국어", "ko_KR"),
        Language("zh-Hans", "简体中文", "zh_Hans_CN"),
        Language("ru", "Русский", "ru_RU"),
        Language("fr", "Français", "fr_FR"),
        Language("so", "Soomaali", "so_SO"),
        Language("my", "မြန်မာ", "my_MM"),
    )
}
DEFAULT = "en"

# Chinese as spoken to us by browsers; Simplified is what we have.
_ALIASES = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "zh-hans-cn": "zh-Hans"}
_BY_LOWER = {code.lower(): code for code in LANGUAGES}
_MOST_PREFERENCES = 20


def find_language(tag: str) -> str | None:
    """The interface language for a BCP 47 `tag` (`es-MX` gives `es`), or None."""
    lowered = tag.strip().replace("_", "-").lower()
    if lowered in _ALIASES:
        return _ALIASES[lowered]
    while lowered:
        if lowered in _BY_LOWER:
            return _BY_LOWER[lowered]
        lowered = lowered.rpartition("-")[0]
        if lowered == "zh":
            return _ALIASES["zh"]
    return None


def negotiate(accept_language: str) -> str:
    """The best interface language for an Accept-Language header; English where none fits."""
    return next(iter(list_preferences(accept_language)), DEFAULT)


def next_best(accept_language: str, chosen: str) -> tuple[str, ...]:
    """In which languages a reader of `chosen` would rather read than in English, the best first; at most two."""
    others: list[str] = []
    for code in list_preferences(accept_language):
        if code == DEFAULT:
            break
        if code != chosen:
            others.append(code)
    return tuple(others[:2])


def list_preferences(accept_language: str) -> list[str]:
    """The interface languages that an Accept-Language header (RFC 9110, section 12.5.4) asks for, the best first."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:_MOST_PREFERENCES]:
        tag, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag and 0 < quality <= 1:
            wanted.append((quality, tag))
    found = [find_language(tag) for _, tag in sorted(wanted, key=lambda pair: -pair[0])]
    return list(dict.fromkeys(code for code in found if code))

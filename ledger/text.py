"""Names and words as the ledger keeps them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from ledger.errors import BadName, BadNumber, BadText

LONGEST_NAME = 200
LONGEST_TEXT = 2_000
MOST_DIGITS = 9
MANY = 200  # names to compare one by one
_REFUSED = {
    "Cc": "a control character",
    "Cf": "an invisible character (bidirectional override, zero-width or format)",
    "Cs": "a lone surrogate",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}


def clean_name(value: str) -> str:
    """The name in NFC with single spaces.

    Raises BadName for control, bidirectional, zero-width and surrogate
    characters, and for anything but 1 to 200 characters.
    """
    return _clean(value, LONGEST_NAME, BadName)


def clean_text(value: str) -> str:
    """A source, a reason or a key: as a name, of up to 2,000 characters. Raises BadText."""
    return _clean(value, LONGEST_TEXT, BadText)


def _clean(value: str, longest: int, refusal: type[BadName | BadText]) -> str:
    if value.isascii() and value.isprintable() and "  " not in value:
        name = value.strip()
    else:
        for place, character in enumerate(value.strip()):
            found = _REFUSED.get(unicodedata.category(character))
            if found:
                raise refusal(
                    value=ascii(value[:60]),
                    what=f"it has {found} (U+{ord(character):04X}) at place {place + 1}",
                )
        name = " ".join(unicodedata.normalize("NFC", value).split())
    if not 1 <= len(name) <= longest:
        what = "it is empty" if not name else f"it has {len(name)} characters"
        raise refusal(value=ascii(value[:60]), what=what)
    return name


@lru_cache(maxsize=65_536)
def match_key(name: str) -> str:
    """What two spellings of one name share: case and spacing do not count."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def skeleton(name: str) -> str:
    """The letters a reader sees: names of one skeleton look alike in different scripts."""
    return match_key(name).translate(_LOOKALIKES)


# Cyrillic and Greek letters drawn like Latin ones (Unicode TR39 confusables, the common part).
_LOOKALIKES = str.maketrans("аеорсухіјѕԁһӏοαρνυικτ", "aeopcyxijsdhloapvuikt")


def slugify(name: str) -> str:
    """The slug Democracy Club's ballot paper ids use for a name."""
    from uk_election_ids.slugger import slugify as slug  # noqa: PLC0415 - only needed on writes

    return str(slug(name))


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The option most like a misspelt word, or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - only needed to refuse

    by_key, key = {match_key(option): option for option in options}, match_key(word)
    if len(by_key) > MANY:
        # A slip in the first letter is rare, and a file of misspelt names must not take minutes.
        by_key = {known: option for known, option in by_key.items() if known[:1] == key[:1]}
    found = get_close_matches(key, by_key, n=1, cutoff=0.6)
    return by_key[found[0]] if found else None


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """`did you mean 'bassett'? ` or an empty string, to put before a remedy."""
    found = nearest(word, options)
    return f"did you mean {found!r}? " if found else ""


def whole_number(text: str) -> int:
    """Votes typed as text. Raises BadNumber for anything but 1 to 9 digits 0-9."""
    digits = text.strip()
    if not digits:
        raise BadNumber(value=repr(text), what="it is empty, and missing is not zero")
    if not (digits.isascii() and digits.isdigit()):
        raise BadNumber(value=ascii(digits[:40]), what="it is not a whole number")
    if len(digits) > MOST_DIGITS:
        raise BadNumber(value=f"{digits[:12]}…", what=f"it has {len(digits)} digits")
    return int(digits)


def safe(text: str) -> str:
    """Text that cannot steer a terminal: invisible and control characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        if unicodedata.category(character) not in _REFUSED
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )

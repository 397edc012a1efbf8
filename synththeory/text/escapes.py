"""Names and values that hold a comma, the word "is" or nothing at all, as one item of a sentence."""

from __future__ import annotations

import re

MISSING = "\\?"
"""What a missing value is written as: no name or value is, since their backslashes are doubled."""
_EMPTY = "\\e"
_OUT = {"\\": "\\\\", ",": "\\,", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IN = {"n": "\n", "r": "\r", "t": "\t", "s": " ", "e": ""}
_SPECIAL = re.compile("[\\\\,\n\r\t]")
_IS = re.compile(r"(?<![^\W_])is(?![^\W_])")
_ESCAPED = re.compile(r"\\(.)")


def escaped(text: str) -> str:
    """A name or value as it stands in a sentence; `unescaped` gives it back."""
    if not text:
        return _EMPTY
    core = text.strip(" ")
    before, after = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
    if not core:
        return "\\s" * len(text)
    plain = _IS.sub(r"\\is", _SPECIAL.sub(lambda found: _OUT[found.group()], core))
    return "\\s" * before + plain + "\\s" * after


def unescaped(text: str) -> str:
    """What `escaped` was given; a backslash that escapes nothing stays."""
    return _ESCAPED.sub(lambda found: _IN.get(found.group(1), found.group(1)), text)

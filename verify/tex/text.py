"""Plain text and decimals as TeX."""

import re

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
} | {character: f"\\{character}" for character in "#$%&_{}"}
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_SMALL = -4  # the exponent below which zeros drown the digits


def escaped(text: str) -> str:
    """Text that TeX prints as it stands. Raises `ValueError` for control characters."""
    if not text.isprintable():
        raise ValueError(f"text={text!r}: holds a control character")
    return "".join(_SPECIAL.get(character, character) for character in text)


def breakable(name: str) -> str:
    """A name of words joined by dots and underscores, in typewriter, that may be broken after each of these."""
    return r"\texttt{" + re.sub(r"(\.|\\_)", r"\1\\allowbreak{}", escaped(name)) + "}"


def decimal(text: str) -> str:
    """A decimal as `theory.rounding.decimal_string` writes it, for text and for formulas; no digit is gained or lost."""
    if _PLAIN.fullmatch(text) and not text.startswith("0.0000"):
        return text
    mantissa, _, exponent = _scientific(text).partition("e")
    return rf"\ensuremath{{{mantissa}}}" if not exponent else rf"\ensuremath{{{mantissa} \times 10^{{{exponent}}}}}"


def _scientific(text: str) -> str:
    """With a power of ten apart where the first digit is far behind the point."""
    sign, number = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = number.removeprefix("0.").lstrip("0")
    zeros = len(number) - len("0.") - len(digits)
    if "e" in number or not number.startswith("0.") or -1 - zeros >= _SMALL:
        return sign + re.sub(r"e\+?", "e", number)
    return f"{sign}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{-1 - zeros}"

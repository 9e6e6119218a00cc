"""Regular expressions that cannot run away: XPath's syntax, matched in linear time.

`matches`, `replace` and `split` meet patterns and texts that strangers wrote. Python's `re`
backtracks, so a short pattern can keep it busy for years. Here a pattern becomes a program
for a set of threads that walk over the text together (the construction of Thompson and
Pike): the work is at most text length × program length, and the meter pays for it.

Understood: characters, `.`, classes with ranges, negation and subtraction, `\\d \\w \\s \\p{L}`,
`\\p{IsBasicLatin}` and their opposites, groups, alternatives, greedy and reluctant repetition, `^`, `$`, flags
`s m i x`. Back-references are refused in words; a malformed pattern is null, as DMN has it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from workflows.errors import ExpressionError

MAX_PATTERN = 400  # characters
MAX_PROGRAM = 2_000  # instructions
_MAX_REPEAT = 500
_MAX_GROUPS = 40
_MAX_NESTING = 20

Accepts = Callable[[str], bool]


class BadPattern(Exception):
    """The pattern is not well formed; FEEL answers null."""


@dataclass(frozen=True, slots=True)
class One:
    """One character out of a set."""

    accepts: Accepts


@dataclass(frozen=True, slots=True)
class Edge:
    """`^` or `$`."""

    start: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after another."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, the first that leads to a match is taken."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`part` from `least` to `most` times; `most` None: without end."""

    part: Node
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A bracketed part; `number` None: not remembered."""

    part: Node
    number: int | None


Node = One | Edge | Sequence | Choice | Repeat | Group


@dataclass(frozen=True, slots=True)
class Flags:
    """XPath's flags: `s` dot takes line ends, `m` edges at lines, `i` case, `x` blanks."""

    dot_all: bool = False
    lines: bool = False
    ignore_case: bool = False
    spaced: bool = False


def read_flags(text: str) -> Flags:
    """Raises BadPattern for a letter that is no flag."""
    if set(text) - set("smix"):
        raise BadPattern(text)
    return Flags("s" in text, "m" in text, "i" in text, "x" in text)


@dataclass(slots=True)
class _Reader:
    """Recursive descent over the pattern."""

    text: str
    flags: Flags
    at: int = 0
    groups: int = 0
    closed: int = 0
    depth: int = field(default=0)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise BadPattern("unfinished")
        self.at += 1
        return character

    def skip(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def choice(self) -> Node:
        self.depth += 1
        if self.depth > _MAX_NESTING:
            raise ExpressionError(f"正则表达式的括号嵌套超过 {_MAX_NESTING} 层", code="budget")
        parts = [self.sequence()]
        while self.skip("|"):
            parts.append(self.sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self, part: Node) -> Node:
        bounds = self.bounds()
        if bounds is None:
            return part
        least, most = bounds
        greedy = not self.skip("?")
        if self.peek() in ("*", "+", "?", "{") and self.peek():
            raise BadPattern("nothing to repeat")
        return Repeat(part, least, most, greedy)

    def bounds(self) -> tuple[int, int | None] | None:
        character = self.peek()
        if character and character in "*+?":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[character]
        if character != "{":
            return None
        self.at += 1
        least = self.count()
        most: int | None = least
        if self.skip(","):
            most = None if self.peek() == "}" else self.count()
        if not self.skip("}") or (most is not None and most < least):
            raise BadPattern("bounds")
        return least, most

    def count(self) -> int:
        digits = ""
        while self.peek() and self.peek() in "0123456789":
            digits += self.take()
        if not digits:
            raise BadPattern("bounds")
        if len(digits) > 4 or int(digits) > _MAX_REPEAT:
            raise ExpressionError(f"正则表达式的重复次数超过 {_MAX_REPEAT}", code="budget")
        return int(digits)

    def atom(self) -> Node:
        character = self.take()
        if character == "(":
            return self.group()
        if character == "[":
            return One(self.character_class())
        if character == ".":
            return One(_anything if self.flags.dot_all else _no_line_end)
        if character in "^$":
            return Edge(character == "^")
        if character in "*+?{}]":
            raise BadPattern(character)
        if character == "\\":
            if self.peek() and self.peek() in "123456789":
                raise self.reference()
            return One(self.folded(self.escape()))
        return One(self.folded(_only(character)))

    def folded(self, accepts: Accepts) -> Accepts:
        """With the flag `i`: what accepts a letter accepts its other case too."""
        if not self.flags.ignore_case:
            return accepts
        return lambda c: (
            accepts(c) or accepts(c.lower()[:1] or c) or accepts(c.upper()[:1] or c)
        )

    def reference(self) -> Exception:
        """What is wrong with a back-reference: its group is not closed, or that it is one."""
        if int(self.peek()) > self.closed:
            return BadPattern("no such group")
        return ExpressionError("正则表达式不支持反向引用（如 \\1）", code="budget")

    def group(self) -> Node:
        number = None
        if self.skip("?"):
            if not self.skip(":"):
                raise BadPattern("group")
        else:
            self.groups += 1
            number = self.groups
            if number > _MAX_GROUPS:
                raise ExpressionError(f"正则表达式的分组超过 {_MAX_GROUPS} 个", code="budget")
        part = self.choice()
        if not self.skip(")"):
            raise BadPattern("group")
        self.closed += number is not None
        return Group(part, number)

    def escape(self) -> Accepts:
        character = self.take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in "pP":
            return self.category(character == "P")
        if character in "ntr":
            return _only({"n": "\n", "t": "\t", "r": "\r"}[character])
        if character.isalnum():
            raise BadPattern(character)
        return _only(character)

    def category(self, other: bool) -> Accepts:
        if not self.skip("{"):
            raise BadPattern("category")
        end = self.text.find("}", self.at)
        name = self.text[self.at : end] if end > 0 else ""
        if name.startswith("Is"):
            self.at = end + 1
            first, last = _block(name[2:])
            return lambda c: (first <= ord(c) <= last) is not other
        if not 1 <= len(name) <= 2 or name[0] not in "LMNPZSC":
            raise BadPattern("category")
        self.at = end + 1
        return lambda c: unicodedata.category(c).startswith(name) is not other

    def character_class(self) -> Accepts:
        negative = self.skip("^")
        accepted: list[Accepts] = []
        without: Accepts | None = None
        while not self.skip("]"):
            if accepted and self.skip("-["):
                without = self.character_class()
                if not self.skip("]"):
                    raise BadPattern("class")
                break
            accepted.append(self.class_item())
        if not accepted:
            raise BadPattern("class")
        members = tuple(accepted)
        if without is None:
            return lambda c: any(accepts(c) for accepts in members) is not negative
        left_out = without
        return lambda c: (
            any(accepts(c) for accepts in members) is not negative and not left_out(c)
        )

    def class_item(self) -> Accepts:
        start = self.take()
        if start == "[":
            raise BadPattern("class")
        if start == "\\":
            kind = self.peek()
            accepts = self.escape()
            if kind in _CLASSES or kind in "pP":
                return accepts
            start = {"n": "\n", "t": "\t", "r": "\r"}.get(kind, kind)
        rest = self.text[self.at : self.at + 2]
        if rest[:1] != "-" or rest in ("-]", "-[", "-"):
            return self.folded(_only(start))
        self.at += 1
        end = self.take()
        if end == "\\":
            end = self.take()
        if end < start:
            raise BadPattern("class")
        return self.folded(lambda c: start <= c <= end)


# The blocks of Unicode that patterns name: what comes to this county's windows and its tests.
_BLOCKS = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
    "CJKUnifiedIdeographsExtensionB": (0x20000, 0x2A6DF),
}


def _block(name: str) -> tuple[int, int]:
    """First and last character of a block of Unicode."""
    if name not in _BLOCKS:
        raise ExpressionError(f"正则表达式里没有“Is{name:.40}”这个字符区", code="budget")
    return _BLOCKS[name]


def _without_blanks(text: str) -> str:
    """With the flag `x`: blanks count only inside `[…]` (XPath 3.1 functions, 5.6.2)."""
    kept, depth, escaped = "", 0, False
    for character in text:
        if not depth and character in " \t\r\n":
            continue
        kept += character
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
    return kept


def _only(character: str) -> Accepts:
    return character.__eq__


def _anything(_: str) -> bool:
    return True


def _no_line_end(character: str) -> bool:
    return character not in "\r\n"


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _is_blank(character: str) -> bool:
    return character in " \t\r\n"


_CLASSES: dict[str, Accepts] = {
    "d": _is_digit,
    "D": lambda c: not _is_digit(c),
    "w": _is_word,
    "W": lambda c: not _is_word(c),
    "s": _is_blank,
    "S": lambda c: not _is_blank(c),
}


@lru_cache(256)
def read_pattern(text: str, flags: str) -> tuple[Node, Flags, int]:
    """Read a pattern: its tree, its flags, and how many groups it remembers.

    Raises BadPattern where it is malformed, ExpressionError where it asks too much.
    """
    if len(text) > MAX_PATTERN:
        raise ExpressionError(f"正则表达式超过 {MAX_PATTERN} 个字符", code="budget")
    read = read_flags(flags)
    if read.spaced:
        text = _without_blanks(text)
    reader = _Reader(text, read)
    node = reader.choice()
    if reader.at != len(text):
        raise BadPattern("unbalanced bracket")
    return node, reader.flags, reader.groups

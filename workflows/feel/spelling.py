"""Names with spaces and signs in them (DMN 1.4, 10.3.1.2 and 10.3.1.4).

FEEL lets a name be `Loan Amount`, `pre-bureau risk` or `a + b`; only who knows which names are
in scope can read such a text. So the names known beforehand are looked for, the longest first,
and their blanks and signs are written as private characters of the same length: the grammar
then sees one word, and every column stays where it was. `plain` turns them back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

Names = frozenset[str]

NONE: Names = frozenset()
MAX_NAMES = 2_000  # wide names of one scope; more would make reading slow
_MAX_LENGTH = 200  # characters of one name
_MAX_DEPTH = 8  # levels of contexts in which names are looked for
_FIRST = 0xE000
_HIDDEN = re.compile("[\ue000-\ue0ff]")
_LETTER = r"\w\u00b7\u203f-\u2040\U00010000-\U000effff"
_WIDE = re.compile(rf"[^{_LETTER}]")
_SKIPPED = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_PIECE = re.compile(rf"[{_LETTER}]+|[^\s{_LETTER}]")
_SPOKEN = rf"[^\W\d][{_LETTER}]*(?:[\s.'+*/-]+[{_LETTER}]+)*"
_KEY = re.compile(rf"[{{,(<]\s*({_SPOKEN})\s*:")
_QUOTED_KEY = re.compile(rf'[{{,]\s*"({_SPOKEN})"\s*:')
_BOUND = re.compile(
    rf"(?:\b(?:for|some|every)\s+|,\s*)([^\W\d][{_LETTER}]*(?:\s+[{_LETTER}]+)*?)\s+in\b"
)
_FORMAL = re.compile(r"\bfunction\s*\(([^)]*)\)")
_WORDS = frozenset({"if", "then", "else", "for", "in", "return", "some", "every"}) | {
    "satisfies",
    "and",
    "or",
    "between",
    "function",
    "instance",
}


def is_wide(name: str) -> bool:
    """Whether a name has a blank or a sign in it."""
    return _WIDE.search(name) is not None


def has_sign(name: str) -> bool:
    """Whether a name has a sign in it that might be an operator."""
    return any(_WIDE.match(character) and not character.isspace() for character in name)


def normal(name: str) -> str:
    """A name with its blanks made one: how it is kept and looked up."""
    return " ".join(name.split())


def wide_names(values: Mapping[str, Any]) -> Names:
    """The wide names among the keys of a context and of the contexts in it."""
    found: set[str] = set()
    _gather(values, found, 0)
    return frozenset(found) if found else NONE


def _gather(value: Any, found: set[str], depth: int) -> None:
    if depth > _MAX_DEPTH or len(found) >= MAX_NAMES:
        return
    if isinstance(value, Mapping):
        for key in value:
            if type(key) is str and not key.isidentifier() and is_wide(key):
                found.add(key)
            inner = value[key]
            if isinstance(inner, Mapping | list | tuple):
                _gather(inner, found, depth + 1)
    else:
        for item in value[:50]:
            if isinstance(item, Mapping | list | tuple):
                _gather(item, found, depth + 1)


def hide(text: str, known: Names) -> tuple[str, dict[str, str]]:
    """The text with every wide name as one word, and how each is properly spelled."""
    names = known.union(own_names(text))
    if not names:
        return text, {}
    tree, proper = _tree(known if len(names) == len(known) else names)
    parts, at = [], 0
    for gap, end in _gaps(text):
        for start, stop in _found(text, gap, end, tree):
            parts += [text[at:start], _word(text[start:stop])]
            at = stop
    return "".join([*parts, text[at:]]), proper


def is_hidden(word: str) -> bool:
    """Whether a word of the grammar stands for a wide name."""
    return _HIDDEN.search(word) is not None


def plain(word: str, proper: Mapping[str, str]) -> str:
    """The name that a hidden word stands for."""
    spelled = _HIDDEN.sub(lambda found: chr(ord(found[0]) - _FIRST), word)
    return proper.get(_tight(spelled), normal(spelled))


def own_names(text: str) -> Iterator[str]:
    """The wide names that the text itself binds: keys, iterators and parameters."""
    if "{" not in text and ":" not in text and " in" not in text and "function" not in text:
        return
    bare = _SKIPPED.sub(lambda found: " " * len(found[0]), text)
    found = _KEY.findall(bare) + _QUOTED_KEY.findall(text)
    found += (name for name in _BOUND.findall(bare) if _WORDS.isdisjoint(name.split()))
    for formal in _FORMAL.findall(bare):
        found += (part.partition(":")[0].strip() for part in formal.split(","))
    yield from filter(is_wide, found)


def _gaps(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text outside of strings and comments."""
    at = 0
    for skipped in _SKIPPED.finditer(text):
        yield at, skipped.start()
        at = skipped.end()
    yield at, len(text)


def _tight(name: str) -> str:
    """A name without the blanks that do not part two words."""
    pieces = _PIECE.findall(name)
    out = ""
    for piece in pieces:
        out += " " + piece if out and _letters(out[-1]) and _letters(piece[0]) else piece
    return out


def _letters(character: str) -> bool:
    return _WIDE.match(character) is None


def _word(name: str) -> str:
    return "".join(c if _letters(c) else _hidden(c) for c in name)


def _hidden(character: str) -> str:
    """A sign as its private character; whatever lies beyond Latin is taken for a blank."""
    code = ord(character)
    return chr(_FIRST + code) if code < 0x100 else chr(_FIRST + ord(" "))


Tree = dict[str, Any]  # the pieces of names, one under the other; "" ends a name


@lru_cache(512)
def _tree(names: Names) -> tuple[Tree, dict[str, str]]:
    """The names by their pieces, and their proper spelling."""
    root: Tree = {}
    proper: dict[str, str] = {}
    for name in sorted(names)[:MAX_NAMES]:
        if len(name) > _MAX_LENGTH:
            continue
        proper.setdefault(_tight(name), normal(name))
        node = root
        for piece in _PIECE.findall(name):
            node = node.setdefault(piece, {})
        node[""] = True
    return root, proper


def _found(text: str, start: int, end: int, tree: Tree) -> Iterator[tuple[int, int]]:
    """Where names stand, the longest at each place; each piece is looked at a few times."""
    pieces = list(_PIECE.finditer(text, start, end))
    at = 0
    while at < len(pieces):
        node, last = tree, -1
        for place in range(at, len(pieces)):
            node = node.get(pieces[place][0], {})
            if not node:
                break
            if "" in node:
                last = place
        if last >= at:
            yield pieces[at].start(), pieces[last].end()
        at = max(at, last) + 1


def is_name(name: str) -> bool:
    """Whether FEEL could read it as a name at all."""
    return re.fullmatch(_SPOKEN, name) is not None

"""Simple JUEL (`${state == 'ok' && days > 3}`) to FEEL; anything more is refused.

Diagrams made with Activiti, Flowable and Camunda carry it (engine study E23). Only names,
literals, comparison, logic, arithmetic and parentheses are converted, and of calls those
that mean nothing more: `execution.getVariable('x')` is `x`, `x.equals('y')` is `x = "y"`.
Other calls, ternaries and `empty` are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
  | (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
  | (?P<equals>\.equals(?=\s*\())
  | (?P<op>==|!=|<=|>=|&&|\|\||[<>=!()+\-*/])
)""",
    re.VERBOSE,
)
_WORDS = {
    "eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "and": "and", "or": "or", "not": "!", "div": "/",
}  # fmt: skip
_OPERATORS = {"==": "=", "&&": "and", "||": "or"}
_FORBIDDEN = {"empty", "mod", "instanceof"}
_COUNTERS = {
    "nrOfInstances": "total",
    "nrOfCompletedInstances": "completed",
    "nrOfActiveInstances": "(total - completed)",
    "numberOfInstances": "total",
    "numberOfCompletedInstances": "completed",
    "numberOfActiveInstances": "(total - completed)",
    "numberOfTerminatedInstances": "0",
}
MAX_LENGTH = 2_000
_GETTER = "execution.getVariable"
_EQUALS = ".equals"


def is_juel(text: str) -> bool:
    """Whether the text is one `${…}` or `#{…}` expression."""
    stripped = text.strip()
    return stripped[:2] in {"${", "#{"} and stripped.endswith("}")


def looks_like_juel(text: str) -> bool:
    """Whether bare text can only be meant as JUEL (FEEL has no `==`, `&&`, `'…'`)."""
    return re.search(r"==|&&|\|\||'|!(?!=)", text) is not None


def to_feel(text: str) -> str | None:
    """The same condition in FEEL; None where it cannot be said safely."""
    body = text.strip()
    if is_juel(body):
        body = body[2:-1]
    if "${" in body or "#{" in body or len(body) > MAX_LENGTH:
        return None
    parts = _tokens(body)
    if not parts:
        return None
    converter = _Converter(parts)
    try:
        said = converter.either()
    except (_Unfit, RecursionError):
        return None
    return said if converter.done() else None


def counters(text: str) -> str:
    """Names of instance counters of other engines → `total` and `completed`."""
    pieces = re.split(r'("(?:[^"\\]|\\.)*")', text)
    pattern = re.compile(r"\b(" + "|".join(_COUNTERS) + r")\b")
    return "".join(
        piece if piece.startswith('"') else pattern.sub(lambda m: _COUNTERS[m.group(1)], piece)
        for piece in pieces
    )


def counts_active(text: str) -> bool:
    """Whether a condition asks how many instances are active, which engines count otherwise."""
    return re.search(r"\bn(?:r|umber)OfActiveInstances\b", text) is not None


class _Unfit(Exception):
    """Not one of the shapes we convert."""


def _tokens(text: str) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        if not text[at:].strip():
            break
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            return None
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


class _Converter:
    """Recursive descent over the tokens; each method returns FEEL text."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def done(self) -> bool:
        return self._at == len(self._tokens)

    def either(self) -> str:
        return self._chain(self._both, {"or"})

    def _both(self) -> str:
        return self._chain(self._compare, {"and"})

    def _compare(self) -> str:
        left = self._sum()
        if self._peek() in {"=", "!=", "<", "<=", ">", ">="}:
            operator = self._take()
            left = f"{left} {operator} {self._sum()}"
            if self._peek() in {"=", "!=", "<", "<=", ">", ">="}:
                raise _Unfit
        return left

    def _sum(self) -> str:
        return self._chain(self._product, {"+", "-"})

    def _product(self) -> str:
        return self._chain(self._unary, {"*", "/"})

    def _chain(self, inner: Callable[[], str], operators: set[str]) -> str:
        said = inner()
        while self._peek() in operators:
            operator = self._take()
            said = f"{said} {operator} {inner()}"
        return said

    def _unary(self) -> str:
        if self._peek() == "!":
            self._take()
            return f"not({self._unary()})"
        if self._peek() == "-":
            self._take()
            return f"-{self._unary()}"
        return self._atom()

    def _atom(self) -> str:
        if self.done():
            raise _Unfit
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return text
        if kind == "string":
            return self._compared(_string(text))
        if kind == "name" and text not in _WORDS and text not in _FORBIDDEN:
            return self._named(text)
        if text == "(":
            said = self.either()
            if self._peek() != ")":
                raise _Unfit
            self._take()
            return f"({said})"
        raise _Unfit

    def _named(self, name: str) -> str:
        """A variable; `execution.getVariable('x')` is one, `x.equals('y')` compares one."""
        if self._peek() != "(":
            return name
        if name.endswith(_EQUALS):
            return self._equal(name.removesuffix(_EQUALS))
        if name != _GETTER:
            raise _Unfit
        inside = self._argument()
        if not (inside.startswith('"') and inside[1:-1].isidentifier()):
            raise _Unfit
        return inside[1:-1]

    def _compared(self, said: str) -> str:
        """A text literal, or what it is compared with: `'y'.equals(x)`."""
        if self.done() or self._tokens[self._at][0] != "equals":
            return said
        self._at += 1
        return self._equal(said)

    def _equal(self, left: str) -> str:
        return f"({left} = {self._argument()})"

    def _argument(self) -> str:
        """The one simple argument of a call, with its parentheses."""
        self._take()
        said = self._atom()
        if self._peek() != ")":
            raise _Unfit
        self._take()
        return said

    def _peek(self) -> str | None:
        if self.done():
            return None
        kind, text = self._tokens[self._at]
        if kind == "op":
            return _OPERATORS.get(text, text)
        return _WORDS.get(text) if kind == "name" else None

    def _take(self) -> str:
        said = self._peek()
        self._at += 1
        if said is None:
            raise _Unfit
        return said


def _string(text: str) -> str:
    body = text[1:-1]
    if "\\" in body:
        raise _Unfit
    return '"' + body.replace('"', '\\"') + '"'

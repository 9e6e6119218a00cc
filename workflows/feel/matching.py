"""Running a pattern over a text (see `patterns`): a set of threads, one step a character."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from workflows.errors import ExpressionError
from workflows.feel.limits import Meter
from workflows.feel.patterns import (
    MAX_PROGRAM,
    Accepts,
    Choice,
    Edge,
    Flags,
    Group,
    Node,
    One,
    Repeat,
    Sequence,
    read_pattern,
)

Saves = tuple[int, ...]  # start and end of the whole and of each group; -1: took no part
Threads = dict[int, Saves]


@dataclass(frozen=True, slots=True)
class Take:
    """Consume one character."""

    accepts: Accepts


@dataclass(frozen=True, slots=True)
class Split:
    """Go on at two places, the first preferred."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Save:
    """Remember the place in the text."""

    slot: int


@dataclass(frozen=True, slots=True)
class Done:
    """A match."""


Instruction = Take | Split | Save | Edge | Done


@dataclass(frozen=True, slots=True)
class Program:
    """A pattern ready to run."""

    code: tuple[Instruction, ...]
    flags: Flags
    groups: int


@lru_cache(256)
def compile_pattern(text: str, flags: str) -> Program:
    """Raises BadPattern or ExpressionError as `read_pattern` does."""
    node, read, groups = read_pattern(text, flags)
    code: list[Instruction] = []
    _emit(Group(node, 0), code)
    code.append(Done())
    return Program(tuple(code), read, groups)


def _emit(node: Node, code: list[Instruction]) -> None:
    if len(code) > MAX_PROGRAM:
        raise ExpressionError("正则表达式太复杂", code="budget")
    match node:
        case One(accepts):
            code.append(Take(accepts))
        case Edge():
            code.append(node)
        case Sequence(parts):
            for part in parts:
                _emit(part, code)
        case Group(part, number):
            if number is not None:
                code.append(Save(2 * number))
            _emit(part, code)
            if number is not None:
                code.append(Save(2 * number + 1))
        case Choice(parts):
            _emit_choice(parts, code)
        case Repeat():
            _emit_repeat(node, code)


def _emit_choice(parts: tuple[Node, ...], code: list[Instruction]) -> None:
    jumps = []
    for part in parts[:-1]:
        fork = _reserve(code)
        _emit(part, code)
        jumps.append(_reserve(code))
        code[fork] = Split(fork + 1, len(code))
    _emit(parts[-1], code)
    for jump in jumps:
        code[jump] = Split(len(code), len(code))


def _emit_repeat(node: Repeat, code: list[Instruction]) -> None:
    for _ in range(node.least):
        before = len(code)
        _emit(node.part, code)
        if len(code) == before:  # nothing, however often
            return
    if node.most is None:
        fork = _reserve(code)
        _emit(node.part, code)
        code.append(Split(fork, fork))
        code[fork] = _fork(fork + 1, len(code), node.greedy)
        return
    forks = []
    for _ in range(node.most - node.least):
        forks.append(_reserve(code))
        _emit(node.part, code)
    for fork in forks:
        code[fork] = _fork(fork + 1, len(code), node.greedy)


def _reserve(code: list[Instruction]) -> int:
    code.append(Done())
    return len(code) - 1


def _fork(inside: int, outside: int, greedy: bool) -> Split:
    return Split(inside, outside) if greedy else Split(outside, inside)


def search(program: Program, text: str, start: int, meter: Meter) -> Saves | None:
    """The leftmost match at or after `start`, with the places of its groups; None: none."""
    threads: Threads = {}
    found: Saves | None = None
    empty = (-1,) * (2 * program.groups + 2)
    for at in range(start, len(text) + 1):
        if found is None:
            _follow(program, 0, empty, (text, at), threads)
        if not threads:
            break
        meter.spend(1 + len(threads))
        following: Threads = {}
        for place, saves in threads.items():
            step = program.code[place]
            if isinstance(step, Done):
                found = saves
                break  # threads behind this one are less preferred
            if at < len(text) and isinstance(step, Take) and step.accepts(text[at]):
                _follow(program, place + 1, saves, (text, at + 1), following)
        threads = following
    return found


def _follow(
    program: Program, place: int, saves: Saves, where: tuple[str, int], threads: Threads
) -> None:
    """Add what can be reached from `place` without a character, in order of preference."""
    code = program.code
    stack = [(place, saves)]
    while stack:
        place, saves = stack.pop()
        if place in threads:
            continue
        step = code[place]
        threads[place] = saves
        if isinstance(step, Split):
            stack.append((step.second, saves))
            stack.append((step.first, saves))
        elif isinstance(step, Save):
            kept = (*saves[: step.slot], where[1], *saves[step.slot + 1 :])
            stack.append((place + 1, kept))
        elif isinstance(step, Edge) and _at_edge(step, program.flags, *where):
            stack.append((place + 1, saves))


def _at_edge(edge: Edge, flags: Flags, text: str, at: int) -> bool:
    if edge.start:
        return at == 0 or (flags.lines and text[at - 1] == "\n")
    return at == len(text) or (flags.lines and text[at] == "\n")

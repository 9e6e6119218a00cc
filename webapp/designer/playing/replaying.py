"""A run replayed from its beginning: every moment of it, or where it no longer goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.core.errors import Invalid, Refused
from webapp.designer.playing.board import Board
from webapp.designer.playing.carrying import Beat, open_run
from webapp.designer.playing.ground import Ground, Unplayable, ground_of
from webapp.designer.playing.moves import Move, play
from webapp.designer.playing.setup import Setup
from webapp.processes.queries.library import contents
from workflows.errors import WorkflowError


@dataclass(frozen=True, slots=True)
class Moment:
    """The case after a move; the first moment is the beginning and has none."""

    number: int
    board: Board
    beats: tuple[Beat, ...]
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a run does not go on. `number`: of the move, 0: it does not even begin.

    `file` and `element`: what to open in the editor, empty where it is nowhere in particular.
    """

    number: int
    sentence: str
    file: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """The moments that could be played. `ground` None: the draft cannot be played at all."""

    ground: Ground | None
    moments: tuple[Moment, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def last(self) -> Moment:
        """Where the run stands."""
        return self.moments[-1]

    @property
    def beats(self) -> tuple[Beat, ...]:
        """Everything that has happened, in order."""
        return tuple(beat for moment in self.moments for beat in moment.beats)


def replay(setup: Setup, manifest: Mapping[str, str], moves: Sequence[Move]) -> Played:
    """Play the moves, up to the first that does not go. Never raises for what is drawn."""
    try:
        ground = ground_of(setup, manifest)
    except Unplayable as wrong:
        return Played(
            None,
            problems=tuple(
                Problem(0, one.sentence, one.file, one.element) for one in wrong.findings
            ),
        )
    except (Refused, WorkflowError) as wrong:
        return Played(None, problems=(Problem(0, _sentence(wrong)),))
    try:
        board, beat = open_run(ground, contents(manifest))
    except (Refused, WorkflowError) as wrong:
        return Played(ground, problems=(problem_of(ground, 0, wrong),))
    moments = [Moment(0, board, (beat,))]
    for number, move in enumerate(moves, start=1):
        try:
            board, beats = play(board, ground, move)
        except (Refused, WorkflowError) as wrong:
            found = problem_of(ground, number, wrong, str(move.get("at", "")))
            return Played(ground, tuple(moments), (found,))
        moments.append(Moment(number, board, beats, move))
    return Played(ground, tuple(moments))


def problem_of(ground: Ground, number: int, wrong: Exception, at: str = "") -> Problem:
    """The sentence, and the element that it is about."""
    sentence = _sentence(wrong)
    process, element = _about(ground, sentence, at)
    drawn = ground.process(process)
    return Problem(number, sentence, drawn.file if drawn else "", element if drawn else "")


def _sentence(wrong: Exception) -> str:
    if isinstance(wrong, Invalid):
        return "；".join(wrong.errors.values()) or wrong.sentence
    return wrong.sentence if isinstance(wrong, Refused) else str(wrong)


def _about(ground: Ground, sentence: str, at: str) -> tuple[str, str]:
    """An element that the sentence names between quotation marks, else where it was tried."""
    said = set(re.findall(r"“([^”]+)”", sentence))
    for process in ground.bundle.processes.values():
        for element in process.scope.walk():
            if element.id in said or (element.name and element.name in said):
                return process.key, element.id.partition(".")[0]
    parts = at.split("|")
    return (parts[0], parts[2]) if len(parts) == 4 else (ground.bundle.root, "")

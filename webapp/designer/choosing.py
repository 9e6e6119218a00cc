"""What was ticked and chosen on the page of running cases (在办件换版)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from webapp.cases.queries.transfers import Asked, Board, Cohort
from webapp.core.typed import whole
from workflows.transfer import Verdict


@dataclass(slots=True)
class Choice:
    """The cases that somebody wants to move, each with where its open steps go on.

    `errors`: by the name of the input. `cohorts`, `ticked`: keys and ids as they were ticked.
    """

    cases: dict[int, dict[str, str]] = field(default_factory=dict)
    cohorts: frozenset[str] = frozenset()
    ticked: frozenset[int] = frozenset()
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def input_of(cohort: Cohort, asked: Asked) -> str:
    """The name of the input in which a question of a cohort is answered."""
    return f"go:{cohort.key}:{asked.key}"


def read_choice(board: Board, sent: QueryDict) -> Choice:
    """Read the form against what the page would show now."""
    made = Choice(
        cohorts=frozenset(sent.getlist("cohort")),
        ticked=frozenset(pk for one in sent.getlist("case") if (pk := whole(one)) is not None),
        reason=sent.get("reason", ""),
    )
    for cohort in board.cohorts:
        if cohort.verdict == Verdict.STAYS:
            continue
        entire = cohort.key in made.cohorts
        wanted = [pk for pk, _number in cohort.cases if entire or pk in made.ticked]
        if not wanted:
            continue
        chosen = {}
        for asked in cohort.asked:
            name = input_of(cohort, asked)
            value = sent.get(name, "")
            if value in {choice.element for choice in asked.choices}:
                chosen[asked.key] = value
            else:
                made.errors[name] = _("请选择从哪个环节接着办。")
        made.cases |= {pk: dict(chosen) for pk in wanted}
    if not made.cases:
        made.errors["cases"] = _("请至少选一组或者一件办件。")
    if not made.reason.strip():
        made.errors["reason"] = _("请写明为什么要让在办件换版。")
    return made


@dataclass(frozen=True, slots=True)
class Shown:
    """A cohort with what was ticked and chosen in it."""

    cohort: Cohort
    whole: bool
    ticked: frozenset[int]
    asked: tuple[tuple[str, Asked, str], ...]  # input, question with the answer, error

    @property
    def movable(self) -> bool:
        """Whether its cases can be chosen."""
        return self.cohort.verdict != Verdict.STAYS


def shown(board: Board, made: Choice | None, sent: Mapping[str, str]) -> list[Shown]:
    """The cohorts as the page draws them."""
    made = made or Choice()
    return [
        Shown(
            cohort,
            cohort.key in made.cohorts,
            made.ticked,
            tuple(
                (
                    input_of(cohort, asked),
                    replace(asked, chosen=sent.get(input_of(cohort, asked), "")),
                    made.errors.get(input_of(cohort, asked), ""),
                )
                for asked in cohort.asked
            ),
        )
        for cohort in board.cohorts
    ]

"""A run as a scenario (情形): the steps as they were played, with what was seen after each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from webapp.core.errors import Invalid, Refused
from webapp.designer.playing.carrying import Beat
from webapp.designer.playing.ground import Ground
from webapp.designer.playing.replaying import Played
from webapp.processes.queries.library import contents, library
from workflows.calendars import local_day
from workflows.model import Kind
from workflows.rehearse import (
    Expectation,
    Rehearsal,
    Scenario,
    Step,
    read_scenario,
    seen,
    write_scenario,
)
from workflows.rehearse.scenarios import LISTS, WORDS

_PATH = {Kind.USER_TASK, Kind.MANUAL_TASK, Kind.END}
"""Elements of the path that a scenario insists on: gateways and events may come and go."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


def suggested_name(process: str, manifest: Mapping[str, str]) -> str:
    """A free file name for a scenario of the process, without its ending."""
    numbers = range(1, 1_000)
    free = (f"{process}-try-{n}" for n in numbers)
    return next(name for name in free if f"scenarios/{name}.yaml" not in manifest)


def scenario_file(
    played: Played, manifest: Mapping[str, str], typed: Mapping[str, str]
) -> tuple[str, bytes]:
    """Path and content of the scenario, which holds on `manifest`.

    Raises Invalid for what was typed, Refused when the draft no longer does what was played.
    """
    title, name = typed.get("name", "").strip(), typed.get("file", "").strip()
    errors = {}
    if not title:
        errors["name"] = _("请写这个情形叫什么，例如：补正后准予。")
    if not _NAME.fullmatch(name):
        errors["file"] = _("文件名只用小写字母、数字和连字符，例如 promised-corrected。")
    if errors:
        raise Invalid(errors)
    path = f"scenarios/{name}.yaml"
    rehearsal = Rehearsal(library(contents(manifest)))
    failures: tuple[str, ...] = ()
    for whole, dated in ((False, False), (False, True), (True, True)):
        content = write_scenario(_scenario(played, title, path, whole=whole, dated=dated))
        failures = rehearsal.run(read_scenario(content, path)).failures
        if not failures:
            return path, content
    raise Refused(_("存不成情形：{why}").format(why="；".join(failures)))


def _scenario(played: Played, title: str, path: str, *, whole: bool, dated: bool) -> Scenario:
    """`whole`: with every answer, not only those that steer. `dated`: with the day of each."""
    ground, beats = played.ground, played.beats
    if ground is None or not beats:
        raise Refused("还没有走起来，没有可以存的。")
    last = beats[-1]
    return Scenario(
        file=path,
        name=title[:120],
        process=ground.setup.process,
        requirements=(),
        facts=_plain(beats[0].told.values),
        start=_seen(ground, beats[0]),
        steps=tuple(_step(ground, beat, whole=whole, dated=dated) for beat in beats[1:]),
        result=last.outcome.result if last.state.finished else None,
    )


def _step(ground: Ground, beat: Beat, *, whole: bool, dated: bool) -> Step:
    told = beat.told
    values = told.answers if whole and told.kind == "do" else told.values
    given = {
        name: value for name, value in _plain(values).items() if value not in (None, "", [])
    }
    step = Step(
        told.kind,
        told.what,
        who=told.who,
        by=told.by,
        unit=told.unit,
        values=given,
        before=told.before,
        then=_seen(ground, beat),
        to=told.to,
        instance=told.instance,
    )
    if told.kind == "message":
        step = replace(step, at=told.place)
    if told.kind == "lapse":
        step = replace(step, at=told.place if _alike(beat) else "", instance=None)
    if dated and told.kind == "do":
        step = replace(step, day=local_day(beat.at))
    return step


def _alike(beat: Beat) -> bool:
    """Whether the clock still waits elsewhere: then the place of the timer must be said."""
    return any(one.clock == beat.told.what for one in beat.state.timers)


def _seen(ground: Ground, beat: Beat) -> Expectation:
    """What there was to be seen: open roles always, of the rest what is not empty."""
    found = dict(seen(beat.outcome, beat.state))
    found["passed"] = tuple(_path(ground, beat))
    lists = {name: found[name] for name in LISTS if found[name] or name == "open"}
    words = {name: found[name][-1] for name in WORDS if found[name]}
    return Expectation(lists, words)


def _path(ground: Ground, beat: Beat) -> Iterator[str]:
    for place in beat.outcome.passed:
        drawn = ground.element(place.process, place.element)
        if drawn is not None and drawn.drawn and drawn.kind in _PATH:
            yield place.element


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as a file can hold them."""
    return {str(name): _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    match value:
        case Mapping():
            return _plain(value)
        case list() | tuple():
            return [_value(one) for one in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case date():
            return value.isoformat()
    return value

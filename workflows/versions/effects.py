"""Effects that were added, dropped or changed: documents, clocks, results and the rest."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.model import Effect, Element
from workflows.versions.changes import Change
from workflows.versions.wording import Names, called, effect

DECIDING = frozenset({"D05", "D06", "D07", "D10", "D19", "D20", "D25"})
"""Documents that tell the applicant what has been decided about the application."""
_KINDS = {
    "issue-document": "document",
    "record-result": "result",
    "file-denial": "second-person",
    "register-commitment": "clock",
    "hand-over": "hand-over",
    "notify": "notice",
    "set-status": "status",
}


def kind_of(one: Effect) -> str:
    """What a change of this effect is called."""
    return "clock" if one.do.endswith("-clock") else _KINDS.get(one.do, "effect")


def moves_power(one: Effect) -> bool:
    """Whether dropping, adding or changing the effect changes what somebody may do."""
    if one.do == "issue-document":
        return one.params.get("document") in DECIDING
    return kind_of(one) in {"clock", "result", "second-person"}


def effect_changes(old: Element, new: Element, process: str, names: Names) -> Iterator[Change]:
    """What an element orders now and did not, or no longer orders."""
    before, after = list(old.effects), list(new.effects)
    for one in old.effects:
        twin = next((other for other in after if _same(one, other)), None)
        if twin is not None:
            before.remove(one)
            after.remove(twin)
    if not before and not after:
        yield from _order(old, new, process, names)
    for one in before:
        twin = next((o for o in after if (o.do, o.on) == (one.do, one.on)), None)
        twin = twin or next((o for o in after if o.do == one.do), None)
        if twin is not None:
            after.remove(twin)
            yield _changed(new, process, one, twin, names)
        else:
            text = effect(one, names)
            yield Change(
                kind_of(one), f"{called(new)}不再做：{text}", process, new.id, new.name,
                text, None, moves_power(one), _gains(new, one),
            )  # fmt: skip
    for one in after:
        text = effect(one, names)
        yield Change(
            kind_of(one), f"{called(new)}新增：{text}", process, new.id, new.name,
            None, text, moves_power(one), _gains(new, one),
        )  # fmt: skip


def _changed(element: Element, process: str, old: Effect, new: Effect, names: Names) -> Change:
    before, after = effect(old, names), effect(new, names)
    return Change(
        kind_of(new), f"{called(element)}的动作由“{before}”改为“{after}”", process,
        element.id, element.name, before, after, moves_power(old) or moves_power(new),
        _gains(element, new),
    )  # fmt: skip


def _gains(element: Element, one: Effect) -> tuple[str, ...]:
    return (element.role,) if element.role and moves_power(one) else ()


def _same(one: Effect, other: Effect) -> bool:
    return (one.on, one.do, dict(one.params)) == (other.on, other.do, dict(other.params))


def _order(old: Element, new: Element, process: str, names: Names) -> Iterator[Change]:
    """The same effects in another order: they are carried out in the order drawn."""
    before = [effect(one, names) for one in old.effects]
    after = [effect(one, names) for one in new.effects]
    if before != after:
        yield Change(
            "effect-order", f"{called(new)}的动作顺序改为：{'；'.join(after)}", process,
            new.id, new.name, "；".join(before), "；".join(after),
        )  # fmt: skip

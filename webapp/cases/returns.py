"""Where an open step may go back to (退回): what the diagram allows, and what would follow.

Pure: the engine computes what stops, `gov:returns` of the step says which targets there are
(none, the previous step, any that was done, or named ones), the history says what was done.
"""

from __future__ import annotations

from collections.abc import Sequence

from webapp.processes import queries as processes
from workflows.engine import Definition, ReturnTarget, preview_return
from workflows.errors import WorkflowError
from workflows.model import Bundle

NONE, PREVIOUS, ANY = ("none",), ("previous",), ("any",)


def allowed(version_id: int, process_key: str, element: str) -> tuple[str, ...]:
    """`gov:returns` of a drawn step; none for what no diagram drew."""
    return allowed_in(processes.bundle(version_id), process_key, element)


def allowed_in(bundle: Bundle, process_key: str, element: str) -> tuple[str, ...]:
    """The same of a bundle."""
    process = bundle.processes.get(process_key)
    drawn = (
        next((e for e in process.scope.walk() if e.id == element), None) if process else None
    )
    return drawn.work.returns if drawn is not None and drawn.work is not None else NONE


def targets(
    version_id: int,
    snapshot: bytes,
    token: str,
    wanted: tuple[str, ...],
    done: Sequence[str],
) -> tuple[ReturnTarget, ...]:
    """The steps that the open item `token` may go back to, each with what would stop.

    `wanted` is its `gov:returns`; `done` the elements that were completed, oldest first.
    """
    return targets_in(processes.definition(version_id), snapshot, token, wanted, done)


def targets_in(
    definition: Definition,
    snapshot: bytes,
    token: str,
    wanted: tuple[str, ...],
    done: Sequence[str],
) -> tuple[ReturnTarget, ...]:
    """The same of a definition."""
    if wanted in {NONE, ()} or not done:
        return ()
    try:
        found = preview_return(definition, snapshot, token, set(done))
    except WorkflowError:  # completing will say in words what is wrong
        return ()
    if wanted == ANY:
        return found
    if wanted == PREVIOUS:
        known = {one.target.element for one in found}
        last = next((element for element in reversed(done) if element in known), None)
        return tuple(one for one in found if one.target.element == last)
    return tuple(one for one in found if one.target.element in wanted)


def key_of(target: ReturnTarget) -> str:
    """A target as one word of a form: its scopes and its element."""
    return "/".join((*target.target.path, target.target.element))

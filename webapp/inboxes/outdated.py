"""A page of a step that was drawn before its case moved to another version (在办件换版).

The page says which version and form it was drawn for. What was typed on a form that is another
one now is kept: what fits stands in the new form, the rest is shown beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from webapp.cases.models import TransferLine
from webapp.cases.queries import ItemSeen
from webapp.core.errors import Unknown
from webapp.core.typed import whole
from webapp.inboxes.working import form_of, spoken_values
from webapp.organisations.queries import Acting
from webapp.processes import queries as processes
from workflows.forms import Form, from_pairs

VERSION, FORM = "page-version", "page-form"
"""Names of the hidden inputs."""


def drawn_for(case_id: int, pairs: Mapping[str, Sequence[str]]) -> Form | None:
    """The form that a page was drawn with, where its case has run on that version."""
    version, form_id = whole(_last(pairs, VERSION)), _last(pairs, FORM)
    if version is None or not form_id:
        return None
    ran_on = TransferLine.objects.filter(case=case_id, source=version)
    if not ran_on.exists():
        return None
    try:
        return processes.form(version, form_id)
    except Unknown:
        return None


def left_over(
    seen: ItemSeen, pairs: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]] | None:
    """Answers that the new form has no room for, as label and text.

    None where the page was drawn for the form that is asked now.
    """
    if _last(pairs, VERSION) == str(seen.process_version_id):
        return None
    old, new = drawn_for(seen.case_id, pairs), form_of(seen)
    if old is None or old == new:
        return None
    kept = {one.key: one.kind for one in new.fields} if new is not None else {}
    lost = tuple(one for one in old.fields if kept.get(one.key) is not one.kind)
    typed = from_pairs(old, pairs)
    return spoken_values(Form(old.id, lost), typed)


def taken_away(
    by: Acting, item_id: int, pairs: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]] | None:
    """Everything that was typed on the page of a step that went from her post to another.

    None for everybody in whose post it did not wait when the page was drawn.
    """
    version = whole(_last(pairs, VERSION))
    if version is None:
        return None
    lines = TransferLine.objects.filter(
        case__items=item_id, source=version, pools__has_key=str(item_id)
    )
    line = lines.order_by("-pk").first()
    if line is None or not by.holds(line.pools[str(item_id)]):
        return None
    old = drawn_for(line.case_id, pairs)
    return spoken_values(old, from_pairs(old, pairs)) if old is not None else []


def _last(pairs: Mapping[str, Sequence[str]], name: str) -> str:
    return str((pairs.get(name) or [""])[-1])

"""What a change would mean for work that is under way, in sentences for the reviewer.

By the first word of the kind's key; a kind without an entry says nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.cases.models import Case
from webapp.changes.models import Change

Preview = Callable[[Change], list[str]]


def consequences(change: Change) -> list[str]:
    """Sentences about running and next cases."""
    preview = PREVIEWS.get(change.kind.partition(".")[0])
    return preview(change) if preview else []


def _from(change: Change) -> str:
    if change.effective_on is None:
        return _("从复核同意的那一刻起生效。")
    return _("从 {on} 零时起生效；到时没有复核同意的，从同意的那一刻起。").format(
        on=change.effective_on.isoformat()
    )


def of_item(change: Change) -> list[str]:
    """Cases keep the version that they were opened with (CAT-05): two statements."""
    running = Case.objects.filter(item_version__item__code=change.subject, is_open=True).count()
    stay = ngettext(
        "在办的 {n} 件不受影响，按开办时的版本办完。",
        "在办的 {n} 件不受影响，按开办时的版本办完。",
        running,
    ).format(n=running)
    return [_from(change), stay, _("生效以后登记的办件按新的内容办。")]


def of_parameter(change: Change) -> list[str]:
    """A figure counts when it is used; what was printed on a paper stays."""
    return [
        _from(change),
        _("已经签的承诺、已经发出的文书按当时的数算，以后的按新的数算。"),
    ]


PREVIEWS: Mapping[str, Preview] = {"item": of_item, "parameter": of_parameter}

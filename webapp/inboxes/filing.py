"""What a register page posts, read once: answers, checklist, village, mandate, files.

Names of the page's own controls start with `reg-`, those of the checklist with `mat-`, `file-`
and `up-` (uploaded before): a question of a form can never have such a key.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from webapp.catalogue.queries import ItemFacts
from webapp.core.typed import whole
from workflows.forms import Form, from_pairs

Pairs = Mapping[str, Sequence[str]]
_UPLOADED = re.compile(r"up-\w{0,60}", re.ASCII)
_MATERIAL = re.compile(r"mat-(\w{1,60})-(state|defect|remedy)", re.ASCII)
MANDATE = ("principal_name", "reason", "signed_on", "witness")


@dataclass(slots=True)
class Filing:
    """An application as it was typed; nothing here is checked."""

    values: dict[str, Any] = field(default_factory=dict)
    materials: dict[str, dict[str, str]] = field(default_factory=dict)
    mandate: dict[str, Any] = field(default_factory=dict)
    village: str = ""
    pool: str = ""
    key: str = ""
    way: str = ""
    order: str = "submit"
    uploads: list[uuid.UUID] = field(default_factory=list)

    @property
    def village_id(self) -> int | None:
        """The chosen village, None when none was chosen."""
        return whole(self.village)

    @property
    def pool_id(self) -> int | None:
        """The post for which she registers, where she chose among several."""
        return whole(self.pool)


def read_filing(form: Form, pairs: Pairs) -> Filing:
    """Read posted (or drafted) pairs."""
    filing = Filing(
        values=from_pairs(form, pairs),
        village=_last(pairs, "reg-village"),
        pool=_last(pairs, "reg-pool"),
        key=_last(pairs, "reg-key") or new_key(),
        way=_last(pairs, "reg-way"),
        order=_last(pairs, "do") or "submit",
    )
    for name in pairs:
        found = _MATERIAL.fullmatch(name)
        if found:
            filing.materials.setdefault(found[1], {})[found[2]] = _last(pairs, name)
    filing.uploads = [
        number
        for name, values in pairs.items()
        if _UPLOADED.fullmatch(name)
        for value in values
        if (number := _uuid(value)) is not None
    ]
    filing.mandate = {name: _last(pairs, f"reg-mandate-{name}") for name in MANDATE}
    filing.mandate["powers"] = [power for power in pairs.get("reg-mandate-powers", ()) if power]
    return filing


def new_key() -> str:
    """A key for one filling-in of the page: a double click opens one case."""
    return uuid.uuid4().hex


def pairs_of(request: HttpRequest) -> dict[str, list[str]]:
    """The posted names with all their values, without what belongs to the page's machinery."""
    ours = {"csrfmiddlewaretoken", "next"}
    return {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name not in ours
    }


def files_of(request: HttpRequest, item: ItemFacts) -> list[tuple[str, UploadedFile[Any]]]:
    """The chosen files with the key of their material, in the order of the checklist."""
    found: list[tuple[str, UploadedFile[Any]]] = []
    for material in item.materials:
        found += [
            (material.key, file) for file in request.FILES.getlist(f"file-{material.key}")
        ]
    return found


def _uuid(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


def _last(pairs: Pairs, name: str) -> str:
    values = pairs.get(name) or [""]
    return values[-1].strip() if isinstance(values[-1], str) else ""

"""Publishing the product's own library: a folder of files comes into force.

Idempotent: what is in force byte for byte stays as it is; a file that changed gives its callers
a new version. What the county itself has changed is never replaced by a release.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from webapp.core.errors import Refused
from webapp.organisations.queries import Acting
from webapp.processes.actions.publishing import Act, Published, put_in_force
from webapp.processes.models import LibraryFile, Publication
from webapp.processes.queries.library import contents
from workflows.errors import Unreadable
from workflows.sources.bundle import read_library

TEXTS = ("documents", "scenarios")


def publish_library(folder: Path, by: Acting | None, at: datetime) -> Published:
    """Publish every process of a library folder, its tables, wordings and scenarios.

    `by` is None for the set-up of a new installation. Raises Refused with every finding that
    forbids publication; then nothing at all is published.
    """
    files = read_files(folder)
    own = dict(LibraryFile.objects.filter(by_county=True).values_list("path", "content_id"))
    files |= contents(own)
    act = Act(kind=Publication.Kind.LIBRARY, by=by, at=at)
    return put_in_force(files, act)


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file of a library folder by its path. Raises Refused."""
    try:
        library = read_library(folder)
    except Unreadable as problem:
        raise Refused(_("流程库读不出来：{problem}").format(problem=problem)) from problem
    files = dict(library.files)
    for room in TEXTS:
        for path in sorted((folder / room).glob("*.yaml")):
            files[f"{room}/{path.name}"] = path.read_bytes()
    return files

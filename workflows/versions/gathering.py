"""A whole library as one bundle, so that two libraries can be compared like two versions."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from workflows.errors import Unreadable, WorkflowError
from workflows.forms import Form, read_form
from workflows.model import Bundle, Process
from workflows.sources.bundle import Library
from workflows.sources.decisions import read_decisions


def everything(library: Library) -> Bundle:
    """Every process, decision and form of a library, used or not.

    Raises `Unreadable` for the first file that cannot be read: what cannot be read cannot be
    compared.
    """
    processes: dict[str, Process] = {}
    decisions: dict[str, Any] = {}
    forms: dict[str, Form] = {}
    for file, data in sorted(library.files.items()):
        if file.endswith(".bpmn"):
            for process in library.reading(file).processes:
                processes.setdefault(process.key, process)
        elif file.endswith(".dmn"):
            try:
                found, _ = read_decisions(data, file)
            except WorkflowError as wrong:
                raise Unreadable(str(wrong)) from wrong
            decisions.update((one.id, one) for one in found)
        elif file.endswith(".json"):
            form = read_form(data, file)
            forms[form.id] = form
    return Bundle(
        root=next(iter(processes), ""),
        processes=MappingProxyType(processes),
        decisions=MappingProxyType(decisions),
        forms=MappingProxyType(forms),
        files=library.files,
        roles=library.roles,
    )

"""The shipped library with one thing changed: what a designer may do by mistake, or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tests.library.shelf import library
from workflows.checks import check_bundle
from workflows.findings import Finding
from workflows.model import Bundle
from workflows.sources.bundle import Library
from workflows.sources.diagrams import read_diagram

ROOTS = {
    "shared/intake.bpmn": "immediate",
    "shared/denial.bpmn": "escalated",
    "shared/special.bpmn": "escalated",
    "shared/delivery.bpmn": "immediate",
    "shared/consultation.bpmn": "joint",
    "shared/county-consultation.bpmn": "escalated-joint",
    "shared/county-decision.bpmn": "escalated",
}
"""The process through which a shared file is examined; the others are in `promised`."""


@cache
def _bundle(key: str) -> Bundle:
    return library().bundle(key)


def text(file: str) -> str:
    """A diagram of the library as drawn."""
    return library().files[file].decode()


def files() -> list[str]:
    """Every diagram."""
    return [file for file in library().files if file.endswith(".bpmn")]


def root(file: str) -> str:
    """The root process in which a file is examined."""
    if file.endswith(".bpmn") and "/" not in file:
        return file.removesuffix(".bpmn")
    return ROOTS.get(file, "promised")


def found(file: str, changed: str, key: str = "") -> list[Finding]:
    """What is said when `file` reads `changed`; the library itself has no finding at all."""
    assert changed != text(file), "the mutation changes nothing"
    bundle = _bundle(key or root(file))
    if file.endswith(".bpmn") and _parts(changed) == _parts(text(file)):
        # the same forms, tables and calls: reading them again would take minutes in all
        reading = read_diagram(changed.encode(), file)
        processes = {**bundle.processes, **{one.key: one for one in reading.processes}}
        bundle = replace(bundle, processes=processes, findings=reading.findings)
    else:
        mutant = Library({**library().files, file: changed.encode()}, library().roles)
        bundle = mutant.bundle(key or root(file))
    return list(check_bundle(bundle, publish=True))


def _parts(drawn: str) -> list[str]:
    return re.findall(
        r'(?:calledElement|gov:form|gov:decision|<bpmn:process id)="[^"]*"', drawn
    )


def codes(file: str, changed: str, key: str = "") -> set[str]:
    """The codes of what is said."""
    return {finding.code for finding in found(file, changed, key)}


def effects(file: str, *operations: str) -> Iterator[tuple[str, str, str]]:
    """Each effect of these operations: its element, the effect, the file without it."""
    drawn = text(file)
    for one in re.finditer(r"\n *<gov:effect [^\n]*/>", drawn):
        if not re.search(rf' do="({"|".join(operations)})"', one[0]):
            continue
        owner = re.findall(r'<bpmn:\w+ id="(\w+)"', drawn[: one.start()])[-1]
        yield owner, one[0].strip(), drawn[: one.start()] + drawn[one.end() :]


def without_flows(file: str) -> Iterator[tuple[str, str]]:
    """Each sequence flow: its id, the file without it."""
    drawn = text(file)
    for one in re.finditer(
        r'\n *<bpmn:sequenceFlow id="(\w+)"(?:[^>]*/>|.*?</bpmn:sequenceFlow>)',
        drawn,
        re.DOTALL,
    ):
        rest = drawn[: one.start()] + drawn[one.end() :]
        rest = re.sub(rf"\n *<bpmn:(?:in|out)\w+>{one[1]}</bpmn:\w+>", "", rest)
        yield one[1], rest.replace(f' default="{one[1]}"', "")


def bypassed(file: str, element: str) -> str:
    """The file without a call: what led to it leads to where its first way out led."""
    drawn = text(file)
    leaves = re.search(
        rf'\n *<bpmn:sequenceFlow id="(\w+)"[^>]*sourceRef="{element}" targetRef="(\w+)"/>',
        drawn,
    )
    assert leaves is not None, element
    rest = drawn.replace(leaves[0], "").replace(
        f"<bpmn:outgoing>{leaves[1]}</bpmn:outgoing>", ""
    )
    rest = re.sub(
        rf'\n *<bpmn:callActivity id="{element}".*?</bpmn:callActivity>',
        "",
        rest,
        flags=re.DOTALL,
    )
    rest = rest.replace(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>", "")
    rest = re.sub(rf"\n *<bpmn:incoming>{leaves[1]}</bpmn:incoming>", "", rest)
    return rest.replace(f'targetRef="{element}"', f'targetRef="{leaves[2]}"')


def moved(file: str, element: str, lane: str) -> str:
    """The file with an element in another lane."""
    reference = f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>"
    drawn = text(file).replace(reference, "")
    return re.sub(rf'(<bpmn:lane id="{lane}"[^>]*>)', rf"\g<1>{reference}", drawn)

"""The snapshot: what a case must remember, as bytes of our own format.

Corrects E4 (Spiff's JSON loses data when a store reorders keys: rows here are a flat list,
owners first, and the whole is opaque bytes), E11 (see `values`), E12 (no shared serializer
object: plain functions), E13 (own format with its own version byte; the library's
migrations are not used) and the growth of E3 (only tokens that still wait are kept; what has
happened is in the tables: size depends on the open work, not on the age of the case).

Layout: `B`, version, 6 bytes that identify the definition, then zlib over JSON:
`[prefix, counter, writes, finished, result, [scope, ...]]`;
scope: `[index of its spec, number of its host token, result, ended data or 0, [token, ...]]`;
token: `[number, node, state, owner, via + 1, instance + 1, data, internal]`, trailing zeros
cut off. Data are written as the difference from the data written just before: 0 or
`[{name: [value, write]}, [names gone]]`. Equal write numbers mean equal values.
"""

from __future__ import annotations

import zlib
from typing import Any

import orjson

from workflows.errors import CommandRefused, SnapshotUnreadable
from workflows.spiff import values
from workflows.spiff.merging import Part
from workflows.spiff.program import Program
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow, ScopeWorkflow
from workflows.spiff.token import Token

FORMAT = b"B\x01"
HEAD = len(FORMAT) + 6
MAX_BYTES = 64 * 1024 * 1024  # unpacked
NO_DATA: Part = ({}, {})


class _Writer:
    """Writes data as differences from the data before."""

    def __init__(self) -> None:
        self.last = NO_DATA

    def part(self, data: dict[str, Any], stamps: dict[str, int]) -> Any:
        before = self.last[1]
        if stamps is before:
            return 0
        self.last = (data, stamps)
        changed = {
            name: [values.write(data[name]), stamp]
            for name, stamp in stamps.items()
            if before.get(name) != stamp
        }
        gone = [name for name in before if name not in stamps]
        if not changed and not gone:
            return 0
        return [changed, gone] if gone else [changed]


class _Reader:
    """Reads data as differences from the data before."""

    def __init__(self) -> None:
        self.last = NO_DATA

    def part(self, row: Any) -> Part:
        if row:
            data, stamps = dict(self.last[0]), dict(self.last[1])
            for name in row[1] if len(row) > 1 else ():
                del data[name], stamps[name]
            for name, (value, stamp) in row[0].items():
                data[name] = values.read(value)
                stamps[name] = stamp
            self.last = (data, stamps)
        return self.last


def save(case: CaseWorkflow, program: Program) -> bytes:
    """Write a case that has come to rest."""
    scopes = []
    if not case.completed:
        writer = _Writer()
        running: list[AnyWorkflow] = [case, *case.subprocesses.values()]
        scopes = [_scope_row(scope, writer) for scope in running]
    root = [case.prefix, case.counter, case.writes, int(case.completed), case.result, scopes]
    try:
        text = orjson.dumps(root)
    except TypeError as error:
        raise CommandRefused(f"流程数据无法保存：{error}") from error
    return FORMAT + program.check + zlib.compress(text, 6)


def _scope_row(scope: AnyWorkflow, writer: _Writer) -> list[Any]:
    host = scope.host.id if scope.host is not None else 0
    ended: Any = 0
    if scope.ended is not None:
        ended = [writer.part(*scope.ended)]
    rows = []
    for token in scope.tasks.values():
        row: list[Any] = [
            token.id,
            token.task_spec.index,
            token._state,
            token._parent or 0,
            token.via + 1,
            0 if token.instance is None else token.instance + 1,
            writer.part(token.data, token.stamps),
            _internal(token.internal_data),
        ]
        while not row[-1]:
            row.pop()
        rows.append(row)
    return [scope.spec.index, host, scope.result, ended, rows]


def _internal(internal: dict[str, Any]) -> Any:
    return {key: values.write(value) for key, value in internal.items()} if internal else 0


def load(snapshot: bytes, program: Program) -> CaseWorkflow:
    """Read a case. Raises SnapshotUnreadable."""
    if snapshot[:2] != FORMAT:
        raise SnapshotUnreadable("流程快照的格式不认识或已损坏。")
    if snapshot[2:HEAD] != program.check:
        raise SnapshotUnreadable("流程快照属于另一个版本的流程。")
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(snapshot[HEAD:], MAX_BYTES)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("incomplete")
        return _rebuild(orjson.loads(text), program)
    except (zlib.error, ValueError, TypeError, LookupError, AttributeError) as error:
        raise SnapshotUnreadable("流程快照已损坏，无法读取。") from error


def _rebuild(root: list[Any], program: Program) -> CaseWorkflow:
    prefix, counter, writes, finished, result, scopes = root
    case = CaseWorkflow(program.processes[program.root])
    case.prefix, case.writes = prefix, writes
    case.completed, case.result = bool(finished), result
    reader = _Reader()
    for index, host, scope_result, ended, rows in scopes:
        spec = program.scopes[index]
        scope: AnyWorkflow = ScopeWorkflow(spec, case.open_tokens[host]) if host else case
        if scope.spec is not spec:
            raise ValueError("wrong root")
        scope.result = scope_result
        scope.ended = reader.part(ended[0]) if ended else None
        for row in rows:
            _token(scope, row, reader)
    case.counter = counter
    return case


def _token(scope: AnyWorkflow, row: list[Any], reader: _Reader) -> None:
    size = len(row)
    if type(row[0]) is not int or row[0] <= 0 or type(row[2]) is not int:
        raise ValueError("wrong token")
    owner = scope.tasks[row[3]] if size > 3 and row[3] else None
    token = Token(scope, scope.spec.nodes[row[1]], parent=owner, number=row[0])
    token._state = row[2]
    if size > 4:
        token.via = row[4] - 1
        if size > 5 and row[5]:
            token.instance = row[5] - 1
    token.data, token.stamps = reader.part(row[6] if size > 6 else 0)
    if size > 7:
        token.internal_data = {key: values.read(value) for key, value in row[7].items()}

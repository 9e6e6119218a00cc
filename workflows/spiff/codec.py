"""The snapshot: what a case must remember, as bytes of our own format.

Corrects E4 (Spiff's JSON loses data when a store reorders keys: rows here are a flat list,
owners first, and the whole is opaque bytes), E11 (see `values`), E12 (no shared serializer
object: plain functions), E13 (own format with its own version byte; the library's
migrations are not used) and the growth of E3 (only tokens that still wait are kept; what has
happened is in the tables: size depends on the open work, not on the age of the case).

Layout: `B`, version, 6 bytes that identify the definition, then zlib over JSON:
`[prefix, counter, writes, finished, result, [scope, ...]]`;
scope: `[index of its spec, number of its host token, result, ended data, base, [token, ...]]`;
token: `[number, node, state, owner, via + 1, instance + 1, data, internal]`, trailing zeros
cut off. Data are written as the difference from the base of the scope (an embedded scope
has that of the scope around): 0 or `[{name: [value, write]}, [names gone]]`; equal write
numbers mean equal values. A row whose token did not change is written as it was read, so a
step costs what it touches; the base is chosen anew when half of the tokens are new.
"""

from __future__ import annotations

import zlib
from typing import Any

import orjson

from workflows.errors import CommandRefused, SnapshotUnreadable
from workflows.spiff import values
from workflows.spiff.merging import NO_DATA, Part
from workflows.spiff.program import Program
from workflows.spiff.scopes import AnyWorkflow, CaseWorkflow, ScopeWorkflow
from workflows.spiff.token import DATA, UNREAD, Token, read_delta

FORMAT = b"B\x01"
HEAD = len(FORMAT) + 6
FAST_FROM = 8_000  # bytes of text from which speed counts more than size
MAX_BYTES = 64 * 1024 * 1024  # unpacked


def save(case: CaseWorkflow, program: Program) -> bytes:
    """Write a case that has come to rest."""
    scopes = []
    if not case.completed:
        running: list[AnyWorkflow] = [case, *case.subprocesses.values()]
        owners = {scope.host.id if scope.host else 0: scope.space for scope in running}
        for owner in dict.fromkeys(owners.values()):
            _rebase(owner, [s for s in running if owners[s.host.id if s.host else 0] is owner])
        scopes = [_scope_row(s, owners[s.host.id if s.host else 0]) for s in running]
    root = [case.prefix, case.counter, case.writes, int(case.completed), case.result, scopes]
    try:
        text = orjson.dumps(root)
    except TypeError as error:
        raise CommandRefused(f"流程数据无法保存：{error}") from error
    return FORMAT + program.check + zlib.compress(text, 6 if len(text) < FAST_FROM else 1)


def _rebase(owner: AnyWorkflow, scopes: list[AnyWorkflow]) -> None:
    """Choose a new base, the most common data, when at least half of the tokens changed."""
    tokens = [
        token
        for scope in scopes
        for token in scope.tasks.values()
        if not token.task_spec.listens
    ]
    fresh = sum(token.row is None for token in tokens)
    if not tokens or fresh * 2 < len(tokens):
        return
    counts: dict[int, int] = {}
    for token in tokens:
        counts[id(token.part)] = counts.get(id(token.part), 0) + 1
    owner.base = max(tokens, key=lambda token: counts[id(token.part)]).part
    owner.base_row = _delta(owner.base, NO_DATA)
    for token in tokens:
        token.row = None


def _delta(part: Part, base: Part) -> Any:
    if part is base:
        return 0
    (data, stamps), before = part, base[1]
    changed = {
        name: [values.write(data[name]), stamp]
        for name, stamp in stamps.items()
        if before.get(name) != stamp
    }
    gone = [name for name in before if name not in stamps]
    if gone:
        return [changed, gone]
    return [changed] if changed else 0


def _scope_row(scope: AnyWorkflow, owner: AnyWorkflow) -> list[Any]:
    host = scope.host.id if scope.host is not None else 0
    ended: Any = 0 if scope.ended is None else [_delta(scope.ended, owner.base)]
    rows = []
    for token in scope.tasks.values():
        row = token.row
        if row is None or token._children or not _unmoved(token, row):
            row = _token_row(token, owner.base)
        rows.append(row)
    base = owner.base_row if scope is owner else 0
    return [scope.spec.index, host, scope.result, ended, base, rows]


def _unmoved(token: Token, row: list[Any]) -> bool:
    return row[2] == token._state and (row[3] if len(row) > 3 else 0) == (token._parent or 0)


def _token_row(token: Token, base: Part) -> list[Any]:
    row: list[Any] = [
        token.id,
        token.task_spec.index,
        token._state,
        token._parent or 0,
        token.via + 1,
        0 if token.instance is None else token.instance + 1,
        0 if token.task_spec.listens else _delta(token.part, base),
        _internal(token.internal_data),
    ]
    while not row[-1]:
        row.pop()
    return row


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
    for index, host, scope_result, ended, base, rows in scopes:
        spec = program.scopes[index]
        scope: AnyWorkflow = ScopeWorkflow(spec, case.open_tokens[host]) if host else case
        if scope.spec is not spec:
            raise ValueError("wrong root")
        scope.result = scope_result
        owner = scope.space
        if owner is scope:
            scope.base, scope.base_row = read_delta(base, NO_DATA), base
        scope.ended = read_delta(ended[0], owner.base) if ended else None
        for row in rows:
            _token(scope, row, owner.base)
    case.counter = counter
    return case


def _token(scope: AnyWorkflow, row: list[Any], base: Part) -> None:
    size = len(row)
    number, node, state = row[:3]
    if type(number) is not int or number <= 0 or type(state) is not int:
        raise ValueError("wrong token")
    token = Token(scope, scope.spec.nodes[node], number=number)
    token._state = state
    token.row = row
    token.base = base
    if size <= DATA:
        token._part = base
    else:
        token._part = UNREAD
    if size > 3:
        if row[3]:
            scope.tasks[row[3]].own(token)
        if size > 4:
            token.via = row[4] - 1
            if size > 5 and row[5]:
                token.instance = row[5] - 1
    if size > 7:
        token.internal_data = {key: values.read(value) for key, value in row[7].items()}

"""Decision tables row by row: which cell says something else, which rule is new or gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from workflows.feel.decisions import Decision
from workflows.feel.spoken import logic_text
from workflows.feel.tables import Aggregation, HitPolicy, Input, Output, Rule, Table
from workflows.versions.changes import Change
from workflows.versions.wording import flat

Row = tuple[str, ...]
_UNORDERED = frozenset({HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.COLLECT})
_POLICIES = {
    HitPolicy.UNIQUE: "唯一", HitPolicy.FIRST: "首条", HitPolicy.ANY: "任一",
    HitPolicy.PRIORITY: "优先", HitPolicy.RULE_ORDER: "按规则次序",
    HitPolicy.OUTPUT_ORDER: "按输出次序", HitPolicy.COLLECT: "汇集",
}  # fmt: skip


def decision_changes(
    old: Mapping[str, Decision], new: Mapping[str, Decision]
) -> Iterator[Change]:
    """Every difference of two sets of decisions by id."""
    for key in [*old, *(one for one in new if one not in old)]:
        before, after = old.get(key), new.get(key)
        if before is None or after is None:
            one = after or before
            assert one is not None  # noqa: S101 (the key is of one of them)
            said = f"{'新增' if before is None else '删去'}决策表「{one.name or key}」"
            kind = "decision-added" if before is None else "decision-removed"
            yield Change(kind, said, key, key, one.name)
        else:
            yield from _decision(before, after)


def _decision(old: Decision, new: Decision) -> Iterator[Change]:
    title = f"决策表「{new.name or new.id}」"
    if old.name != new.name:
        said = f"决策表「{old.name}」改名为「{new.name}」"
        yield Change("name", said, new.id, new.id, new.name, old.name, new.name)
    if old.variable != new.variable:
        said = f"{title}的结果变量由 {old.variable} 改为 {new.variable}"
        yield Change("decision", said, new.id, new.id, new.name, old.variable, new.variable)
    if isinstance(old.logic, Table) and isinstance(new.logic, Table):
        yield from _Tables(new, title, old.logic, new.logic).changes()
    else:
        was, now = (
            "决策表" if isinstance(one.logic, Table) else logic_text(one.logic)
            for one in (old, new)
        )
        if flat(was) != flat(now):
            kind = (
                "" if isinstance(old.logic, Table) or isinstance(new.logic, Table) else "的算式"
            )
            said = f"{title}{kind}由“{was}”改为“{now}”"
            yield Change("decision", said, new.id, new.id, new.name, was, now)
    was, now = (
        "、".join(r.name or r.id for r in sorted(one.required, key=lambda r: r.id))
        for one in (old, new)
    )
    if was != now:
        said = f"{title}依据的决策由“{was}”改为“{now}”"
        yield Change("decision", said, new.id, new.id, new.name, was, now)


class _Tables:
    """Two tables of one decision; columns are known by what they ask or give."""

    def __init__(self, decision: Decision, title: str, old: Table, new: Table) -> None:
        self.decision, self.title, self.old, self.new = decision, title, old, new

    def change(self, kind: str, said: str, was: str | None, now: str | None) -> Change:
        key = self.decision.id
        return Change(kind, f"{self.title}{said}", key, key, self.decision.name, was, now)

    def changes(self) -> Iterator[Change]:
        """Policy, columns, then the rows over the columns that both tables have."""
        was, now = _policy(self.old), _policy(self.new)
        if was != now:
            yield self.change("hit-policy", f"的取用方式由“{was}”改为“{now}”", was, now)
        yield from self.columns()
        yield from self.rows()

    def columns(self) -> Iterator[Change]:
        """Columns that are new, gone, renamed, or expect other values."""
        before, after = _columns(self.old), _columns(self.new)
        for key in [*before, *(one for one in after if one not in before)]:
            was, now = before.get(key), after.get(key)
            if was is None or now is None:
                word = "新增" if was is None else "删去"
                label = _label((now or was)[1])  # type: ignore[index]  # one of them is there
                yield self.change(
                    "column-added" if was is None else "column-removed",
                    f"{word}一列“{label}”", None if was is None else label,
                    None if now is None else label,
                )  # fmt: skip
                continue
            if _label(was[1]) != _label(now[1]):
                texts = (_label(was[1]), _label(now[1]))
                yield self.change("name", f"的列“{texts[0]}”改名为“{texts[1]}”", *texts)
            texts = (_extent(was[1]), _extent(now[1]))
            if flat(texts[0]) != flat(texts[1]):
                said = f"的列“{_label(now[1])}”的取值范围由“{texts[0]}”改为“{texts[1]}”"
                yield self.change("column", said, *texts)

    def rows(self) -> Iterator[Change]:
        """Rules that are new or gone, cells that changed, and an order that counts."""
        before, after = _columns(self.old), _columns(self.new)
        common = [key for key in after if key in before]
        labels = [_label(after[key][1]) for key in common]
        old: list[Row | None] = [
            _row(rule, [before[key][0] for key in common]) for rule in self.old.rules
        ]
        new: list[Row | None] = [
            _row(rule, [after[key][0] for key in common]) for rule in self.new.rules
        ]
        if self.new.policy in _UNORDERED:
            _without_common(old, new)
        left = [(n, r) for n, r in enumerate(old, 1) if r is not None]
        right = [(n, r) for n, r in enumerate(new, 1) if r is not None]
        matcher = SequenceMatcher(
            None, [_flat(r) for _, r in left], [_flat(r) for _, r in right], autojunk=False
        )
        for tag, a1, a2, b1, b2 in matcher.get_opcodes():
            if tag != "equal":
                yield from self.block(left[a1:a2], right[b1:b2], labels)

    def block(
        self, old: list[tuple[int, Row]], new: list[tuple[int, Row]], labels: list[str]
    ) -> Iterator[Change]:
        """Pair the rows that are most alike; the rest is new or gone."""
        waiting = list(new)
        for number, row in old:
            twin = max(waiting, key=lambda one: _alike(row, one[1]), default=None)
            if twin is not None and _alike(row, twin[1]) * 2 >= max(len(row), 1):
                waiting.remove(twin)
                yield from self.cells(twin[0], row, twin[1], labels)
            else:
                said = f"删去原第 {number} 条：{_sentence(row, labels)}"
                yield self.change("rule-removed", said, _sentence(row, labels), None)
        for number, row in waiting:
            said = f"新增第 {number} 条：{_sentence(row, labels)}"
            yield self.change("rule-added", said, None, _sentence(row, labels))

    def cells(self, number: int, old: Row, new: Row, labels: list[str]) -> Iterator[Change]:
        """Cells of one rule that say something else."""
        for label, was, now in zip(labels, old, new, strict=True):
            if flat(was) != flat(now):
                said = f"第 {number} 条的“{label}”由 {was or '任意'} 改为 {now or '任意'}"
                yield self.change("cell", said, was, now)


def _policy(table: Table) -> str:
    counted = table.policy is HitPolicy.COLLECT and table.aggregation is not Aggregation.LIST
    return _POLICIES[table.policy] + (f"（{table.aggregation}）" if counted else "")


def _columns(table: Table) -> dict[str, tuple[int, Input | Output]]:
    """Columns by what they ask (expression) or give (name), with their place in a row."""
    found: dict[str, tuple[int, Input | Output]] = {}
    for at, column in enumerate(table.inputs):
        key = "in " + flat(column.expression.text)
        found[key if key not in found else f"{key} {at}"] = (at, column)
    for at, output in enumerate(table.outputs, len(table.inputs)):
        found[f"out {output.name}"] = (at, output)
    return found


def _label(column: Input | Output) -> str:
    if isinstance(column, Input):
        return column.label or column.expression.text
    return column.label or column.name


def _extent(column: Input | Output) -> str:
    if isinstance(column, Input):
        return column.allowed.text if column.allowed is not None else ""
    default = f"；默认 {column.default.text}" if column.default is not None else ""
    return "、".join(str(one) for one in column.ranking) + default


def _row(rule: Rule, places: list[int]) -> Row:
    texts = [c.text.strip() for c in rule.conditions] + [r.text.strip() for r in rule.results]
    return tuple("" if texts[at] == "-" else texts[at] for at in places)


def _flat(row: Row) -> Row:
    return tuple(flat(cell) for cell in row)


def _alike(row: Row, other: Row) -> int:
    return sum(a == b for a, b in zip(_flat(row), _flat(other), strict=True))


def _without_common(old: list[Row | None], new: list[Row | None]) -> None:
    """Where the order says nothing, rows that both have are no difference wherever they are."""
    places: dict[Row, list[int]] = {}
    for at, row in enumerate(new):
        if row is not None:
            places.setdefault(_flat(row), []).append(at)
    for at, row in enumerate(old):
        same = places.get(_flat(row)) if row is not None else None
        if same:
            old[at] = new[same.pop(0)] = None


def _sentence(row: Row, labels: list[str]) -> str:
    said = [f"{label} {cell}" for label, cell in zip(labels, row, strict=True) if cell]
    return "，".join(said)

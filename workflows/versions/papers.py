"""Wordings of documents and scenarios, entry by entry; white space and comments mean nothing.

Files are compared as the plain values that their YAML says. What a document says of who signs
it, which seal it bears, on what it rests and how one may object moves power.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

import yaml

from workflows.errors import Unreadable
from workflows.model import NOTHING
from workflows.versions.changes import Change

_DOCUMENT = {
    "title": "标题", "organ": "署名机关", "numbering": "编号方式", "seal": "用章",
    "addressee": "送达对象", "paragraphs": "正文", "lists": "清单", "basis": "法律依据",
    "basis_licence": "许可法依据", "remedy": "救济途径", "signatures": "签名", "copies": "份数",
}  # fmt: skip
_SCENARIO = {
    "name": "名称", "process": "流程", "requirements": "对应要求", "facts": "开始时的数据",
    "start": "开始后的预期", "steps": "步骤", "result": "结果",
}  # fmt: skip
_POWER = frozenset({"organ", "seal", "basis", "basis_licence", "remedy", "signatures"})
MAX_BYTES = 200_000
MAX_SHOWN = 120


def paper_changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """Every difference of two sets of files by name. Raises `Unreadable`."""
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        before = _read(old[name], name) if name in old else None
        after = _read(new[name], name) if name in new else None
        yield from _changes(name, before, after)


def _read(data: bytes, name: str) -> Mapping[str, Any]:
    try:
        said = yaml.safe_load(data) if len(data) <= MAX_BYTES else None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as wrong:
        raise Unreadable(f"{name}：不是合格的 YAML") from wrong
    if not isinstance(said, dict):
        raise Unreadable(f"{name}：不是文书文本或情形")
    return said


def _changes(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Iterator[Change]:
    one = after or before or NOTHING
    scenario = "process" in one
    kind, words = ("scenario", _SCENARIO) if scenario else ("document", _DOCUMENT)
    key = name if scenario else str(one.get("code", name))
    title = str(one.get("name" if scenario else "title", key))
    shown = f"情形「{title}」" if scenario else f"文书 {key}《{title}》"
    if before is None or after is None:
        said = f"{'新增' if before is None else '删去'}{shown}"
        end = "added" if before is None else "removed"
        yield Change(f"{kind}-{end}", said, key, name=title, power=not scenario)
        return
    for entry in [*before, *(one for one in after if one not in before)]:
        was, now = before.get(entry), after.get(entry)
        if was == now:
            continue
        what = words.get(entry, entry)
        power = not scenario and entry in _POWER
        for said, earlier, later in _differences(what, was, now):
            yield Change(
                f"{kind}-{entry}", f"{shown}的{said}", key, entry, title, earlier, later, power
            )


def _differences(what: str, was: Any, now: Any) -> Iterator[tuple[str, str | None, str | None]]:
    """Sentences with the texts before and after; lists entry by entry."""
    if not isinstance(was, list) or not isinstance(now, list):
        yield _sentence(what, _text(was), _text(now))
        return
    old, new = [_text(one) or "" for one in was], [_text(one) or "" for one in now]
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            continue
        for at in range(max(b - a, d - c)):
            earlier = old[a + at] if a + at < b else None
            later = new[c + at] if c + at < d else None
            number = (a if later is None else c) + at + 1
            yield _sentence(f"{what}第 {number} 项", earlier, later)


def _sentence(
    what: str, earlier: str | None, later: str | None
) -> tuple[str, str | None, str | None]:
    if earlier is None:
        return f"{what}新增“{_short(later)}”", None, later
    if later is None:
        return f"{what}删去“{_short(earlier)}”", earlier, None
    return f"{what}由“{_short(earlier)}”改为“{_short(later)}”", earlier, later


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "……"


def _text(value: Any) -> str | None:
    """A value as one writes it; None for nothing."""
    if value is None or value == [] or value == {}:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "，".join(f"{key}：{_text(one) or '无'}" for key, one in value.items())
    if isinstance(value, list):
        return "、".join(_text(one) or "无" for one in value)
    return " ".join(str(value).split())

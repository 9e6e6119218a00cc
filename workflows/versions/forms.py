"""Forms question by question. The order and grouping of questions is layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields as fields_of

from workflows.forms import Field, Form, Group, Words
from workflows.forms.fields import Choice, FieldKind, Part
from workflows.versions.changes import Change
from workflows.versions.wording import flat

_WORDS = {
    "kind": "类型", "widget": "样式", "help": "说明", "required": "必填",
    "required_if": "必填条件", "hide_if": "隐藏条件", "readonly": "只读", "default": "预填值",
    "minimum": "最小值", "maximum": "最大值", "decimals": "小数位", "min_length": "最少字数",
    "max_length": "最多字数", "pattern": "格式", "choices_source": "选项清单",
    "format": "校验格式", "format_from": "格式来源", "not_future": "不得晚于今天",
    "routing": "流转字段", "sensitive": "敏感字段", "unique": "查重", "computed": "计算式",
    "enterable": "可改填", "check": "校验条件", "check_message": "校验提示",
    "min_rows": "最少行数", "max_rows": "最多行数",
}  # fmt: skip
_KINDS = {
    FieldKind.TEXT: "文字", FieldKind.NUMBER: "数字", FieldKind.CHOICE: "单选",
    FieldKind.CHOICES: "多选", FieldKind.BOOL: "是否", FieldKind.DATE: "日期",
    FieldKind.ROWS: "清单",
}  # fmt: skip
_FEEL = frozenset({"required_if", "computed", "check"})


def form_changes(old: Mapping[str, Form], new: Mapping[str, Form]) -> Iterator[Change]:
    """Every difference of two sets of forms by id."""
    for key in [*old, *(one for one in new if one not in old)]:
        before, after = old.get(key), new.get(key)
        if before is None or after is None:
            said = f"{'新增' if before is None else '删去'}表单“{key}”"
            yield Change("form-added" if before is None else "form-removed", said, key)
        elif before != after:
            yield from _fields(key, f"表单“{key}”", before.fields, after.fields)
            yield from _texts(key, before, after)


def _fields(
    form: str, title: str, old: tuple[Field, ...], new: tuple[Field, ...]
) -> Iterator[Change]:
    before, after = _by_key(old), _by_key(new)
    for key in [*before, *(one for one in after if one not in before)]:
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            one = now or was
            assert one is not None  # noqa: S101 (the key is of one of them)
            said = f"{title}{'新增' if was is None else '删去'}字段「{one.label or key}」"
            if one.required:
                said += "（必填）"
            kind = "field-added" if was is None else "field-removed"
            yield Change(kind, said, form, key, one.label)
        else:
            yield from _field(form, title, was, now)


def _by_key(fields: tuple[Field, ...]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for one in fields:
        found[one.key if one.key not in found else f"{one.key}#{len(found)}"] = one
    return found


def _field(form: str, title: str, old: Field, new: Field) -> Iterator[Change]:
    name = f"{title}的字段「{new.label or new.key}」"
    if old.label != new.label:
        said = f"{title}的字段「{old.label}」改名为「{new.label}」"
        yield Change("field", said, form, new.key, new.label, old.label, new.label)
    for one in fields_of(Field):
        what = _WORDS.get(one.name)
        was, now = getattr(old, one.name), getattr(new, one.name)
        if what is None or _plain(one.name, was) == _plain(one.name, now):
            continue
        texts = _said(was), _said(now)
        said = f"{name}的{what}由“{texts[0]}”改为“{texts[1]}”"
        yield Change("field", said, form, new.key, new.label, *texts)
    yield from _choices(form, name, old, new)
    yield from _fields(form, f"{name}里", old.fields, new.fields)


def _plain(name: str, value: object) -> object:
    if name == "hide_if" and isinstance(value, tuple):
        return sorted(flat(str(one)) for one in value)
    return flat(value) if name in _FEEL and isinstance(value, str) else value


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, FieldKind):
        return _KINDS[value]
    if isinstance(value, tuple):
        return "；".join(str(one) for one in value) or "无"
    return "无" if value is None or value == "" else str(value)


def _choices(form: str, name: str, old: Field, new: Field) -> Iterator[Change]:
    """Answers on offer: new, gone, renamed, offered under another condition."""
    before = {choice.value: choice for choice in old.choices}
    after = {choice.value: choice for choice in new.choices}
    for value in [*before, *(one for one in after if one not in before)]:
        was, now = before.get(value), after.get(value)
        said = _choice(was, now)
        if said:
            texts = (_offered(was), _offered(now))
            yield Change("choice", f"{name}{said}", form, new.key, new.label, *texts)


def _choice(was: Choice | None, now: Choice | None) -> str | None:
    if was is None or now is None:
        one = now or was
        return f"{'新增' if was is None else '删去'}选项“{one.label}”" if one else None
    if was.label != now.label:
        return f"的选项“{was.label}”改名为“{now.label}”"
    if flat(was.hide_if) != flat(now.hide_if):
        return (
            f"的选项“{now.label}”的隐藏条件由“{_said(was.hide_if)}”改为“{_said(now.hide_if)}”"
        )
    return None


def _offered(choice: Choice | None) -> str | None:
    return choice.label if choice is not None else None


def _texts(form: str, old: Form, new: Form) -> Iterator[Change]:
    """Words and headings between the questions: what the person reads before answering."""
    before, after = Counter(_words(old.parts)), Counter(_words(new.parts))
    gone, come = list((before - after).elements()), list((after - before).elements())
    for at in range(max(len(gone), len(come))):
        was = gone[at] if at < len(gone) else None
        now = come[at] if at < len(come) else None
        if was and now:
            said = f"表单“{form}”的说明文字由“{_short(was)}”改为“{_short(now)}”"
        else:
            said = (
                f"表单“{form}”{'新增' if now else '删去'}说明文字“{_short(now or was or '')}”"
            )
        yield Change("form-text", said, form, "", "", was, now)


def _words(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        hidden = [flat(one) for one in part.hide_if] if not isinstance(part, Field) else []
        if isinstance(part, Words):
            yield " ".join(part.text.split()) + "".join(f"〔隐藏：{one}〕" for one in hidden)
        elif isinstance(part, Group):
            yield " ".join(part.label.split())
            yield from _words(part.parts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"

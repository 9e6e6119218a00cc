"""form-js JSON → `Form`. What the profile does not know becomes a finding, never silence.

Our properties of a component (`properties`, all strings): routing, sensitive, unique,
not_future, enterable ("true"), format, format_from, required, computed, check, check_message,
choices_source, min_rows, max_rows. Expressions are FEEL, with or without a leading `=`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows import feel
from workflows.errors import ExpressionError, Unreadable
from workflows.feel.patterns import BadPattern, read_pattern
from workflows.findings import Finding, Severity
from workflows.forms.fields import Choice, Field, FieldKind, Form, Format, Group, Part, Words

MAX_BYTES = 500_000
MAX_COMPONENTS = 500
MAX_NESTING = 5
KINDS = {
    "textfield": FieldKind.TEXT,
    "textarea": FieldKind.TEXT,
    "number": FieldKind.NUMBER,
    "select": FieldKind.CHOICE,
    "radio": FieldKind.CHOICE,
    "checkbox": FieldKind.BOOL,
    "checklist": FieldKind.CHOICES,
    "datetime": FieldKind.DATE,
    "dynamiclist": FieldKind.ROWS,
}
CHOOSING = (FieldKind.CHOICE, FieldKind.CHOICES)
PROPERTIES = frozenset(
    [
        "routing",
        "sensitive",
        "unique",
        "not_future",
        "enterable",
        "format",
        "format_from",
        "required",
        "computed",
        "check",
        "check_message",
        "choices_source",
        "min_rows",
        "max_rows",
    ]
)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_REMEDY = "可用的组件：文本框、多行文本、数字、下拉选择、单选、复选框、多选、日期、分组、动态列表、文字"


def read_form(data: bytes | str | Mapping[str, Any], file: str = "") -> Form:
    """Read a form. Raises Unreadable when it is no form-js JSON; other defects are findings."""
    schema = data if isinstance(data, Mapping) else _load(data, file)
    components = schema.get("components")
    if not isinstance(components, list):
        raise Unreadable(f"{file or '表单'}不是表单文件：缺少 components 列表。")
    identity = str(schema.get("id") or "")
    reader = _Reader(file, identity)
    if not identity:
        reader.error("form-id", "", "表单没有编号(id)。")
    parts = reader.parts(components, (), 0)
    reader.check_references(parts)
    return Form(identity, parts, tuple(reader.findings))


def _load(data: bytes | str, file: str) -> Mapping[str, Any]:
    name = file or "表单"
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{name}超过{MAX_BYTES // 1000}千字节。")
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(f"{name}不是有效的JSON。") from problem
    if not isinstance(schema, Mapping):
        raise Unreadable(f"{name}不是表单文件。")
    return schema


@dataclass(slots=True)
class _Reader:
    file: str
    form: str
    findings: list[Finding] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    count: int = 0

    def error(self, code: str, element: str, sentence: str, remedy: str = "") -> None:
        self._add(code, Severity.ERROR, element, sentence, remedy)

    def _add(
        self, code: str, severity: Severity, element: str, sentence: str, remedy: str = ""
    ) -> None:
        self.findings.append(
            Finding(code, severity, self.file, None, element or self.form, sentence, remedy)
        )

    def parts(
        self, components: Sequence[Any], hidden: tuple[str, ...], depth: int
    ) -> tuple[Part, ...]:
        """Read a list of components; `hidden` are the conditions of the groups around."""
        found: list[Part] = []
        for component in components:
            self.count += 1
            if self.count > MAX_COMPONENTS or depth > MAX_NESTING:
                self.error(
                    "form-size", "", f"表单太大：最多{MAX_COMPONENTS}个组件、{MAX_NESTING}层。"
                )
                break
            if not isinstance(component, Mapping):
                self.error("form-component", "", "组件不是对象。")
                continue
            part = self.part(component, hidden, depth)
            if part is not None:
                found.append(part)
        return tuple(found)

    def part(
        self, component: Mapping[str, Any], hidden: tuple[str, ...], depth: int
    ) -> Part | None:
        kind = component.get("type")
        name = _text(component.get("key")) or _text(component.get("id"))
        conditional = _mapping(component.get("conditional"))
        own = self.expression(name, "隐藏条件", conditional.get("hide"))
        hidden = (*hidden, own) if own else hidden
        if kind == "text":
            return Words(_text(component.get("text")), hidden)
        if kind == "group":
            if component.get("path"):
                self.error("form-path", name, "分组不能有路径(path),答案只分一层。", "清空路径")
            inside = self.parts(_list(component.get("components")), hidden, depth + 1)
            return Group(_text(component.get("label")), inside, hidden)
        if kind not in KINDS:
            self.error("form-component", name, f"不支持的组件“{kind}”。", _REMEDY)
            return None
        return self.question(component, KINDS[kind], hidden, depth)

    def question(
        self,
        component: Mapping[str, Any],
        kind: FieldKind,
        hidden: tuple[str, ...],
        depth: int,
    ) -> Field | None:
        key = _text(component.get("path" if kind is FieldKind.ROWS else "key"))
        key = key or _text(component.get("key"))
        if not self.good_key(key):
            return None
        label = _text(component.get("label")) or _text(component.get("dateLabel"))
        if not label:
            self.error("form-label", key, "这一项没有标签。", "写上给人看的名称")
        properties = self.properties(key, component)
        limits = _mapping(component.get("validate"))
        flags: dict[str, Any] = {name: properties.get(name) == "true" for name in _FLAGS}
        self.check_flags(key, kind, flags)
        if kind is FieldKind.DATE and component.get("subtype", "date") != "date":
            self.error("form-date", key, f"“{label}”只能是日期，不能带时间。", "子类型选“日期”")
        computed = self.expression(key, "计算公式", properties.get("computed"))
        return Field(
            key=key,
            label=label or key,
            kind=kind,
            widget=str(component["type"]),
            help=_text(component.get("description")),
            required=limits.get("required") is True,
            required_if=self.required_if(key, properties, limits),
            hide_if=hidden,
            readonly=bool(component.get("readonly") or component.get("disabled") or computed),
            default=component.get("defaultValue"),
            computed=computed,
            check=self.expression(key, "检查条件", properties.get("check")),
            check_message=properties.get("check_message", ""),
            choices_source=properties.get("choices_source") or None,
            choices=self.choices(key, kind, component, properties),
            **flags,
            **self.form_of(key, kind, component, properties, limits),
            **self.rows(key, kind, component, properties, depth),
        )

    def required_if(
        self, key: str, properties: Mapping[str, str], limits: Mapping[str, Any]
    ) -> str | None:
        """The condition of a required answer, from our property or form-js's own place."""
        own = limits.get("required")
        condition = properties.get("required") or (own if isinstance(own, str) else None)
        return self.expression(key, "必填条件", condition)

    def good_key(self, key: str) -> bool:
        if not _KEY.fullmatch(key):
            self.error(
                "form-key", key, f"键“{key}”不能用。", "键由字母、数字和下划线组成，以字母开头"
            )
            return False
        if key in self.keys:
            self.error("form-key-twice", key, f"键“{key}”用了两次。", "每一项用不同的键")
            return False
        self.keys.add(key)
        return True

    def properties(self, key: str, component: Mapping[str, Any]) -> dict[str, str]:
        raw = _mapping(component.get("properties"))
        for name in raw:
            if name not in PROPERTIES:
                self._add(
                    "form-property", Severity.NOTE, key, f"属性“{name}”没有含义，不起作用。"
                )
        return {name: _text(value) for name, value in raw.items() if name in PROPERTIES}

    def check_flags(self, key: str, kind: FieldKind, flags: Mapping[str, bool]) -> None:
        if flags["routing"] and flags["sensitive"]:
            self.error(
                "form-routing-sensitive", key, "敏感信息不能用于流转判断。", "去掉其中一个标记"
            )
        if flags["routing"] and kind is FieldKind.ROWS:
            self.error("form-routing-rows", key, "动态列表不能用于流转判断。", "另设一个计算项")

    def form_of(
        self,
        key: str,
        kind: FieldKind,
        component: Mapping[str, Any],
        properties: Mapping[str, str],
        limits: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Format and limits."""
        found: dict[str, Any] = {"format_from": properties.get("format_from") or None}
        name = properties.get("format")
        if name:
            if name in set(Format):
                found["format"] = Format(name)
            else:
                self.error("form-format", key, f"没有“{name}”这种格式。", "、".join(Format))
        if kind is FieldKind.NUMBER:
            money = found.get("format") is Format.MONEY
            decimals = self.whole(key, "小数位数", component.get("decimalDigits"), 12)
            found["decimals"] = decimals if decimals is not None else 2 if money else 0
            found["minimum"] = self.number(key, "最小值", limits.get("min"))
            found["maximum"] = self.number(key, "最大值", limits.get("max"))
        if kind is FieldKind.TEXT:
            found["min_length"] = self.whole(key, "最少字数", limits.get("minLength"), 20_000)
            found["max_length"] = self.whole(key, "最多字数", limits.get("maxLength"), 20_000)
            found["pattern"] = self.pattern(key, limits.get("pattern"))
        return found

    def rows(
        self,
        key: str,
        kind: FieldKind,
        component: Mapping[str, Any],
        properties: Mapping[str, str],
        depth: int,
    ) -> dict[str, Any]:
        """Questions and number of rows of a dynamic list."""
        if kind is not FieldKind.ROWS:
            return {}
        inner = _Reader(self.file, self.form, self.findings, count=self.count)
        parts = inner.parts(_list(component.get("components")), (), depth + 1)
        self.count = inner.count
        fields = Form("", parts).fields
        if not fields or any(f.kind is FieldKind.ROWS for f in fields):
            self.error("form-rows", key, "动态列表里要有问题，且不能再套动态列表。")
        for row_field in fields:
            if row_field.routing:
                self.error(
                    "form-routing-rows", row_field.key, "动态列表里的项不能用于流转判断。"
                )
        found: dict[str, Any] = {"fields": fields}
        for name in ("min_rows", "max_rows"):
            number = self.whole(key, "行数", properties.get(name), 200)
            if number is not None:
                found[name] = number
        return found

    def choices(
        self,
        key: str,
        kind: FieldKind,
        component: Mapping[str, Any],
        properties: Mapping[str, str],
    ) -> tuple[Choice, ...]:
        if kind not in CHOOSING:
            return ()
        found: list[Choice] = []
        for entry in _list(component.get("values")):
            value = _text(_mapping(entry).get("value"))
            if not value or value in {choice.value for choice in found}:
                self.error("form-choice", key, "选项的值是空的或重复。", "每个选项写不同的值")
                continue
            hide = _mapping(entry.get("conditional")).get("hide")
            hide_if = self.expression(key, f"选项“{value}”的隐藏条件", hide)
            found.append(Choice(value, _text(entry.get("label")) or value, hide_if))
        if not found and not properties.get("choices_source"):
            self.error("form-choice", key, "没有选项。", "至少写一个选项")
        return tuple(found)

    def expression(self, key: str, what: str, text: object) -> str | None:
        """A FEEL text without the leading `=`; a finding when it cannot be read."""
        if text is None or text == "":
            return None
        bare = _text(text).removeprefix("=").strip()
        try:
            feel.parse(bare)
        except ExpressionError as problem:
            self.error("form-expression", key, f"{what}读不懂：{problem.sentence}")
            return None
        return bare

    def pattern(self, key: str, text: object) -> str | None:
        """A regular expression that must match the whole answer."""
        if not text:
            return None
        pattern = _text(text)
        try:
            read_pattern(pattern, "")
        except (BadPattern, ExpressionError):
            self.error("form-pattern", key, f"格式“{pattern}”不是可用的正则表达式。")
            return None
        if not (pattern.startswith("^") and pattern.endswith("$")):
            self.error("form-pattern", key, "格式须从头到尾匹配。", "以 ^ 开头，以 $ 结尾")
        return pattern

    def number(self, key: str, what: str, value: object) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.error("form-limit", key, f"{what}“{value}”不是数字。")
            return None
        return number

    def whole(self, key: str, what: str, value: object, most: int) -> int | None:
        number = self.number(key, what, value)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number <= most:
            self.error("form-limit", key, f"{what}应为0至{most}的整数。")
            return None
        return int(number)

    def check_references(self, parts: tuple[Part, ...]) -> None:
        """`format_from` must name a choice of the form."""
        fields = Form("", parts).fields
        choices = {f.key for f in fields if f.kind is FieldKind.CHOICE}
        for one in fields:
            if one.format_from and one.format_from not in choices:
                self.error("form-format", one.key, f"没有选择项“{one.format_from}”。")


_FLAGS = ("routing", "sensitive", "unique", "not_future", "enterable")


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()

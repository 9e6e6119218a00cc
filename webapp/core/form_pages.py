"""A form made ready for a page: what to draw, with which values, errors and states.

One way for item forms and step forms (webapp never draws a field by hand). Nothing typed is
ever lost: the page shows the raw answers again, not what validation made of them. Conditions are
decided here; `webapp/frontend/src/forms.js` asks the server again after a change and applies
`states` to the page, so that the rules exist once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.core.typed import whole
from workflows import feel
from workflows.errors import ExpressionError
from workflows.forms import Field, FieldKind, Form, Group, Words, feel_value, visible
from workflows.model import NOTHING

RADIOS_UP_TO = 5
RADIOS_IN_ROWS = 3  # rows are narrow
ADD, REMOVE = "add", "remove"
_BLANK = "__n__"  # the number of the row that the browser copies
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_VALUE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: its value, label and whether it is the answer."""

    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of a list; `number` counts from 1 for people."""

    index: str
    number: int
    fields: tuple[ShownField, ...]


@dataclass(frozen=True, slots=True)
class ShownField:
    """A question as the page draws it. `id` is safe in HTML, `name` is the posted name."""

    field: Field
    id: str
    name: str
    widget: str
    value: Any = ""
    text: str = ""
    error: str = ""
    warning: str = ""
    hidden: bool = False
    required: bool = False
    locked: bool = False
    drives: bool = False
    options: tuple[Option, ...] = ()
    rows: tuple[ShownRow, ...] = ()
    blank: ShownRow | None = None

    kind = "field"

    @property
    def described_by(self) -> str:
        """Ids of help and error, for screen readers."""
        ids = [f"{self.id}-help"] if self.field.help else []
        return " ".join([*ids, f"{self.id}-problem"] if self.error else ids)

    @property
    def wide(self) -> bool:
        """Whether the question takes the whole width."""
        if self.widget in {"textarea", "rows", "checks", "check"}:
            return True
        return self.widget == "radios" and sum(len(o.label) + 3 for o in self.options) > 24

    @property
    def grouped(self) -> bool:
        """Whether several controls share one question (fieldset, legend)."""
        return self.widget in {"radios", "checks", "rows"}

    @property
    def input_mode(self) -> str:
        """The keyboard that a telephone offers."""
        if self.field.kind is FieldKind.NUMBER:
            return "decimal" if self.field.decimals else "numeric"
        return "tel" if self.field.format in {"phone", "mobile"} else "text"


@dataclass(frozen=True, slots=True)
class ShownWords:
    """Text between questions, in paragraphs of (text, strong) runs."""

    id: str
    runs: tuple[tuple[str, bool], ...]
    hidden: bool

    kind = "words"


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Questions under one heading."""

    id: str
    label: str
    parts: tuple[ShownPart, ...]
    hidden: bool

    kind = "group"


ShownPart = ShownField | ShownGroup | ShownWords


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as the page draws it. `problems`: (id to link to, sentence), in page order."""

    parts: tuple[ShownPart, ...]
    problems: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> Iterator[ShownField]:
        """Every question, groups opened, rows not."""
        return _fields(self.parts)

    def states(self) -> dict[str, Any]:
        """What the browser must change: hidden ids, required ids, computed values by id."""
        found: dict[str, Any] = {"hidden": [], "required": [], "locked": {}, "ids": []}
        _states(self.parts, found)
        return found


@dataclass(slots=True)
class _Page:
    variables: Mapping[str, Any]
    today: date
    errors: Mapping[str, str]
    warnings: Mapping[str, str]
    drivers: frozenset[str]
    left_out: frozenset[str]
    worked_out: Mapping[str, Any] = field(default_factory=dict)
    words: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def show_form(
    form: Form,
    raw: Mapping[str, Any],
    variables: Mapping[str, Any] = NOTHING,
    *,
    today: date,
    errors: Mapping[str, str] = NOTHING,
    warnings: Mapping[str, str] = NOTHING,
    left_out: frozenset[str] = frozenset(),
    also_drive: frozenset[str] = frozenset(),
) -> ShownForm:
    """Prepare a form with the answers `raw` (as typed, or stored).

    `left_out`: keys of questions that the page asks in its own way; their answers still count.
    `also_drive`: keys that something beside the form depends on (conditions of materials).
    Errors of unknown addresses are shown in the summary without a link.
    """
    page = _Page(variables, today, errors, warnings, drivers(form) | also_drive, left_out)
    values = visible(form, raw, variables, today=today)
    page.worked_out = _worked_out(form, raw, page)
    scope = _scope(form.fields, values, page.variables, today)
    parts = tuple(_parts(form.parts, raw, values, scope, page))
    known = {name for name, _ in page.problems}
    others = [("", sentence) for name, sentence in errors.items() if name not in known]
    linked = [(html_id(name), sentence) for name, sentence in page.problems]
    return ShownForm(parts, tuple(linked + others))


def drivers(form: Form) -> frozenset[str]:
    """Names in the form's conditions: after a change of these the page asks the server."""
    texts = [text for part in _walk(form.parts) for text in part.hide_if]
    for one in form.fields:
        for inner in (one, *one.fields):
            texts += [t for t in (inner.required_if, inner.computed, *inner.hide_if) if t]
    found: set[str] = set()
    for text in texts:
        try:
            found |= feel.names(text)
        except ExpressionError:
            continue
    return frozenset(found)


def html_id(name: str) -> str:
    """The id of a control: `members[0].name` → `f-members-0-name`."""
    return "f-" + re.sub(r"\W+", "-", name).strip("-")


def change_rows(form: Form, raw: dict[str, Any], order: str) -> bool:
    """Carry out `add:members` or `remove:members:1` (0-based) on the answers.

    The way without JavaScript; False when the order is none of these.
    """
    verb, _, rest = order.partition(":")
    key, _, number = rest.partition(":")
    one = form.field(key)
    if one is None or one.kind is not FieldKind.ROWS or verb not in {ADD, REMOVE}:
        return False
    rows = list(raw.get(key) or [{}])
    if verb == ADD and len(rows) < one.max_rows:
        rows.append({})
    at = whole(number)
    if verb == REMOVE and at is not None and at < len(rows):
        del rows[at]
    raw[key] = rows
    return True


def without_empty_rows(form: Form, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without rows in which nothing was typed: errors count only filled rows."""
    kept = dict(raw)
    for one in form.fields:
        rows = kept.get(one.key)
        if one.kind is FieldKind.ROWS and isinstance(rows, list):
            kept[one.key] = [row for row in rows if any(_typed(v) for v in row.values())]
    return kept


def _typed(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _walk(parts: Sequence[Any]) -> Iterator[Any]:
    for part in parts:
        yield part
        if isinstance(part, Group):
            yield from _walk(part.parts)


def _fields(parts: Sequence[ShownPart]) -> Iterator[ShownField]:
    for part in parts:
        if isinstance(part, ShownField):
            yield part
        elif isinstance(part, ShownGroup):
            yield from _fields(part.parts)


def _worked_out(form: Form, raw: Mapping[str, Any], page: _Page) -> Mapping[str, Any]:
    """What the expressions of questions give that may be answered where they give nothing."""
    enterable = {one.key for one in form.fields if one.enterable}
    if not enterable:
        return NOTHING
    unanswered = {key: value for key, value in raw.items() if key not in enterable}
    values = visible(form, unanswered, page.variables, today=page.today)
    return {key: values.get(key) for key in enterable}


def _scope(
    fields: Sequence[Field],
    values: Mapping[str, Any],
    variables: Mapping[str, Any],
    today: date,
) -> dict[str, Any]:
    answers = {one.key: feel_value(one, values.get(one.key)) for one in fields}
    return {**variables, "today": today, **answers}


def _true(texts: Sequence[str | None], scope: Mapping[str, Any]) -> bool:
    for text in texts:
        try:
            if text and feel.evaluate(text, scope) is True:
                return True
        except ExpressionError:
            continue
    return False


def _parts(
    parts: Sequence[Any],
    raw: Mapping[str, Any],
    values: Mapping[str, Any],
    scope: Mapping[str, Any],
    page: _Page,
) -> Iterator[ShownPart]:
    for part in parts:
        if isinstance(part, Words):
            page.words += 1
            runs = tuple(_runs(_filled_in(part.text, scope)))
            yield ShownWords(f"w-{page.words}", runs, _true(part.hide_if, scope))
        elif isinstance(part, Group):
            page.words += 1
            number = page.words
            inner = tuple(_parts(part.parts, raw, values, scope, page))
            if inner:
                yield ShownGroup(f"g-{number}", part.label, inner, _true(part.hide_if, scope))
        elif part.key not in page.left_out:
            yield _field(part, raw, values, scope, page)


def _filled_in(text: str, scope: Mapping[str, Any]) -> str:
    """The templating of form-js, as far as it names one value of the case: `{{days}}`."""
    return _VALUE.sub(lambda found: str(scope.get(found[1]) or ""), text)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Split the Markdown subset of form-js: **strong** and plain text."""
    at = 0
    for found in _BOLD.finditer(text):
        if found.start() > at:
            yield text[at : found.start()], False
        yield found[1], True
        at = found.end()
    if at < len(text):
        yield text[at:], False


def _field(
    one: Field,
    raw: Mapping[str, Any],
    values: Mapping[str, Any],
    scope: Mapping[str, Any],
    page: _Page,
    prefix: str = "",
) -> ShownField:
    name = prefix + one.key
    hidden = one.key not in values
    error = "" if hidden else page.errors.get(name, "")
    worked_out = page.worked_out if one.enterable else values
    locked = bool(one.readonly or one.computed)
    if one.enterable and worked_out.get(one.key) in (None, ""):
        locked = False
    if error:
        page.problems.append((name, error))
    value = raw.get(one.key, one.default)
    if one.computed and locked:
        value = worked_out.get(one.key)
    widget = _widget(one, value, RADIOS_IN_ROWS if prefix else RADIOS_UP_TO)
    shown_value = _raw_value(widget, value)
    blank = None
    rows: tuple[ShownRow, ...] = ()
    if widget == "rows":
        rows = tuple(_rows(one, raw.get(one.key), scope, page, name))
        blank = _row(one, {}, scope, page, name, _BLANK, 0)
    return ShownField(
        field=one,
        id=html_id(name),
        name=name,
        widget=widget,
        value=shown_value,
        text=_as_text(one, value) if one.computed else "",
        error=error,
        warning=page.warnings.get(name, ""),
        hidden=hidden,
        required=one.required or _true([one.required_if], scope),
        locked=locked,
        drives=one.key in page.drivers,
        options=tuple(_options(one, name, shown_value, scope)),
        rows=rows,
        blank=blank,
    )


def _rows(
    one: Field, raw: Any, scope: Mapping[str, Any], page: _Page, name: str
) -> Iterator[ShownRow]:
    given = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
    for index, answers in enumerate(given or [{}] * max(one.min_rows, 1)):
        yield _row(one, answers, scope, page, name, str(index), index + 1)


def _row(
    one: Field,
    answers: Mapping[str, Any],
    scope: Mapping[str, Any],
    page: _Page,
    name: str,
    index: str,
    number: int,
) -> ShownRow:
    inner = Form(one.key, one.fields)
    values = visible(inner, answers, scope, today=page.today)
    own = _scope(one.fields, values, scope, page.today)
    prefix = f"{name}[{index}]."
    return ShownRow(
        index, number, tuple(_field(f, answers, values, own, page, prefix) for f in one.fields)
    )


def _widget(one: Field, value: Any, radios: int) -> str:
    match one.kind:
        case FieldKind.ROWS:
            return "rows"
        case FieldKind.BOOL:
            return "check"
        case FieldKind.CHOICES:
            return "checks"
        case FieldKind.CHOICE:
            few = len(one.choices) <= radios or one.widget == "radio"
            return "radios" if few else "select"
        case FieldKind.DATE:
            # What the browser's date control cannot show is shown as it was typed.
            return "date" if not value or _DAY.fullmatch(str(value)) else "text"
    return "textarea" if one.widget == "textarea" else "text"


def _raw_value(widget: str, value: Any) -> Any:
    if widget == "checks":
        return [str(v) for v in value] if isinstance(value, list | tuple) else []
    if widget == "check":
        return value is True or str(value).lower() in {"true", "on", "1", "yes"}
    if isinstance(value, list | tuple):
        value = value[-1] if value else ""
    return "" if value is None or isinstance(value, bool) else str(value)


def _options(one: Field, name: str, value: Any, scope: Mapping[str, Any]) -> Iterator[Option]:
    chosen = value if isinstance(value, list) else [value]
    offered = [choice for choice in one.choices if not _true([choice.hide_if], scope)]
    for number, choice in enumerate(offered):
        own_id = html_id(name) + (f"-{number}" if number else "")
        yield Option(own_id, choice.value, choice.label, choice.value in chosen)


def _as_text(one: Field, value: Any) -> str:
    if value is None or value == "":
        return ""
    return one.label_of(str(value)) if one.choices else str(value)


def _states(parts: Sequence[ShownPart], found: dict[str, Any]) -> None:
    for part in parts:
        found["ids"].append(part.id)
        if part.hidden:
            found["hidden"].append(part.id)
        if isinstance(part, ShownGroup):
            _states(part.parts, found)
        elif isinstance(part, ShownField):
            if part.required:
                found["required"].append(part.id)
            if part.field.computed:
                found["locked"][part.id] = {
                    "value": part.value,
                    "text": part.text,
                    "locked": part.locked,
                }
            for row in part.rows:
                _states(row.fields, found)

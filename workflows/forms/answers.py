"""One answer: from what was typed to a JSON-safe value, or a sentence that says what is wrong.

Stored forms: text as str, whole numbers as int, numbers with decimals as str with exactly the
field's decimals ("1200.00": money never passes through a float), dates as ISO text, several
choices as list of str, yes/no as bool, nothing as None. `feel_value` is the way to FEEL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from workflows import feel, identifiers
from workflows.errors import WorkflowError
from workflows.forms.fields import Field, FieldKind, Format

SHORT_TEXT = 500  # default maximum of a text field, characters
LONG_TEXT = 5_000  # default maximum of a text area
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TRUE = frozenset({"true", "on", "1", "yes", "是"})

Check = Callable[[str, date], str | None]


class AnswerRefused(WorkflowError):
    """An answer cannot be taken; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a format is normalised and checked."""

    normalise: Callable[[str], str]
    check: Check


def _plain(check: Callable[[str], str | None]) -> Check:
    return lambda text, _: check(text)


def _address(text: str, _: date) -> str | None:
    return None if len(text) >= 4 else "地址太短，请写到村（社区）和门牌号。"


_ID_CARD = Shape(identifiers.normalise_number, identifiers.check_id_card)
_PASSPORT = Shape(identifiers.normalise_number, _plain(identifiers.check_passport))
SHAPES: Mapping[str, Shape] = {
    Format.ID_CARD: _ID_CARD,
    Format.USCC: Shape(identifiers.normalise_number, _plain(identifiers.check_uscc)),
    Format.PHONE: Shape(identifiers.normalise_phone, _plain(identifiers.check_phone)),
    Format.MOBILE: Shape(identifiers.normalise_phone, _plain(identifiers.check_mobile)),
    Format.BANK_CARD: Shape(identifiers.normalise_number, _plain(identifiers.check_bank_card)),
    Format.CN_NAME: Shape(identifiers.normalise_name, _plain(identifiers.check_cn_name)),
    Format.POSTCODE: Shape(identifiers.normalise_number, _plain(identifiers.check_postcode)),
    Format.PASSPORT: _PASSPORT,
    Format.ADDRESS: Shape(identifiers.half_width, _address),
    # document types of `format_from` that carry an identity number
    "household_register": _ID_CARD,
    "residence_permit": _ID_CARD,
}


def is_empty(raw: object) -> bool:
    """Whether nothing was answered."""
    if isinstance(raw, str):
        return not raw.strip()
    return raw is None or (isinstance(raw, list | tuple | dict) and not raw)


def read_answer(one: Field, raw: object, today: date, document: str | None = None) -> object:
    """The stored value of an answer to a field that is not a list of rows.

    `document` is the value of the field that `format_from` names. Raises AnswerRefused.
    """
    if one.kind is FieldKind.BOOL:
        return raw is True or str(_single(one, raw)).strip().lower() in _TRUE
    if one.kind is FieldKind.CHOICES:
        return _read_choices(one, raw)
    if is_empty(raw):
        return None
    value = _single(one, raw)
    match one.kind:
        case FieldKind.NUMBER:
            return _read_number(one, value)
        case FieldKind.DATE:
            return _read_date(one, value, today)
        case FieldKind.CHOICE:
            return _chosen(one, str(value).strip())
    return _read_text(one, value, today, document)


def warning(one: Field, value: object) -> str | None:
    """What looks wrong but may be right: asked about, never refused."""
    if one.format is Format.BANK_CARD and isinstance(value, str):
        return identifiers.warn_bank_card(value)
    return None


def feel_value(one: Field, value: object) -> object:
    """A stored value as FEEL knows it: decimals, dates, contexts."""
    if value is None:
        return None
    if one.kind is FieldKind.NUMBER:
        return Decimal(str(value))
    if one.kind is FieldKind.DATE:
        return date.fromisoformat(str(value))
    if one.kind is FieldKind.ROWS and isinstance(value, list):
        return [{f.key: feel_value(f, row.get(f.key)) for f in one.fields} for row in value]
    return value


def stored_value(one: Field, computed: object, today: date) -> object:
    """What FEEL computed, as it is stored; None when it does not fit the field."""
    if computed is None:
        return None
    if isinstance(computed, Decimal) and one.kind is FieldKind.NUMBER:
        computed = round(computed, one.decimals) if one.decimals else computed
    try:
        return read_answer(one, computed, today)
    except AnswerRefused:
        return None


def _single(one: Field, raw: object) -> object:
    if isinstance(raw, list | tuple):
        raw = raw[-1] if raw else ""
    if raw is None or isinstance(raw, str | int | float | Decimal | date):
        return raw
    raise AnswerRefused(f"“{one.label}”的内容不对，请重新填写。")


def _chosen(one: Field, value: str) -> str:
    offered = {choice.value for choice in one.choices}
    if offered and value not in offered:
        raise AnswerRefused(f"“{one.label}”里没有这个选项，请重新选择。")
    if not offered and len(value) > SHORT_TEXT:
        raise AnswerRefused(f"“{one.label}”太长。")
    return value


def _read_choices(one: Field, raw: object) -> list[str]:
    given = raw if isinstance(raw, list | tuple) else [raw]
    chosen = [_chosen(one, str(value).strip()) for value in given if not is_empty(value)]
    order = {choice.value: place for place, choice in enumerate(one.choices)}
    return sorted(dict.fromkeys(chosen), key=lambda value: order.get(value, len(order)))


def _read_number(one: Field, value: object) -> int | str:
    text = identifiers.half_width(str(value)).replace(",", "").replace(" ", "")
    if isinstance(value, bool | date) or not _NUMBER.fullmatch(text):
        raise AnswerRefused(f"“{one.label}”应填数字。")
    number = Decimal(text)
    if number != round(number, one.decimals):
        if one.decimals == 0:
            raise AnswerRefused(f"“{one.label}”应填整数。")
        raise AnswerRefused(f"“{one.label}”最多保留{one.decimals}位小数。")
    low, high = one.minimum, one.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise AnswerRefused(_range_sentence(one))
    return f"{number:.{one.decimals}f}" if one.decimals else int(number)


def _range_sentence(one: Field) -> str:
    if one.minimum is not None and one.maximum is not None:
        return f"“{one.label}”应在{one.minimum:f}至{one.maximum:f}之间。"
    if one.minimum is not None:
        return f"“{one.label}”不能小于{one.minimum:f}。"
    return f"“{one.label}”不能大于{one.maximum:f}。"


def _read_date(one: Field, value: object, today: date) -> str:
    if isinstance(value, datetime):
        value = value.date()
    text = re.sub(r"\s", "", identifiers.half_width(str(value)))
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not 1850 <= day.year <= 2200:
        raise AnswerRefused(f"“{one.label}”不是有效的日期，请按“2026-03-02”的样子填写。")
    if one.not_future and day > today:
        raise AnswerRefused(f"“{one.label}”不能晚于今天。")
    return day.isoformat()


def _read_text(one: Field, value: object, today: date, document: str | None) -> str | None:
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROL.search(text):
        raise AnswerRefused(f"“{one.label}”含有不可见的控制字符，请重新输入。")
    if one.widget != "textarea":
        text = re.sub(r"[\n\t]+", " ", text)
    shape = SHAPES.get(document or "") if one.format_from else SHAPES.get(one.format or "")
    if shape is not None:
        text = shape.normalise(text)
    elif one.pattern:
        text = identifiers.half_width(text)
    if not text:
        return None
    _check_length(one, text)
    if one.pattern and not feel.evaluate(
        "matches(text, pattern)", {"text": text, "pattern": one.pattern}
    ):
        raise AnswerRefused(f"“{one.label}”的格式不对，请核对。{one.help}")
    problem = shape.check(text, today) if shape else None
    if problem:
        raise AnswerRefused(f"“{one.label}”不对：{problem}")
    return text


def _check_length(one: Field, text: str) -> None:
    most = one.max_length or (LONG_TEXT if one.widget == "textarea" else SHORT_TEXT)
    if len(text) > most:
        raise AnswerRefused(f"“{one.label}”最多{most}个字，现在有{len(text)}个字。")
    if one.min_length and len(text) < one.min_length:
        raise AnswerRefused(f"“{one.label}”至少{one.min_length}个字，现在有{len(text)}个字。")

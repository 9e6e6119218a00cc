"""Invented answers that pass a form's own rules: for the example county, rehearsals and tests.

Deterministic: the same form, seed and day give the same answers. Identity numbers, codes and
cards carry right check digits but unassigned sequence digits are not claimed: they are fiction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from workflows import feel, identifiers
from workflows.errors import WorkflowError
from workflows.feel.patterns import Choice as Alternatives
from workflows.feel.patterns import Edge, Node, One, Repeat, Sequence, read_pattern
from workflows.feel.patterns import Group as Bracket
from workflows.forms.fields import Field, FieldKind, Form, Format
from workflows.forms.validation import Validation, validate
from workflows.model import NOTHING

ROUNDS = 400
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "建国伟秀英芳敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉梅红文华新春志福贵海云晓东"
_VILLAGES = ("城关镇", "东安乡", "南河镇", "西岭乡", "北泉镇")
_PHRASES = (
    "家庭成员患病，医疗支出较大",
    "材料齐全，情况属实",
    "因工作需要申请办理",
    "申请按规定办理",
)
_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXYabcdefghijklmnopqrstuvwxyz-_./ 一二三"


class NoSample(WorkflowError):
    """No answers were found that pass the form's rules."""


def sample(
    form: Form,
    seed: int | str,
    *,
    today: date,
    variables: Mapping[str, Any] = NOTHING,
    given: Mapping[str, Any] = NOTHING,
) -> dict[str, Any]:
    """Answers to every question that `validate` accepts. `given` answers are kept as they are.

    Raises NoSample when the rules seem to contradict each other.
    """
    random = Random(f"{form.id}/{seed}")  # noqa: S311 - repeatable fiction, not secrecy
    raw = {
        one.key: draw(one, random, today)
        for one in form.fields
        if not one.computed or one.enterable
    } | dict(given)
    checked = validate(form, raw, variables, today=today)
    for _ in range(ROUNDS):
        if checked.ok:
            return raw
        wrong = _to_redraw(form, checked) - set(given)
        for one in form.fields:
            if one.key in wrong and (not one.computed or one.enterable):
                raw[one.key] = draw(one, random, today, raw)
        checked = validate(form, raw, variables, today=today)
    problems = ";".join(sorted(set(checked.errors.values())))
    raise NoSample(f"表单“{form.id}”造不出符合规则的样例：{problems}")


def _to_redraw(form: Form, checked: Validation) -> set[str]:
    """The wrong fields and every field that their rules look at, through computed ones."""
    fields = {one.key: one for one in form.fields}
    found: set[str] = set()
    waiting = [re.split(r"[\[.]", address)[0] for address in checked.errors]
    while waiting:
        key = waiting.pop()
        if key not in fields or key in found:
            continue
        found.add(key)
        one = fields[key]
        for text in (one.computed, one.check, one.required_if):
            waiting += feel.names(feel.parse(text)) if text else ()
    return found


def draw(one: Field, random: Random, today: date, answers: Mapping[str, Any] = NOTHING) -> Any:
    """One plausible answer, judged by the field's own limits alone."""
    match one.kind:
        case FieldKind.BOOL:
            return one.required or random.random() < 0.5
        case FieldKind.CHOICE:
            return random.choice(one.choices).value if one.choices else "示例"
        case FieldKind.CHOICES:
            most = min(len(one.choices), 3)
            picked = random.sample(one.choices, random.randint(1, most)) if most else []
            return [choice.value for choice in picked] or ["示例"]
        case FieldKind.DATE:
            # What steers from the past (since when a clock runs on) can be no day before the case.
            steers = one.routing and one.not_future
            back = 0 if steers else random.choice((30, 400, 4_000))
            days = random.randint(-back, 0 if one.not_future else 250)
            return (today + timedelta(days=days)).isoformat()
        case FieldKind.NUMBER:
            return _number(one, random)
        case FieldKind.ROWS:
            rows = random.randint(max(one.min_rows, 1), max(one.min_rows, min(one.max_rows, 3)))
            return [_row(one, random, today) for _ in range(rows)]
    return _text(one, random, today, answers)


def _row(one: Field, random: Random, today: date) -> dict[str, Any]:
    return {sub.key: draw(sub, random, today) for sub in one.fields if not sub.computed}


def _number(one: Field, random: Random) -> int | str:
    low = one.minimum if one.minimum is not None else Decimal(0)
    usual = Decimal(9_000 if one.format is Format.MONEY else 12)
    high = min(one.maximum, low + usual) if one.maximum is not None else low + usual
    step = Decimal(1).scaleb(-min(one.decimals, 2))
    number = low + random.randint(0, int((high - low) / step)) * step
    return f"{number:.{one.decimals}f}" if one.decimals else int(number)


def _text(one: Field, random: Random, today: date, answers: Mapping[str, Any]) -> str:
    if one.pattern:
        return _matching(read_pattern(one.pattern, "")[0], random)
    name = str(answers.get(one.format_from) or "id_card") if one.format_from else one.format
    maker = _MAKERS.get(name or "")
    if maker:
        return maker(random, today)
    text = (
        random.choice(_PHRASES) if one.widget == "textarea" else f"示例{random.randint(1, 999)}"
    )
    while one.min_length and len(text) < one.min_length:
        text += random.choice(_PHRASES)
    return text[: one.max_length] if one.max_length else text


def _matching(node: Node, random: Random) -> str:
    """A text that the pattern accepts."""
    match node:
        case One(accepts):
            allowed = [sign for sign in _SIGNS if accepts(sign)]
            return random.choice(allowed) if allowed else ""
        case Edge():
            return ""
        case Sequence(parts):
            return "".join(_matching(part, random) for part in parts)
        case Alternatives(parts):
            return _matching(random.choice(parts), random)
        case Repeat(part, least, most, _):
            times = random.randint(least, least + 3 if most is None else most)
            return "".join(_matching(part, random) for _ in range(times))
        case Bracket(part, _):
            return _matching(part, random)


def id_card(random: Random, today: date) -> str:
    """An invented identity number with a right check digit; nobody born after `today`."""
    born = today - timedelta(days=random.randint(1, 96 * 365))
    first = f"130123{born:%Y%m%d}{random.randint(1, 999):03d}"
    return first + identifiers.id_card_check_digit(first)


def uscc(random: Random, _: date) -> str:
    """An invented unified social credit code."""
    body = "".join(random.choice("0123456789") for _ in range(9))
    first = f"92130123{body}"
    return first + identifiers.uscc_check_sign(first)


def mobile(random: Random, _: date) -> str:
    """An invented mobile number in a block of zeros."""
    return f"1380000{random.randint(0, 9_999):04d}"


def bank_card(random: Random, _: date) -> str:
    """An invented account that passes Luhn's check."""
    first = "622848" + "".join(random.choice("0123456789") for _ in range(12))
    return next(
        card for digit in range(10) if identifiers.luhn_valid(card := f"{first}{digit}")
    )


def cn_name(random: Random, _: date) -> str:
    """An invented name."""
    given = random.choice(_GIVEN) + random.choice(("", random.choice(_GIVEN)))
    return random.choice(_SURNAMES) + given


def address(random: Random, _: date) -> str:
    """An invented address."""
    return f"{random.choice(_VILLAGES)}示例村{random.randint(1, 300)}号"


def passport(random: Random, _: date) -> str:
    """An invented passport number."""
    return f"E{random.randint(0, 99_999_999):08d}"


_MAKERS: Mapping[str, Callable[[Random, date], str]] = {
    Format.ID_CARD: id_card,
    "household_register": id_card,
    "residence_permit": id_card,
    Format.USCC: uscc,
    Format.PHONE: mobile,
    Format.MOBILE: mobile,
    Format.BANK_CARD: bank_card,
    Format.CN_NAME: cn_name,
    Format.ADDRESS: address,
    Format.PASSPORT: passport,
    Format.POSTCODE: lambda random, _: f"0508{random.randint(0, 99):02d}",
}

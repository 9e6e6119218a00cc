"""Numbers and names that people write on forms: normalise, then check.

`check_x(text)` takes normalised text and returns None when it is right, else one Chinese
sentence for the person who typed it. Rules and test values: domain, section 6, validators.
"""

from __future__ import annotations

import re
from datetime import date

PROVINCES = frozenset(
    str(code)
    for block in (
        range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55),
        range(61, 66), (71,), range(81, 84),
    )
    for code in block
)  # fmt: skip
_ID_CARD = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_DIGITS = "10X98765432"
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}(-\d{1,6})?", re.ASCII)
_POSTCODE = re.compile(r"\d{6}", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}", re.ASCII)
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_CN_NAME = re.compile(rf"[{_HAN}A-Za-z]+(?:[· ][{_HAN}A-Za-z]+)*")
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NAME_DOTS = dict.fromkeys(map(ord, "•‧∙・・．"), "·")


def half_width(text: str) -> str:
    """Full-width letters, digits and blanks become half-width; ends are trimmed."""
    return text.translate(_HALF_WIDTH).strip()


def normalise_number(text: str) -> str:
    """For identity, credit and card numbers: half-width, no blanks, capital letters."""
    return re.sub(r"\s", "", half_width(text)).upper()


def normalise_phone(text: str) -> str:
    """Half-width, without blanks and without the country code."""
    number = re.sub(r"\s", "", half_width(text)).replace("—", "-").replace("–", "-")
    return number.removeprefix("+86").removeprefix("-")


def normalise_name(text: str) -> str:
    """Trim, one blank at most between parts, every kind of middle dot becomes U+00B7."""
    name = half_width(text.translate(_NAME_DOTS))
    return re.sub(r"\s*·\s*", "·", re.sub(r"\s+", " ", name))


def check_id_card(text: str, today: date | None = None) -> str | None:
    """GB 11643-1999: 18 digits, province, a real date not after `today`, MOD 11-2 check."""
    if re.fullmatch(r"\d{15}", text, re.ASCII):
        return "15位的旧身份证已经停用，请填写18位身份证号码。"
    if len(text) != 18:
        return f"身份证号码应为18位，现在是{len(text)}位。"
    if not _ID_CARD.fullmatch(text):
        return "身份证号码只能是数字，最后一位可以是X。"
    if text[:2] not in PROVINCES:
        return "身份证号码的前两位不是省份代码，请核对。"
    born = _date(text[6:14])
    if born is None or born.year < 1900:
        return "身份证号码中的出生日期（第7至14位）不存在，请核对。"
    if today is not None and born > today:
        return "身份证号码中的出生日期晚于今天，请核对。"
    if id_card_check_digit(text[:17]) != text[17]:
        return "身份证号码的校验位不对，请对照证件逐位核对。"
    return None


def id_card_check_digit(first17: str) -> str:
    """The 18th sign of an identity number (ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * w for digit, w in zip(first17, _ID_WEIGHTS, strict=True))
    return _ID_DIGITS[total % 11]


def birth_date(id_card: str) -> date | None:
    """The date of birth inside an identity number; None when there is none."""
    return _date(id_card[6:14]) if len(id_card) == 18 else None


def gender(id_card: str) -> str | None:
    """`male` or `female` by the 17th digit; None when the text is no identity number."""
    if len(id_card) != 18 or not id_card[16].isdecimal():
        return None
    return "male" if int(id_card[16]) % 2 else "female"


def check_uscc(text: str) -> str | None:
    """GB 32100-2015 unified social credit code: 18 signs without I O S V Z, check sign."""
    if len(text) != 18:
        return f"统一社会信用代码应为18位，现在是{len(text)}位。"
    if any(sign not in _USCC_SIGNS for sign in text):
        return "统一社会信用代码只能用数字和大写字母，且不含字母I、O、S、V、Z。"
    if uscc_check_sign(text[:17]) != text[17]:
        return "统一社会信用代码的校验位不对，请对照营业执照或证书核对。"
    return None


def uscc_check_sign(first17: str) -> str:
    """The 18th sign of a unified social credit code."""
    pairs = zip(first17, _USCC_WEIGHTS, strict=True)
    total = sum(_USCC_SIGNS.index(sign) * weight for sign, weight in pairs)
    return _USCC_SIGNS[(31 - total % 31) % 31]


def check_mobile(text: str) -> str | None:
    """A mobile number of the mainland."""
    if _MOBILE.fullmatch(text):
        return None
    return "手机号码应为11位数字，以13至19开头。"


def check_phone(text: str) -> str | None:
    """A mobile number or a landline with area code, with or without extension."""
    if _MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text):
        return None
    return "请填写11位手机号码，或带区号的固定电话（如0311-88880000）。"


def check_bank_card(text: str) -> str | None:
    """12 to 19 digits; old passbooks and rural accounts have no check digit."""
    if not re.fullmatch(r"\d+", text, re.ASCII):
        return "银行账号只能是数字。"
    if not 12 <= len(text) <= 19:
        return f"银行账号应为12至19位数字，现在是{len(text)}位。"
    return None


def warn_bank_card(text: str) -> str | None:
    """A warning, never an error: cards of 16 to 19 digits usually pass Luhn's check."""
    if not 16 <= len(text) <= 19 or luhn_valid(text):
        return None
    return "这个账号不符合银行卡的校验规则，可能有误；存折或农村信用社老账号除外，请核对。"


def luhn_valid(digits: str) -> bool:
    """Luhn's check over all digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def check_cn_name(text: str) -> str | None:
    """2 to 30 signs: Han of every extension (GB 18030-2022), `·`, Latin for foreigners."""
    if not 2 <= len(text) <= 30:
        return "姓名应为2至30个字。"
    if not _CN_NAME.fullmatch(text):
        return "姓名只能用汉字、间隔号“·”或外文字母，请去掉数字和其他符号。"
    return None


def check_postcode(text: str) -> str | None:
    """Six digits."""
    return None if _POSTCODE.fullmatch(text) else "邮政编码应为6位数字。"


def check_passport(text: str) -> str | None:
    """Letters and digits as on any country's passport; there is no common check digit."""
    return None if _PASSPORT.fullmatch(text) else "护照号码应为5至20位大写字母和数字。"


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None

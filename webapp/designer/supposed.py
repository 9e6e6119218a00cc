"""Values that somebody supposes, to see what a form or a table makes of them.

Nothing here is stored and nothing of a real case is read.
"""

from __future__ import annotations

from typing import Any

from workflows import feel
from workflows.errors import ExpressionError

NULL = "null"


def meant(typed: str, *, text: bool = False) -> Any:
    """What a typed value means: FEEL where it is FEEL (`3`, `true`, `"joint"`), else the text.

    `joint` without quotation marks is the text: nobody types a variable here. Where only a
    `text` can be meant, `3` is one as well.
    """
    typed = typed.strip()
    if typed in {"", NULL}:
        return None
    try:
        value = feel.evaluate(typed, {})
    except ExpressionError:
        return typed
    return typed if value is None or (text and not isinstance(value, str)) else value

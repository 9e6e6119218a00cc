"""Text to tree: the grammar in `feel.lark`, and what it says in Chinese when it cannot."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from workflows.errors import ExpressionError
from workflows.feel.limits import MAX_DEPTH, MAX_SOURCE
from workflows.feel.spelling import NONE, Names, hide, is_hidden, plain

Node = Tree[Token]

_GRAMMAR = Path(__file__).with_name("feel.lark")
_FULL_WIDTH = {
    "“": '"',
    "”": '"',
    "‘": '"',
    "’": '"',
    "「": '"',
    "」": '"',
    "，": ",",
    "、": ",",
    "：": ":",
    "（": "(",
    "）": ")",
    "【": "[",
    "】": "]",
    "＝": "=",
    "＜": "<",
    "＞": ">",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "＋": "+",
    "－": "-",
    "—": "-",
    "×": "*",
    "÷": "/",
    "？": "?",
    "。": ".",
    "；": ",",
}
_FOREIGN = {
    "==": "相等请写 =",
    "&": "“并且”请写 and",
    "|": "“或者”请写 or",
    "!": "“不”请写 not(…)，“不等于”请写 !=",
    "'": '文字请用双引号 "…"',
    "%": "求余数请写 modulo(a, b)",
    "$": "变量直接写名称，不加 $ 和大括号",
    "#": "变量直接写名称，不加 # 和大括号",
    ";": "只能写一个表达式",
}
_SURROGATE = re.compile("[\ud800-\udfff]")


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual",
        start=["expression", "tests"],
        propagate_positions=True,
        maybe_placeholders=False,
    )


def read(text: str, start: str, known: Names = NONE) -> Node:
    """The tree of an `expression` or of `tests`; `known` are names with blanks or signs.

    Raises ExpressionError with the column.
    """
    if len(text) > MAX_SOURCE:
        sentence = f"表达式超过 {MAX_SOURCE} 个字符"
        raise ExpressionError(sentence, column=MAX_SOURCE + 1, code="budget")
    if not text.strip():
        raise ExpressionError("表达式是空的", column=1)
    stray = _SURROGATE.search(text)
    if stray is not None:
        raise ExpressionError("表达式里有不完整的字符", column=stray.start() + 1)
    hidden, proper = hide(text, known)
    try:
        tree: Node = _parser().parse(hidden, start=start)
    except UnexpectedInput as wrong:
        raise _explain(wrong, text) from wrong
    _refuse_depth(tree)
    if proper:
        _respell(tree, proper)
    return tree


def _respell(tree: Node, proper: dict[str, str]) -> None:
    """Give the tokens of wide names their proper spelling."""
    for node in tree.iter_subtrees():
        for at, child in enumerate(node.children):
            if isinstance(child, Token) and is_hidden(child):
                node.children[at] = child.update(value=plain(child, proper))


def column_of(tree: Node | Token) -> int:
    """1-based column at which a part of the expression starts."""
    if isinstance(tree, Token):
        return (tree.start_pos or 0) + 1
    return int(getattr(tree.meta, "start_pos", 0)) + 1


def _refuse_depth(tree: Node) -> None:
    level: list[Node] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        if not level:
            return
    sentence = f"表达式嵌套超过 {MAX_DEPTH} 层"
    raise ExpressionError(sentence, column=column_of(level[0]), code="budget")


def _explain(wrong: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(wrong, UnexpectedToken) and wrong.token.type == "$END":
        return ExpressionError("表达式没有写完", column=len(text.rstrip()) + 1)
    at = wrong.pos_in_stream or 0
    return ExpressionError(_sentence(wrong, text, at), column=at + 1)


def _sentence(wrong: UnexpectedInput, text: str, at: int) -> str:
    seen = str(wrong.token) if isinstance(wrong, UnexpectedToken) else text[at : at + 1]
    before = text[at - 1 : at]
    if seen[:1] in _FULL_WIDTH:
        return f"“{seen[:1]}”是中文标点，请改用英文的 {_FULL_WIDTH[seen[0]]}"
    if seen == "=" and before == "=":
        return _FOREIGN["=="]
    if seen[:1] in _FOREIGN:
        return f"不认识“{seen[:1]}”：{_FOREIGN[seen[0]]}"
    if seen[:1] == '"':
        unfinished = isinstance(wrong, UnexpectedCharacters)
        return "文字缺少右边的引号" if unfinished else f"这里不能出现文字 {seen[:30]}"
    return f"这里不能出现“{seen[:30]}”"

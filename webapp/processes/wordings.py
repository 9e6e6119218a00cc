"""Wordings of documents (文书文本): what may stand in one, checked line by line.

A wording is text with placeholders, never a program. What is said here is said before it is
published; how a document is filled is decided where it is issued (`webapp.cases.planning`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from webapp.processes.placeholders import GROUPS
from workflows.errors import WorkflowError
from workflows.findings import Finding, Severity
from workflows.forms import read_form

ADVERSE = frozenset({"D06", "D10", "D20", "D25"})
"""Carry the remedy clause (domain §1.6); never removable."""
PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*\}")
MAX_BYTES = 100_000
_WORDS: dict[str, tuple[str, ...]] = {
    "organ": ("competent", "township"),
    "numbering": ("gap_free", "sequence"),
    "seal": ("acceptance", "organ", "none"),
    "addressee": ("applicant", "organ", "county", "county_office", "internal"),
}
SOURCES = (
    *("answers", "received", "required", "kept", "open_papers", "lacking", "relay"),
    *("opinions", "volume"),
)
_KEYS = frozenset(_WORDS) | {
    *("code", "title", "paragraphs", "lists", "basis", "basis_licence", "remedy"),
    *("signatures", "copies"),
}
_BRACES = re.compile(r"\{[^{}]*\}?")
_FLOW = re.compile(r"\s*(#|- \{|\w+:\s*\{)")  # remarks, and YAML's own braces
_TEXTS = "应是一句话，或者每行用“- ”开头的几句话"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong at a line of a wording."""

    severity: Severity
    line: int | None
    sentence: str
    remedy: str = ""
    code: str = "wording"


def read_wording(content: bytes) -> dict[str, Any] | Wrong:
    """The wording of a file as it was written, or why it is none."""
    if len(content) > MAX_BYTES:
        return Wrong(Severity.ERROR, None, "文书文本太长，超过100 KB。")
    try:
        text = content.decode("utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            return Wrong(Severity.ERROR, None, "不能用 YAML 的引用（*），请把文字写出来。")
        read = yaml.safe_load(text)
    except UnicodeDecodeError:
        return Wrong(Severity.ERROR, None, "不是 UTF-8 编码的文字。")
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else None
        return Wrong(
            Severity.ERROR,
            line,
            "这一行的写法不对，后面的读不下去。",
            "看看引号是不是成对、冒号后面有没有空格、各行的缩进是不是对齐。",
        )
    except (yaml.YAMLError, ValueError, RecursionError):
        return Wrong(Severity.ERROR, None, "读不懂：不是合格的 YAML。")
    if not isinstance(read, dict):
        return Wrong(
            Severity.ERROR, 1, '应是“项目: 内容”一行一行的对照，例如 title: "受理通知书"。'
        )
    return {str(key): value for key, value in read.items()}


def findings_of_wording(
    path: str, content: bytes, forms: Mapping[str, bytes]
) -> tuple[Finding, ...]:
    """What is wrong in a wording; `forms` are the library's, whose questions are placeholders."""
    return tuple(
        Finding(one.code, one.severity, path, one.line, "", one.sentence, one.remedy)
        for one in _wrong(content, questions(forms))
    )


def _wrong(content: bytes, asked: frozenset[str]) -> Iterator[Wrong]:
    read = read_wording(content)
    if isinstance(read, Wrong):
        yield read
        return
    lines = content.decode("utf-8").splitlines()
    yield from _shape(read, lines)
    yield from _placeholders(lines, known() | asked)
    code = str(read.get("code", ""))
    if code in ADVERSE:
        yield from _adverse(read, lines)


def _shape(read: Mapping[str, Any], lines: list[str]) -> Iterator[Wrong]:
    for key in read.keys() - _KEYS:
        remedy = _like(key, _KEYS)
        yield Wrong(
            Severity.UNFIT, _line(lines, key), f"没有“{key}”这一项，不会印出来。", remedy
        )
    for key, allowed in _WORDS.items():
        if read.get(key) is not None and str(read[key]) not in allowed:
            sentence = f"“{key}”不能写“{str(read[key])[:40]}”。"
            yield Wrong(
                Severity.UNFIT, _line(lines, key), sentence, f"可以写：{'、'.join(allowed)}。"
            )
    for key in ("title", "paragraphs"):
        if not read.get(key):
            yield Wrong(Severity.ERROR, _line(lines, key), f"没有写“{key}”，印出来是空的。")
    if not isinstance(read.get("title"), str | None):
        yield Wrong(Severity.ERROR, _line(lines, "title"), "“title”应是一句话。")
    for key in ("paragraphs", "basis", "basis_licence"):
        if not _is_texts(read.get(key)):
            yield Wrong(Severity.ERROR, _line(lines, key), f"“{key}”{_TEXTS}。")
    yield from _tables(read.get("lists"), lines)
    clause, copies = read.get("remedy"), read.get("copies")
    if clause is not None and not (
        isinstance(clause, Mapping) and isinstance(clause.get("text"), str)
    ):
        yield Wrong(Severity.ERROR, _line(lines, "remedy"), "“remedy”里要有 text: 一句话。")
    if copies is not None and not isinstance(copies, Mapping):
        yield Wrong(Severity.ERROR, _line(lines, "copies"), "“copies”里写 count 和 text。")
    signs = read.get("signatures")
    if signs is not None and not (
        isinstance(signs, list) and all(isinstance(one, Mapping) for one in signs)
    ):
        yield Wrong(
            Severity.ERROR, _line(lines, "signatures"), "“signatures”每行写 role 和 label。"
        )


def _tables(lists: Any, lines: list[str]) -> Iterator[Wrong]:
    at = _line(lines, "lists")
    if lists is None:
        return
    if not isinstance(lists, list) or not all(isinstance(one, Mapping) for one in lists):
        yield Wrong(Severity.ERROR, at, "“lists”每张表写 source、title 和 columns。")
        return
    for one in lists:
        if one.get("source") not in SOURCES:
            sentence = f"没有“{str(one.get('source'))[:40]}”这张表。"
            yield Wrong(Severity.UNFIT, at, sentence, f"可以写：{'、'.join(SOURCES)}。")
        columns = one.get("columns")
        if not isinstance(columns, list) or not all(isinstance(c, Mapping) for c in columns):
            yield Wrong(Severity.ERROR, at, "表的“columns”每列写 key 和 title。")


def _is_texts(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return value is None or isinstance(value, str)


def _placeholders(lines: list[str], names: frozenset[str]) -> Iterator[Wrong]:
    for number, line in enumerate(lines, 1):
        if _FLOW.match(line):
            continue
        for name in PLACEHOLDER.findall(line):
            if name not in names:
                sentence = f"没有占位符“{{{name}}}”，印出来会是空白。"
                yield Wrong(Severity.UNFIT, number, sentence, _like(name, names, "{{{}}}"))
        for broken in _BRACES.findall(PLACEHOLDER.sub("", line)):
            sentence = f"“{broken[:30]}”不是占位符，会照原样印出来。"
            yield Wrong(
                Severity.UNFIT,
                number,
                sentence,
                "占位符写成 {名称}，名称只用字母、数字和下划线。",
            )


def _adverse(read: Mapping[str, Any], lines: list[str]) -> Iterator[Wrong]:
    if not read.get("remedy"):
        sentence = "不利决定必须写救济途径，不能删。"
        yield Wrong(Severity.UNFIT, _line(lines, "remedy"), sentence)
    text = str(read.get("paragraphs"))
    for name, words in (("reason", "理由"), ("legal_basis", "法律依据")):
        if name not in PLACEHOLDER.findall(text):
            sentence = f"不利决定的正文要有{words}（{{{name}}}）。"
            yield Wrong(Severity.UNFIT, _line(lines, "paragraphs"), sentence)


def _line(lines: list[str], key: str) -> int | None:
    start = re.compile(rf"['\"]?{re.escape(key)}['\"]?\s*:")
    return next((n for n, line in enumerate(lines, 1) if start.match(line)), None)


def _like(name: str, names: frozenset[str], form: str = "{}") -> str:
    near = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return f"是不是想写“{form.format(near[0])}”？" if near else ""


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Placeholders that the product fills by itself."""
    return frozenset(one.name for group in GROUPS for one in group.placeholders)


def questions(forms: Mapping[str, bytes]) -> frozenset[str]:
    """Keys of the questions of forms: each is a placeholder, too."""
    found: set[str] = set()
    for path, content in forms.items():
        found |= _questions(path, content)
    return frozenset(found)


@lru_cache(maxsize=512)
def _questions(path: str, content: bytes) -> frozenset[str]:
    try:
        return frozenset(one.key for one in read_form(content, path).fields)
    except WorkflowError:
        return frozenset()

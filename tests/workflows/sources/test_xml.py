"""The front door for XML: encodings are honoured (E20), hostile files refused in words."""

from __future__ import annotations

import time

import pytest

from tests.workflows.drawings import END, START, chain, diagram, task
from workflows.errors import Unreadable
from workflows.sources.diagrams import read_diagram
from workflows.sources.xml import read_xml

NAMED = diagram(START, task("a", 'name="审查材料"'), END, chain("s", "a", "e")).decode()


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("GBK", "gbk"),
        ("GB2312", "gb2312"),
        ("gb18030", "gb18030"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-be"),
        ("UTF-16", "utf-16-le"),
        ("Big5", "big5"),
    ],
)
def test_names_survive_every_encoding(declared: str, codec: str) -> None:
    text = NAMED.replace("UTF-8", declared).replace(
        "审查材料", "申請" if codec == "big5" else "审查材料"
    )
    process = read_diagram(text.encode(codec), "p.bpmn").processes[0]
    found = process.scope.elements["a"]
    assert found.name == ("申請" if codec == "big5" else "审查材料")
    assert found.line == 5


def test_gbk_is_read_as_its_superset() -> None:
    # 镕 and € are in GB18030 but not in GB2312; tools declare GB2312 all the same
    text = NAMED.replace("UTF-8", "GB2312").replace("审查材料", "朱镕基€")
    process = read_diagram(text.encode("gb18030"), "p.bpmn").processes[0]
    assert process.scope.elements["a"].name == "朱镕基€"


def test_wrong_encoding_names_the_line() -> None:
    with pytest.raises(Unreadable, match=r"第 5 行.*UTF-8"):
        read_xml(NAMED.encode("gbk"), "p.bpmn")


def test_unknown_encoding() -> None:
    with pytest.raises(Unreadable, match="rot13"):
        read_xml(NAMED.replace("UTF-8", "rot13").encode(), "p.bpmn")


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    "<b>&b;</b>"
)


@pytest.mark.parametrize(
    ("hostile", "sentence"),
    [
        (BOMB, "第 2 行.*DOCTYPE"),
        ("<!DOCTYPE x>\n<x/>", "DOCTYPE"),
        ("<!-- <a> -->\n<?p?><!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>", "DOCTYPE"),
        ("<a>&lt;&unknown;</a>", "实体"),
        ("<a><b></a>", "第 1 行.*配对"),
        ("<a>", "不完整|没有结束"),
        ("", "空"),
        ("   \n", "空"),
        ("not xml", "XML"),
        ("<a x='1' x='2'/>", "两遍"),
        ("<p:a/>", "."),
        ("<a>\x00</a>", "字符|XML"),
        ("<a " * 400 + ">", "."),
        ("<a>" * 400 + "</a>" * 400, "嵌套"),
    ],
)
def test_hostile_files_are_refused_in_words(hostile: str, sentence: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable, match=sentence) as refused:
        read_diagram(hostile.encode(), "坏.bpmn")
    assert str(refused.value).startswith("坏.bpmn")
    assert time.monotonic() - began < 2


def test_an_element_of_too_many_attributes_is_refused_at_its_line() -> None:
    """lxml lists attributes in quadratic time: 300,000 of them took minutes."""
    many = " ".join(f'a{number}="1"' for number in range(60_000))
    began = time.monotonic()
    with pytest.raises(Unreadable, match="第 2 行：一个元素的属性超过 500 个"):
        read_xml(f"<a>\n<b {many}/></a>".encode(), "many.bpmn")
    assert time.monotonic() - began < 5


def test_deep_but_tolerated_by_libxml() -> None:
    with pytest.raises(Unreadable, match="嵌套超过 200 层"):
        read_xml(b"<a>" * 220 + b"</a>" * 220, "deep.bpmn")


def test_too_large() -> None:
    with pytest.raises(Unreadable, match="太大"):
        read_xml(b"<a>" + b" " * 6_000_000 + b"</a>", "big.bpmn")


def test_too_many_elements() -> None:
    with pytest.raises(Unreadable, match="标记太多"):
        read_xml(b"<a>" + b"<b/>" * 400_000 + b"</a>", "many.bpmn")


def test_external_entity_is_never_fetched(tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    text = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'
    with pytest.raises(Unreadable) as refused:
        read_xml(text.encode(), "x.bpmn")
    assert "geheim" not in str(refused.value)


def test_other_xml_is_not_a_diagram() -> None:
    with pytest.raises(Unreadable, match="不是 BPMN"):
        read_diagram(b"<html/>", "page.bpmn")

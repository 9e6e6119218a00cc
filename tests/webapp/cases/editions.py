"""New versions of the library as tests need them, and moving cases to them as the office does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.webapp.cases.desk import Desk
from webapp.cases import actions
from webapp.cases.models import Case, Transfer, TransferLine
from webapp.core import db
from webapp.core.models import OutboxMessage
from webapp.organisations.queries import Acting
from webapp.processes.actions.publishing import Act, put_in_force
from webapp.processes.queries.library import contents, in_force

OFFICE = "county_service_office"
Edits = Mapping[str, Sequence[tuple[str, str]]]
"""Path of a file → texts to replace, each once or more."""


@dataclass
class Editions:
    """Publishes versions and moves cases, by the two people of the county office."""

    desk: Desk

    @property
    def designer(self) -> Acting:
        """Who proposes."""
        return self.desk.acting(OFFICE, "county.designer")

    @property
    def publisher(self) -> Acting:
        """Who confirms."""
        return self.desk.acting(OFFICE, "county.publisher")

    def publish(self, edits: Edits) -> None:
        """Put the library with these edits in force."""
        files = contents(in_force())
        for path, texts in edits.items():
            text = files[path].decode() if path in files else ""
            for old, new in texts:
                assert old in text or not text, (path, old)
                text = text.replace(old, new) if text else new
            files[path] = text.encode()
        put_in_force(files, Act("draft", self.publisher, self.desk.at, "试改"))

    def propose(self, *cases: Case, **chosen: str) -> Transfer:
        """Propose that cases go to the version in force."""
        key = cases[0].process_version.process.key
        return actions.propose_transfer(
            self.designer, key, {case.pk: chosen for case in cases}, "会议纪要第3号"
        )

    def confirm(self, act: Transfer) -> list[TransferLine]:
        """Confirm an act and let the worker do all of it."""
        actions.decide_transfer(act.pk, self.publisher, agree=True)
        return self.work(act)

    def move(self, *cases: Case, chosen: Mapping[str, str] | None = None) -> list[TransferLine]:
        """Propose, confirm and carry out."""
        return self.confirm(self.propose(*cases, **(chosen or {})))

    def back(self, act_id: int) -> list[TransferLine]:
        """Take the cases of an act back."""
        act = actions.undo_transfer(act_id, self.publisher, "会议决定暂缓")
        return self.work(act)

    def work(self, act: Transfer) -> list[TransferLine]:
        """Do what the outbox has for the act; the lines afterwards."""
        wanted = OutboxMessage.objects.filter(channel="transfer-case", sent_at=None)
        with db.pretended(self.desk.at):
            for message in wanted.order_by("pk"):
                actions.transfer_case(message.payload["line"])
        wanted.update(sent_at=self.desk.at)
        return list(act.lines.order_by("pk"))

"""The error tree of the pure core. Every sentence is fit for the person who caused it."""

from __future__ import annotations


class WorkflowError(Exception):
    """Root of everything that `workflows` raises on purpose."""


class Unreadable(WorkflowError):
    """A file could not be read at all (not XML, too large, hostile, wrong encoding)."""


class NotExecutable(WorkflowError):
    """A definition has findings of severity `error`; it must not be run."""


class SnapshotUnreadable(WorkflowError):
    """A snapshot is damaged, of an unknown format, or of another definition."""


class CommandRefused(WorkflowError):
    """The engine cannot carry out this command in the present state."""


class NoSuchToken(CommandRefused):
    """The token is not open: already completed, cancelled, or never existed."""


class NothingMatches(CommandRefused):
    """No condition of a gateway is true and it has no default flow."""


class ExpressionError(WorkflowError):
    """A FEEL expression cannot be read or evaluated; carries the column (1-based).

    `code` says which: `syntax` (no FEEL), `budget` (a limit passed), `value` (a variable that
    no expression can hold), or a code of its own for a decision.
    """

    def __init__(
        self,
        sentence: str,
        *,
        expression: str = "",
        column: int | None = None,
        code: str = "syntax",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.expression = expression
        self.column = column

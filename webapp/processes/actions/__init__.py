"""The verbs on processes: drafts, their review, and what comes into force."""

from __future__ import annotations

from webapp.processes.actions.drafts import (
    MAX_BYTES,
    Overtaken,
    add_file,
    begin_draft,
    discard_draft,
    import_file,
    leave_file,
    remove_file,
    restore_save,
    save_file,
    take_file,
    too_large,
)
from webapp.processes.actions.publish_library import publish_library
from webapp.processes.actions.publishing import Published
from webapp.processes.actions.remarks import remark, settle_remark
from webapp.processes.actions.review import (
    approve_draft,
    publish_draft,
    publish_due_drafts,
    recall_draft,
    return_draft,
    roll_back,
    submit_draft,
    take_current,
)
from webapp.processes.actions.trials import begin_run, end_run, set_moves, take_up_draft

__all__ = [
    "MAX_BYTES",
    "Overtaken",
    "Published",
    "add_file",
    "approve_draft",
    "begin_draft",
    "begin_run",
    "discard_draft",
    "end_run",
    "import_file",
    "leave_file",
    "publish_draft",
    "publish_due_drafts",
    "publish_library",
    "recall_draft",
    "remark",
    "remove_file",
    "restore_save",
    "return_draft",
    "roll_back",
    "save_file",
    "set_moves",
    "settle_remark",
    "submit_draft",
    "take_current",
    "take_file",
    "take_up_draft",
    "too_large",
]

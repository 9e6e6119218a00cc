"""Who may open what: every address of the site, by its name, with the people who get in.

Everybody else gets 404, and the sign-in page when not signed in. This table is the county's rule
in words; `test_doors` walks every person through every door. A new address needs a line here.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.architecture.people import OUTSIDE, STAND_IN, names

EVERYBODY = names()
SIGNED_IN = EVERYBODY - {OUTSIDE}
NOBODY: frozenset[str] = frozenset()


def _of(*roles: str) -> frozenset[str]:
    return frozenset(name for name in EVERYBODY if name.partition(" @ ")[0] in roles)


WORKING = _of(
    "village.agent", "township.window", "township.head_window", "township.handler",
    "township.leader", "county.window", "county.head_window", "county.handler",
    "county.section_head", "county.leader", "county.government", "county.office",
)  # fmt: skip
"""People in whose posts steps can wait. Not designers, not the three administrators (三员分立)."""
SEARCHING = WORKING | _of("inspection", "oversight")
REGISTERING = _of("village.agent", "township.window", "county.window")
AGENTS = _of("village.agent")
COUNTY_EYES = _of("county.office", "inspection", "oversight")
LEDGER = COUNTY_EYES | _of(
    "village.agent", "township.window", "township.head_window", "township.leader"
)
SUPERVISING = _of("township.leader", "county.leader", "county.government", "county.office")
BOARD = COUNTY_EYES | _of(
    "township.leader",
    "township.head_window",
    "county.head_window",
    "county.leader",
    "county.government",
)
DESIGNING = _of("county.designer")
PUBLISHING = _of("county.publisher")
CHANGING = _of("county.office")
READING_PARAMETERS = PUBLISHING | COUNTY_EYES
TRYING = DESIGNING | PUBLISHING
READING_LIBRARY = DESIGNING | PUBLISHING | COUNTY_EYES
FILING_ABSENCE = frozenset({
    "township.window @ own", "township.head_window @ own", "township.leader @ own",
    "county.office @ own",
})  # fmt: skip
"""For the absence of the scene: she herself, the heads of her centre, the county office."""
ABSENCE = FILING_ABSENCE | {STAND_IN}
"""And her B, who signs the hand-over sheet."""
ARRANGING = _of(
    "county.office", "township.leader", "township.head_window", "county.head_window",
    "county.leader",
)  # fmt: skip
HEADS_OWN = FILING_ABSENCE - {"township.window @ own"}
"""For posts, people and draft rosters of the centre: its heads, and the county office."""
UPLOADING = frozenset({"township.window @ own"})
"""Whose the upload of the scene is: nobody else goes on with it, not even a colleague."""
CARD_OF = frozenset({"township.window @ own"})
"""Whose the card of the scene is: the post where the matter waited."""
CARD_SEEN = CARD_OF | COUNTY_EYES | {"township.head_window @ own", "township.leader @ own"}
JUDGING = _of("county.office", "inspection")
CASE = "case"
"""Whoever may know of it: units that took it, answer for it, have or had a step of it, have the
power; the station of its village; and those who read every case."""
CASE_OF_WINDOW = "case, for those who register"
ITEM = "item"
"""The people of the post where it waits."""
IN_HAND = "in hand"
"""Those, the window that answers for the case, and the agent who filed it."""
AT_WINDOW = "at the window"
"""The window that answers for the case, and the agent who filed it."""
LEADS = "leads"
"""The heads of the window that answers for the case, and of the organ with the power."""
PRINTING = "printing"
"""Those who have it in hand, and the organ whose seal the papers carry."""
OFFICE = "office"
"""The county office, for what is filed with it."""
ITEM_OR_LEADS = "item or leads"
"""The people of the post where it waits, and the heads."""
SEAT = "seat"
"""The county's eyes, and leaders of this unit."""


@dataclass(frozen=True)
class Door:
    """One address: its methods, and who gets in.

    `who` is a set of walkers, or what decides for each case: CASE, ITEM, IN_HAND (see there).
    `changes`: a POST with a good body changes rows (so that the walk can prove that the same
    body changes nothing for anybody else).
    """

    who: frozenset[str] | str
    methods: str = "GET"
    changes: bool = False


CONTACT = frozenset({
    "township.window @ own", "township.head_window @ own", "township.leader @ own",
    "township.handler @ own",
}) | COUNTY_EYES  # fmt: skip
"""The enquiry of the scene: asked at the window, sent to the handler; people of both units."""
FIGURES = COUNTY_EYES | _of(
    "township.leader", "township.head_window", "county.head_window", "county.leader"
)


DOORS: dict[str, Door] = {
    "home": Door(SIGNED_IN),
    "health": Door(EVERYBODY),
    "portal:query": Door(EVERYBODY, "GET POST"),
    # -- the gate and one's own account
    "accounts:sign_in": Door(EVERYBODY, "GET POST"),
    "accounts:sign_out": Door(SIGNED_IN, "POST", changes=True),
    "accounts:preferences": Door(SIGNED_IN, "GET POST", changes=True),
    "accounts:password": Door(SIGNED_IN, "GET POST"),
    "accounts:large": Door(EVERYBODY, "POST"),
    "accounts:language": Door(EVERYBODY, "POST"),
    # -- lists: each shows only what its reader may see
    "inboxes:inbox": Door(WORKING),
    "inboxes:inbox_list": Door(WORKING, "POST", changes=True),
    "inboxes:view_save": Door(WORKING, "POST", changes=True),
    "inboxes:view_drop": Door(frozenset({"township.window @ own"}), "POST", changes=True),
    "inboxes:export": Door(WORKING, "POST", changes=True),  # the record of it
    "inboxes:together": Door(WORKING, "POST"),  # nothing ticked: a sentence
    "inboxes:messages": Door(SIGNED_IN),
    "inboxes:messages_seen": Door(SIGNED_IN, "POST"),
    "inboxes:reach": Door(SIGNED_IN, "GET POST", changes=True),
    "inboxes:done": Door(SEARCHING),
    "inboxes:cases": Door(SEARCHING),
    "inboxes:numbers": Door(SEARCHING),
    "inboxes:village": Door(AGENTS),
    "inboxes:village_ledger": Door(LEDGER),
    "inboxes:village_ledger_csv": Door(LEDGER),
    # -- absence and cover: one's own, and those for whom one answers
    "inboxes:duty": Door(SIGNED_IN),
    "inboxes:duty_seen": Door(SIGNED_IN, "POST", changes=True),
    "inboxes:cover": Door(SIGNED_IN),
    "inboxes:absence_new": Door(SIGNED_IN, "GET POST", changes=True),
    "inboxes:absence": Door(ABSENCE),
    "inboxes:absence_change": Door(FILING_ABSENCE, "GET POST", changes=True),
    "inboxes:absence_do": Door(FILING_ABSENCE, "POST", changes=True),
    "inboxes:handover": Door(frozenset({STAND_IN}), "GET POST", changes=True),
    "inboxes:rosters": Door(SIGNED_IN),
    "inboxes:roster_new": Door(ARRANGING, "POST", changes=True),
    "inboxes:roster": Door(HEADS_OWN),  # a draft
    "inboxes:roster_edit": Door(HEADS_OWN, "GET POST", changes=True),
    "inboxes:groups": Door(SIGNED_IN),
    "inboxes:group_keep": Door(HEADS_OWN | {"village.agent @ own"}, "POST", changes=True),
    # -- first contact: whoever works here can be asked first
    "contacts:contacts": Door(SEARCHING),
    "contacts:contact_new": Door(WORKING, "GET POST", changes=True),
    "contacts:contact_draft": Door(WORKING, "POST", changes=True),
    "contacts:contact": Door(CONTACT),
    "contacts:contact_do": Door(CONTACT, "POST", changes=True),  # who: the action
    "contacts:notice": Door(CONTACT, "POST", changes=True),
    "contacts:figures": Door(FIGURES),
    # -- fees
    "fees:ledger": Door(SEARCHING),
    "fees:fee": Door(CASE),
    "fees:fee_do": Door(AT_WINDOW, "POST"),  # the item of the scene is free: a sentence, 409
    # -- registering
    "inboxes:register": Door(REGISTERING),
    "inboxes:register_item": Door(REGISTERING, "GET POST", changes=True),
    "inboxes:register_state": Door(REGISTERING, "POST"),
    "inboxes:register_draft": Door(REGISTERING, "POST", changes=True),
    # -- a work item: only for the post where it waits
    "inboxes:item": Door(ITEM, "GET POST", changes=True),
    "inboxes:item_state": Door(ITEM, "POST"),
    "inboxes:item_draft": Door(ITEM, "POST", changes=True),
    "inboxes:send_back": Door(ITEM, "POST"),  # nothing to go back to: a sentence, 409
    "inboxes:reassign": Door(ITEM_OR_LEADS, "GET POST"),  # to nobody: told at the field, 422
    "inboxes:snooze": Door(ITEM, "GET POST"),  # without a day: told at the field, 422
    "inboxes:delay": Door(ITEM, "POST"),  # which step has a clock to move: the action
    "inboxes:claim": Door(ITEM, "POST", changes=True),
    "inboxes:release": Door(ITEM, "POST"),
    # -- a case: for those who have, or had, something to do with it
    "inboxes:registered": Door(CASE_OF_WINDOW),
    "inboxes:case": Door(CASE),
    "inboxes:case_tab": Door(CASE),
    "inboxes:watch": Door(CASE, "POST", changes=True),
    "inboxes:diagram_file": Door(CASE),
    "inboxes:document": Door(CASE),
    "inboxes:document_pdf": Door(CASE),
    "inboxes:with_me": Door(SEARCHING),
    "inboxes:urge": Door(CASE, "GET POST"),  # whose role may: the county's table
    "inboxes:supervise": Door(CASE, "GET POST"),
    "inboxes:answer_demand": Door(CASE, "GET POST"),  # of no demand: 404
    "inboxes:copy": Door(CASE, "GET POST"),
    "inboxes:comment": Door(CASE, "GET POST"),
    "inboxes:end_copy": Door(CASE, "POST"),
    "inboxes:print_papers": Door(PRINTING, "POST", changes=True),
    "inboxes:revoke_mandate": Door(IN_HAND, "POST"),  # nobody has given one: a sentence
    "inboxes:issue_paper": Door(IN_HAND, "POST", changes=True),
    "inboxes:volume": Door(PRINTING, "POST", changes=True),
    "inboxes:printing": Door(WORKING),
    "inboxes:ways": Door(WORKING),
    "inboxes:receive_papers": Door(WORKING, "POST"),  # which papers are hers: the action
    "inboxes:put_on_run": Door(WORKING, "POST"),
    "inboxes:run_paper": Door(NOBODY),  # no run of this number: 404 for everybody
    "inboxes:upload_begin": Door(WORKING, "POST", changes=True),  # where: the action
    "inboxes:upload": Door(UPLOADING, "GET POST"),  # without a piece: a sentence, 422
    "inboxes:attachment": Door(CASE),
    "inboxes:preview": Door(CASE),
    "inboxes:papers": Door(CASE, "POST", changes=True),  # others who see it: a sentence, 409
    "inboxes:reveal": Door(IN_HAND, "POST", changes=True),
    "inboxes:withdraw": Door(AT_WINDOW, "POST", changes=True),
    "inboxes:suspend": Door(LEADS, "POST", changes=True),
    "inboxes:resume": Door(LEADS, "POST"),  # nothing is suspended: a sentence, 409
    "inboxes:terminate": Door(IN_HAND, "POST", changes=True),
    "inboxes:decide": Door(LEADS, "POST"),
    "inboxes:give_back": Door(AT_WINDOW, "POST"),  # nothing goes back yet: a sentence, 409
    "inboxes:acknowledge": Door(OFFICE, "POST"),  # nothing is filed by command
    "inboxes:answer": Door(LEADS, "POST"),
    # -- leaders and the county office
    "office:board": Door(BOARD),
    "office:unit_items": Door(SEAT),
    "office:denials": Door(COUNTY_EYES),
    "office:processes": Door(COUNTY_EYES),
    "office:process": Door(COUNTY_EYES),
    "office:process_part": Door(COUNTY_EYES),
    "office:process_drawing": Door(COUNTY_EYES),
    "office:items": Door(READING_PARAMETERS),
    "office:item": Door(READING_PARAMETERS),
    "office:calendar": Door(COUNTY_EYES),
    "office:seals": Door(COUNTY_EYES | _of("admin.audit")),
    "office:calendar_import": Door(CHANGING, "POST"),  # without a file: a sentence, 422
    "office:repairs": Door(COUNTY_EYES),
    "office:repair": Door(OFFICE, "POST"),  # nothing is wrong: a sentence
    "office:coverage": Door(COUNTY_EYES),
    "office:staff": Door(ARRANGING),
    "office:staff_unit": Door(HEADS_OWN),
    "office:post": Door(HEADS_OWN),
    "office:post_assign": Door(HEADS_OWN, "POST", changes=True),
    "office:a_posts": Door(HEADS_OWN, "GET POST", changes=True),
    "office:post_filings": Door(COUNTY_EYES),
    "office:post_filing_answer": Door(_of("county.office"), "POST", changes=True),
    "office:leave": Door(HEADS_OWN, "GET POST", changes=True),
    "office:cards": Door(SEARCHING),
    "office:card": Door(CARD_SEEN),
    "office:card_appeal": Door(CARD_OF, "POST", changes=True),
    "office:card_decide": Door(JUDGING, "POST"),  # no appeal is open: a sentence, 409
    # -- parameters: proposed by the county office, reviewed by a second person
    "office:units": Door(READING_PARAMETERS),
    "office:unit": Door(READING_PARAMETERS),
    "office:roles": Door(READING_PARAMETERS),
    "office:supervision": Door(READING_PARAMETERS),
    "office:parameters": Door(READING_PARAMETERS),
    "office:verbs": Door(READING_PARAMETERS),
    "office:changes": Door(READING_PARAMETERS),
    "office:change_begin": Door(CHANGING, "POST", changes=True),
    "office:change": Door(READING_PARAMETERS),
    "office:change_save": Door(CHANGING, "POST", changes=True),
    "office:change_state": Door(CHANGING, "POST"),
    "office:change_verb": Door(READING_PARAMETERS, "POST", changes=True),  # who: the action
    # -- drafts of the library, and their publication
    "designer:library": Door(READING_LIBRARY),
    "designer:file_in_force": Door(READING_LIBRARY),
    "designer:begin": Door(DESIGNING, "GET POST", changes=True),
    "designer:draft": Door(READING_LIBRARY),
    "designer:scenarios": Door(READING_LIBRARY),
    "designer:rehearsal": Door(READING_LIBRARY),
    "designer:change": Door(READING_LIBRARY, "POST", changes=True),  # who may do it: the action
    "designer:import_file": Door(DESIGNING, "POST"),
    "designer:imported": Door(READING_LIBRARY),
    "designer:edit": Door(READING_LIBRARY),
    "designer:content": Door(READING_LIBRARY),
    "designer:base": Door(READING_LIBRARY),
    "designer:save": Door(DESIGNING, "POST"),
    "designer:check": Door(READING_LIBRARY),
    "designer:form_preview": Door(READING_LIBRARY, "GET POST"),
    "designer:form_preview_state": Door(READING_LIBRARY, "POST"),
    "designer:wording_page": Door(READING_LIBRARY, "POST"),
    "designer:table_trial": Door(READING_LIBRARY, "POST"),
    "designer:compare": Door(READING_LIBRARY),
    "designer:counts": Door(READING_LIBRARY),
    "designer:running": Door(READING_LIBRARY),
    "designer:board": Door(READING_LIBRARY, "GET POST"),  # who may propose: the action
    "designer:transfer": Door(READING_LIBRARY),
    "designer:transfer_lines": Door(READING_LIBRARY),
    "designer:transfer_decide": Door(DESIGNING | PUBLISHING, "POST", changes=True),
    "designer:transfer_retry": Door(PUBLISHING, "POST"),  # nothing has stopped: a sentence, 409
    "designer:transfer_undo": Door(PUBLISHING, "POST"),  # nothing was moved: a sentence, 409
    "designer:story": Door(READING_LIBRARY),
    "designer:play_begin": Door(TRYING, "GET POST", changes=True),
    "designer:play": Door(TRYING, "GET POST", changes=True),
    "designer:play_form": Door(TRYING, "POST"),
    "designer:play_diagram": Door(TRYING),
    "designer:play_save": Door(DESIGNING, "POST", changes=True),
    "designer:play_end": Door(TRYING, "POST", changes=True),
    "designer:publications": Door(READING_LIBRARY),
    "designer:roll_back": Door(
        PUBLISHING, "POST"
    ),  # the product's own library: a sentence, 409
}

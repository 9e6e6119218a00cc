"""What can be done to an enquiry: one verb a function, one transaction, one audit event."""

from __future__ import annotations

from webapp.contacts.actions.chasing import chase_referrals
from webapp.contacts.actions.ending import answer_contact, become_case, carry_over
from webapp.contacts.actions.referring import give_back_referral, refer, take_referral
from webapp.contacts.actions.registering import Enquiry, register_contact
from webapp.contacts.actions.revealing import reveal_contact

__all__ = [
    "Enquiry",
    "answer_contact",
    "become_case",
    "carry_over",
    "chase_referrals",
    "give_back_referral",
    "refer",
    "register_contact",
    "reveal_contact",
    "take_referral",
]

"""What the people of the journeys write into the forms of their steps."""

from __future__ import annotations

REVIEWED = {
    "methods": ["papers", "shared"],
    "findings": "核对了申请表、身份证和共享数据，情况属实。",
}
REVIEW = {**REVIEWED, "outcome": "complete", "opinion": "材料齐全，情况属实。"}
PRELIM = {
    **REVIEWED,
    "recommendation": "approve",
    "legal_basis": "《河北省老年人优待办法》第八条",
    "opinion": "符合条件，建议准予。",
}
PROPOSE = {
    "proposal": "grant",
    "facts": "申请人符合规定的条件，材料齐全。",
    "decision_content": "准予，自下月起执行。",
    "legal_basis": "《行政许可法》第三十八条",
    "opinion": "符合条件，建议准予。",
}
CHECK = {
    "checked": ["procedure", "papers", "limit", "basis"],
    "outcome": "agree",
    "opinion": "程序合法，依据正确。",
}
APPROVE = {"outcome": "grant", "opinion": "同意承办意见，准予。"}
ACCEPT = {"outcome": "accept", "opinion": "材料齐全，符合法定形式。"}
SEND = {"outcome": "send", "opinion": "初审清楚，同意上报。"}
RECEIVE = {"outcome": "receive", "opinion": "材料与清单相符。"}
COUNTY_REVIEW = {**REVIEWED, "outcome": "complete", "opinion": "可以提出决定意见。"}
DELIVERED = {
    "outcome": "delivered",
    "recipient_is": "self",
    "content_checked": "true",
}
TOLERATE = {
    "outcome": "tolerate",
    "tolerance_consequence": "leader",
    "main_complete": "true",
    "commitment_signed": "true",
    "opinion": "主件齐全，缺的副件可以容缺，申请人承诺限期补齐。",
}
VERIFIED = {"outcome": "complete", "opinion": "补交的材料已核对，符合要求。"}
CONVENE = {"reply_days": "5", "opinion": "请各部门按时答复，写明依据。"}
AGREE = {"outcome": "agree", "opinion": "经核实，符合规定，没有意见。"}
ACKNOWLEDGE = {"outcome": "acknowledge", "opinion": "理由、依据清楚，已备案。"}

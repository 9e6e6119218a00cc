"""Placeholders of documents: what each prints, and an invented example for previews.

The names are those of `webapp.cases.planning.words` and of questions of forms; docs/wording.md
says where each comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name that may stand in braces, what it means, and an example."""

    name: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Group:
    """Placeholders that belong together."""

    title: str
    placeholders: tuple[Placeholder, ...]


_TEXT = """
# 申请人和办件
applicant|申请人|王桂兰
applicant_masked|打码的姓名，用于公示|王某某
applicant_id_masked|证件号（打码）|1301**********0021
applicant_phone_masked|电话（打码）|138****0000
applicant_address|地址|正定县新安镇东里双村
village|村|东里双村
item|事项|农村村民宅基地审批
item_code|事项编码|ZR01
case_number|办件编号|XA2026030300012
received_on|收件日期|2026年3月3日
received_at|收件时间，到分钟|2026年3月3日9时30分
accepted_on|受理日期|2026年3月4日
acceptance_basis|怎样受理的|申请时即齐全
decided_on|决定日期|2026年3月20日
today|出具日期|2026年3月20日
delivery_mode|送达方式|窗口领取
# 机关、窗口和人
organ|出具机关|新安镇人民政府
competent_organ_name|有权机关|正定县自然资源和规划局
place|受理中心|新安镇便民服务中心
window|窗口|综合窗口
address|中心地址|新安镇中心街1号
officer|经办人|李志强
phone|咨询电话|0311-88000000
supervision_phone|监督电话|0311-88000001
county_office|县政务办|正定县政务服务管理办公室
reconsideration_organ|行政复议机关|正定县人民政府
court|管辖法院|有管辖权的人民法院
agent|代办员|赵秀英
agent_unit|代办员的站点|东里双村便民服务站
# 时限
check_due_on|审查到期日|2026年3月10日
statutory_limit|法定时限|20个工作日
statutory_due_on|法定到期日|2026年3月31日
statutory_why|法定到期日的算法|自2026年3月3日起20个工作日
promised_limit|承诺时限|10个工作日
promised_due_on|承诺到期日|2026年3月18日
promised_why|承诺到期日的算法|自2026年3月3日起10个工作日
supplement_due_on|补正到期日|2026年3月17日
supplement_limit|补正期限|10个工作日
tolerance_due_on|容缺补齐到期日|2026年3月17日
tolerance_limit|容缺补齐期限|10个工作日
tolerance_bar|失信多久不再容缺|1年
delivery_due_on|送达到期日|2026年4月3日
delivery_limit|送达期限|10个工作日
county_due_on|县级办理到期日|2026年3月16日
county_limit|县级办理时限|5个工作日
handup_due_on|上报到期日|2026年3月6日
handup_limit|上报时限|3个工作日
publicity_due_on|公示到期日|2026年3月12日
publicity_limit|公示期|7日
check_limit|审查时限|5个工作日
extended_due_on|延期后的到期日|2026年4月14日
extended_by|延长多少|10个工作日
approver|批准人|陈建国
# 理由和意见
reason|理由|宅基地面积超过规定标准
legal_basis|法律依据|《中华人民共和国土地管理法》第六十二条
facts|事实|经现场核查，申请人户内无其他宅基地
findings|核查情况|四至清楚，邻里无争议
opinion|意见|同意
recommendation|建议|建议准予
decision_content|决定内容|同意使用宅基地150平方米
competent_organ|应当向哪里申请|正定县公安局
explained_how|怎样说明的|当面说明
supplement_note|补正说明|请在到期日以前交到窗口
tolerance_consequence|不补齐的后果|到期不补齐的，撤销受理
extension_reason|延期理由|需要实地丈量
refile|能不能再申请|可以。补齐条件后随时可以重新申请
fail_reason|没有送到的原因|收件人外出
# 特别程序、中止和联办
procedure_name|特别程序|专家评审
procedure_days|需要多久|10个工作日
procedure_clocks|时限停不停|法定办结时限从今天起暂停计算，程序结束的次日起接着算。
procedure_by|谁来做|县住房和城乡建设局
procedure_reason|为什么要做|需要评审设计方案
procedure_basis|依据|《中华人民共和国行政许可法》第四十五条
suspension_cause|中止原因|等待确定权利承受人
suspended_on|中止日期|2026年3月9日
suspension_number|中止文号|正自然资中〔2026〕1号
clocks_stopped|停止计算的时限|承诺办结时限
clocks_going_on|照常计算的时限|法定办结时限
department_name|联办部门|县农业农村局
department_question|请它答复的问题|是否占用永久基本农田
department_due_on|答复期限|2026年3月11日
lead_window|牵头窗口|新安镇便民服务中心综合窗口
# 送达和其他文书
served_document|送达的文书|准予决定书
served_number|送达文书的文号|正自然资准〔2026〕12号
served_on|送达日期|2026年3月21日
served_place|送达地点|新安镇便民服务中心
recipient|签收人|王桂兰
recipient_is|签收人是谁|本人
relation|和申请人的关系|本人
mail_number|邮件号|EMS1000000000001
denial_document|否定的文书|不予决定书
denial_number|否定文书的文号|正自然资不准〔2026〕2号
proposer|提出人|李志强
confirmer|确认人|陈建国
# 听证、笔录和代办
held_on|举行日期|2026年3月13日
held_place|举行地点|县政务服务大厅听证室
officers|主持和记录人|陈建国、李志强
present|到场的人|王桂兰、东里双村村委会
record_text|笔录内容|各方陈述了意见
mandate_from|委托开始|2026年3月3日
mandate_until|委托结束|2026年6月3日
mandate_powers|委托权限|代为提交材料、领取结果
mandate_reason|为什么委托|年老行动不便
mandate_witness|见证人|孙建军
in_person_steps|必须本人办的|现场签字
in_person_reason|必须到场的原因|需要核对本人
# 办事指南
guide_basis|依据|《中华人民共和国土地管理法》第六十二条
guide_flow|流程|受理、审查、决定、送达
guide_where|到哪里办|新安镇便民服务中心
guide_limits|时限|承诺10个工作日
guide_fee|收费|不收费
guide_result|结果|准予决定书
"""


def _groups() -> Iterator[Group]:
    for block in _TEXT.strip().split("# ")[1:]:
        title, *lines = block.strip().splitlines()
        yield Group(title, tuple(Placeholder(*line.split("|")) for line in lines))


GROUPS = tuple(_groups())
EXAMPLES = {one.name: one.example for group in GROUPS for one in group.placeholders}

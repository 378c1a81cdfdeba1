"""The services that a new park offers: what the articles on Kunshan and on service integration name. Data, no code.

Limits in working days as they are usual: a question 1, help 5, a complaint 10; longer for what takes longer everywhere.
"""

from dataclasses import dataclass
from typing import Final

RESPONSE_MINUTES: Final = 120


@dataclass(frozen=True)
class ServiceFact:
    """One service: `department` is the code of the window that deals with it, where the park has one."""

    code: str
    category: str
    name: str
    name_en: str
    days: int
    description: str
    description_en: str
    documents: str = ""
    documents_en: str = ""
    department: str = "service"


SERVICES: Final = (
    ServiceFact(
        "company-registration",
        "landing",
        "企业登记代办",
        "Company registration errand",
        5,
        "代为办理设立、变更登记，全程跟办。",
        "We file the registration or its change for you and follow it to the end.",
        "章程\n股东身份证明\n住所证明",
        "Articles of association\nShareholders' identification\nProof of address",
    ),
    ServiceFact(
        "tax-registration",
        "landing",
        "税务登记代办",
        "Tax registration errand",
        5,
        "代为办理税务登记、发票领用等事项。",
        "We handle tax registration and invoice forms for you.",
        "营业执照\n经办人身份证明",
        "Business licence\nIdentification of the person in charge",
        "tax",
    ),
    ServiceFact(
        "bank-account",
        "landing",
        "银行开户代办",
        "Bank account errand",
        5,
        "联系银行上门，协助开立账户。",
        "We bring the bank to you and help to open the account.",
        "营业执照\n法定代表人身份证明",
        "Business licence\nIdentification of the legal representative",
    ),
    ServiceFact(
        "land-lease",
        "landing",
        "用地手续代办",
        "Land formalities",
        10,
        "协助办理用地批租、规划等手续。",
        "We help with the land lease and planning formalities.",
    ),
    ServiceFact(
        "environment",
        "landing",
        "环评咨询与代办",
        "Environmental assessment",
        10,
        "提供标准化环评服务，协助编制和报批。",
        "Standardised help with preparing and filing the environmental assessment.",
        "项目简介\n工艺流程\n平面布置图",
        "Project outline\nProcess description\nSite plan",
        "environment",
    ),
    ServiceFact(
        "fit-out",
        "landing",
        "装修许可代办",
        "Fit-out permit",
        5,
        "代为办理装修、消防等许可。",
        "We obtain the fit-out and fire protection permits for you.",
        "施工图\n租赁合同",
        "Construction drawings\nLease contract",
    ),
    ServiceFact(
        "recruitment",
        "operation",
        "招聘用工",
        "Hiring",
        5,
        "发布岗位，组织招聘会，对接院校。",
        "We publish your vacancies, hold job fairs and connect you with schools.",
        "岗位需求表",
        "List of vacancies",
    ),
    ServiceFact(
        "safety",
        "operation",
        "安全生产",
        "Work safety",
        5,
        "安全生产辅导、培训和检查前自查。",
        "Advice and training on work safety, and a rehearsal before inspections.",
    ),
    ServiceFact(
        "insurance",
        "operation",
        "办理保险",
        "Insurance",
        5,
        "协助办理社会保险和商业保险。",
        "Help with social and commercial insurance.",
    ),
    ServiceFact(
        "logistics",
        "operation",
        "原料与产品运输",
        "Logistics",
        5,
        "协调原材料和产品运输、通关。",
        "We coordinate the transport of materials and products, and customs.",
    ),
    ServiceFact(
        "legal",
        "operation",
        "法律服务",
        "Legal advice",
        5,
        "合同、用工、经营中的法律咨询。",
        "Advice on contracts, labour and business law.",
    ),
    ServiceFact(
        "accounting",
        "operation",
        "会计与审计",
        "Accounting and audit",
        5,
        "对接会计、审计等中介服务机构，由企业自选。",
        "We put you in touch with accountants and auditors; the choice is yours.",
    ),
    ServiceFact(
        "production",
        "operation",
        "生产组织与管理",
        "Running production",
        5,
        "水、电、气、厂房等生产条件的协调，生产管理辅导。",
        "Power, water, gas and premises, and advice on running production.",
    ),
    ServiceFact(
        "listing",
        "growth",
        "上市辅导",
        "Going public",
        10,
        "对接券商和交易所，辅导上市准备。",
        "We connect you with brokers and the exchange and help you to prepare a listing.",
    ),
    ServiceFact(
        "equity",
        "growth",
        "资本运营与股权",
        "Capital and equity",
        10,
        "股权改造、引入投资的辅导与对接。",
        "Advice on equity and on finding investors.",
    ),
    ServiceFact(
        "ip",
        "growth",
        "知识产权",
        "Intellectual property",
        5,
        "专利、商标的申请与维权指导。",
        "Guidance on filing and defending patents and trade marks.",
    ),
    ServiceFact(
        "finance",
        "growth",
        "融资与金融服务",
        "Finance",
        10,
        "银企对接，缓解融资压力。",
        "We bring you together with banks to ease the pressure of financing.",
        "近两年财务报表",
        "Financial statements of the last two years",
    ),
    ServiceFact(
        "rnd",
        "growth",
        "产品研发支持",
        "Research and development",
        10,
        "对接科研院所、检测与中试平台。",
        "We connect you with institutes, testing and pilot facilities.",
    ),
    ServiceFact(
        "marketing",
        "growth",
        "市场推广与供需对接",
        "Markets and partners",
        5,
        "园区企业产业链上下游的资源合作。",
        "We match you with suppliers and customers among the park's enterprises.",
    ),
    ServiceFact(
        "policy-question",
        "inquiry",
        "政策咨询",
        "Question about policies",
        1,
        "适用政策、申报条件和流程的答复。",
        "Which policies apply to you, on which conditions and how to apply.",
    ),
    ServiceFact(
        "question",
        "inquiry",
        "其他咨询",
        "Any other question",
        1,
        "不知道该问谁？问这里，首问负责。",
        "Not sure whom to ask? Ask here: whoever receives it owns it.",
    ),
    ServiceFact(
        "complaint",
        "complaint",
        "投诉",
        "Complaint",
        10,
        "对服务、办事或周边经营环境的投诉，专人协调。",
        "About a service, an office or the business environment; one person sees it through.",
    ),
)

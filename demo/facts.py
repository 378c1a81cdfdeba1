"""What two published articles say of two zones: parks, operators, positioning, departments, companies; no more."""

from dataclasses import dataclass
from typing import Final

JINAN_DAILY: Final = "《济南日报》2020-05-29"
HUISHAN_ARTICLE: Final = "《着力提高招商引资实效的“惠山经验”》2021-04-19"


@dataclass(frozen=True)
class ParkFact:
    """A zone or a park inside it."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str
    operator: str = ""
    positioning: str = ""
    industries: tuple[str, ...] = ()
    description: str = ""
    source: str = JINAN_DAILY


PARKS: Final = (
    ParkFact("platform", "落地演示平台", "Luodi demonstration platform", "platform", "", source=""),
    ParkFact(
        "jibei",
        "济南济北经济开发区",
        "Jibei Economic Development Zone",
        "zone",
        "platform",
        positioning="“区中园”市场化招商：四家运营商与开发区共同招大引强，企业入园须经开发区筛查把关。",
        industries=("食品饮料", "智能制造", "现代物流", "新一代信息技术", "生命科技", "总部经济"),
        description="2020年初：20个项目签订入园三方协议，12个拟签订，8个正在洽谈；1月至4月签约36个项目，新签约合同额265.92亿元。",
    ),
    ParkFact(
        "shaohaihui",
        "少海汇智慧住居科技产业园",
        "Shaohaihui Smart Living Park",
        "inner",
        "jibei",
        operator="万科集团、少海汇",
        positioning="智慧住居科技",
        industries=("智慧住居",),
    ),
    ParkFact(
        "zhizao",
        "济北智造小镇产业园",
        "Jibei Smart Manufacturing Town",
        "inner",
        "jibei",
        operator="山东连城置业有限公司",
        positioning="智能制造",
        industries=("智能制造",),
    ),
    ParkFact(
        "dawo",
        "山东达沃智慧产业园",
        "Dawo Smart Industry Park",
        "inner",
        "jibei",
        operator="山东大河时代建设开发有限公司",
        positioning="集聚以物联网泛终端、智慧城市产业、工业4.0为主线的优势资源，孵化瞪羚企业。",
        industries=("物联网泛终端", "智慧城市", "工业4.0"),
    ),
    ParkFact(
        "shujuhu",
        "山东数据湖产业园",
        "Shandong Data Lake Park",
        "inner",
        "jibei",
        operator="山东广电智达技术有限公司",
        positioning="大数据与新一代信息技术",
        industries=("大数据", "新一代信息技术"),
    ),
    ParkFact(
        "huishan",
        "惠山经开区创业中心",
        "Huishan Entrepreneurship Centre",
        "zone",
        "platform",
        positioning="差异化招商，培育壮大光电、智能制造特色产业，以龙头带动上下游集聚。",
        industries=("石墨烯新材料", "光电", "智能制造"),
        description="检验招商引资成效，最终要看项目落地。",
        source=HUISHAN_ARTICLE,
    ),
)


@dataclass(frozen=True)
class CompanyFact:
    """A company as an article names it, and what it says of it."""

    name: str
    park: str
    said: str


COMPANIES: Final = (
    CompanyFact("北京易华录", "jibei", "已引进的高端产业项目"),
    CompanyFact("中国联通北方客服中心", "jibei", "已引进的高端产业项目"),
    CompanyFact("华为城市产业云", "jibei", "已引进的高端产业项目"),
    CompanyFact("阿里人工智能实验室", "jibei", "已引进的高端产业项目"),
    CompanyFact("德国CONTACT数字虚拟仿真实验室", "jibei", "已引进的高端产业项目"),
    CompanyFact("山东元泰大数据", "jibei", "储备的优质项目"),
    CompanyFact("云号（山东）", "jibei", "储备的优质项目"),
    CompanyFact("济南阅信飞联", "jibei", "储备的优质项目"),
    CompanyFact("中国联通", "jibei", "重点项目，吸引上下游关联企业"),
    CompanyFact("勤邦生物", "jibei", "重点项目，吸引上下游关联企业"),
    CompanyFact("中航百慕新材料", "jibei", "项目已确定入园，筹备落地"),
    CompanyFact("中荣国投", "jibei", "2020年1月至4月签约"),
    CompanyFact("锐基电力", "jibei", "2020年1月至4月签约"),
    CompanyFact("长保新能源汽车", "jibei", "2020年1月至4月签约"),
    CompanyFact("卓微电子", "jibei", "2020年1月至4月签约"),
    CompanyFact("中德美联", "huishan", "引进培育的重点企业"),
    CompanyFact("变格新材料", "huishan", "引进培育的重点企业"),
    CompanyFact("格菲电子", "huishan", "引进培育的重点企业"),
    CompanyFact("烯晶碳能", "huishan", "引进培育的重点企业"),
    CompanyFact("天安智联", "huishan", "引进培育的重点企业"),
    CompanyFact("中车时代", "huishan", "引进培育的重点企业"),
    CompanyFact("锐科激光", "huishan", "引进培育的重点企业"),
    CompanyFact("大华激光", "huishan", "引进培育的重点企业"),
)

# (park, code, name, kind): Huishan's are named in its article, Jibei's carry out what its article describes.
DEPARTMENTS: Final = (
    ("jibei", "promotion-1", "招商一部", "promotion"),
    ("jibei", "promotion-2", "招商二部", "promotion"),
    ("jibei", "promotion-3", "招商三部", "promotion"),
    ("jibei", "service", "企业服务部", "service"),
    ("jibei", "tax", "税务窗口", "authority"),
    ("jibei", "environment", "环保窗口", "authority"),
    ("shaohaihui", "operator", "少海汇运营部", "operator"),
    ("zhizao", "operator", "智造小镇运营部", "operator"),
    ("dawo", "operator", "达沃运营部", "operator"),
    ("shujuhu", "operator", "数据湖运营部", "operator"),
    ("huishan", "promotion", "招商部门", "promotion"),
    ("huishan", "service", "产业服务部门", "service"),
    ("huishan", "platform", "产业承接平台", "other"),
)

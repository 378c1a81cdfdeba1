"""Plainly invented companies and words for the demonstration's half year."""

from typing import Final

from stdnum.cn import uscc

# (brand, trade, park, GB/T 4754 section, city)
_BRANDS: Final = [
    "光电",
    "激光",
    "新材料",
    "智造",
    "精工",
    "碳材",
    "储能",
    "芯联",
    "传感",
    "云数",
    "生物",
    "诊断",
    "食品",
    "饮品",
    "冷链",
    "物流",
    "装备",
    "机器人",
    "模具",
    "轴承",
    "泵业",
    "阀门",
    "电机",
    "电控",
    "线缆",
    "显示",
    "照明",
    "仪器",
    "软件",
    "数据",
    "安防",
    "通信",
    "物联",
    "家居",
    "厨电",
    "卫浴",
    "包装",
    "印刷",
    "纺材",
    "医械",
    "药业",
    "检测",
    "环保",
    "水务",
    "节能",
    "热能",
    "光伏",
    "风能",
    "氢能",
    "动力",
    "汽配",
    "轮毂",
    "铸造",
    "锻压",
    "焊接",
    "刀具",
    "涂层",
    "膜材",
    "胶粘",
    "陶瓷",
]
_CITIES: Final = (
    ("江苏省", "无锡市"),
    ("山东省", "济南市"),
    ("上海市", "上海市"),
    ("广东省", "深圳市"),
    ("浙江省", "宁波市"),
)
# How many companies each park works on.
_SHARES: Final = (("jibei", 38), ("dawo", 8), ("shujuhu", 3), ("zhizao", 3), ("huishan", 8))

DEMANDS: Final = (
    "标准厂房约 3,000 平方米，层高不低于 8 米，承重 2 吨",
    "希望三个月内投产，装修与环评并行办理",
    "关心人才公寓与通勤，首批用工 80 人",
    "需要稳定供电与工业蒸汽，关注价格",
    "希望对接本地上游供应商与银行授信",
)
SAID: Final = (
    "介绍园区定位与载体情况，对方对标准厂房感兴趣，要求补充层高与承重资料。",
    "对方介绍扩产计划，主要顾虑是用工与环评时限，约定下次带环保窗口一同沟通。",
    "参观生产线，了解上下游配套需求，对方希望看到同类企业落户情况。",
    "沟通投资强度与建设周期，对方内部将于本月讨论选址方案。",
    "就租金、交付标准与开工时间逐条交换意见，形成会谈纪要。",
    "对方负责人到园区实地察看厂房与周边配套，评价积极。",
)
NEXT_STEPS: Final = ("送厂房方案", "安排负责人见面", "补充环评要求说明", "约定来访接待", "发送协议草案", "回访选址结论")
SOURCES: Final = ("own", "event", "referral", "association", "fund", "hometown", "incubator", "chain_gap", "inquiry")
PLACES: Final = ("对方公司", "对方厂区", "行业展会", "园区会议室")
MET: Final = ("对方负责人甲", "对方副总乙", "对方选址负责人丙")
SUBMISSIONS: Final = (
    "某行业展会上了解到一家企业计划北方设厂",
    "已落户企业介绍其上游供应商有扩产意向",
    "基金合作方推荐的拟投项目正在选址",
    "商会走访得知会员企业计划搬迁",
    "外地媒体报道的扩产项目尚未定址",
    "乡贤介绍的技术团队准备产业化",
)
REQUESTS: Final = (
    ("营业执照变更代办", "法定地址变更，需要园区协助办理执照与税务登记变更。"),
    ("招聘普工 30 名", "二期产线下月投用，希望园区协助发布岗位并组织专场招聘。"),
    ("厂房消防验收咨询", "装修改动了隔墙，想确认是否需要重新申报。"),
    ("临时用电增容", "新设备到货，需要增容 200 千伏安，请协助联系供电部门。"),
    ("员工子女入学", "有三名员工子女需要在园区附近入学，请说明材料与时间。"),
    ("融资对接", "希望与银行对接设备贷款，额度约一千万元。"),
    ("知识产权辅导", "准备申报三项发明专利，需要代理机构推荐。"),
    ("物流通道反馈", "园区北门货车限行影响发货，希望协调时段。"),
)


def _code(number: int) -> str:
    """A code that passes the check and shows that nobody bears it: the organisation part begins with XXXX."""
    body = f"{number:04d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = [33] * 4 + [int(digit) for digit in body]
    check = (11 - sum(weight * value for weight, value in zip(weights, values, strict=True)) % 11) % 11
    front = f"91370125XXXX{body}{'X' if check == 10 else check}"
    return str(front + uscc.calc_check_digit(front))


def companies() -> list[tuple[str, str, str, str, str]]:
    """(name, credit code, park, province, city) of every invented company, the same at every call."""
    made: list[tuple[str, str, str, str, str]] = []
    brands = iter(_BRANDS)
    for park, count in _SHARES:
        for _turn in range(count):
            number = len(made)
            province, city = _CITIES[number % len(_CITIES)]
            made.append((f"示例{next(brands)}有限公司", _code(number + 1), park, province, city))
    return made

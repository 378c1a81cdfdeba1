"""The demonstration's people: roles with letters for names, no real person."""

from typing import Final

# username, name, park, role, department
LOGINS: Final = (
    ("admin", "平台管理员", "platform", "platform_admin", None),
    ("parkadmin", "园区管理员", "jibei", "park_admin", None),
    ("leader", "园区领导", "jibei", "leader", None),
    ("manager", "招商一部负责人", "jibei", "department_manager", "promotion-1"),
    ("officer", "专员甲", "jibei", "officer", "promotion-1"),
    ("operator", "达沃运营经理", "dawo", "operator_manager", "operator"),
    ("window", "服务窗口", "jibei", "service_window", "service"),
    ("auditor", "审计员", "jibei", "auditor", None),
    ("enterprise", "示例企业经办人", "dawo", "enterprise", None),
)

# More colleagues, so that a ranking has something to rank; they cannot log in.
COLLEAGUES: Final = (
    ("officer-yi", "专员乙", "jibei", "officer", "promotion-1"),
    ("officer-bing", "专员丙", "jibei", "officer", "promotion-2"),
    ("officer-ding", "专员丁", "jibei", "officer", "promotion-2"),
    ("officer-wu", "专员戊", "jibei", "officer", "promotion-3"),
    ("officer-ji", "专员己", "jibei", "officer", "promotion-3"),
    ("manager-2", "招商二部负责人", "jibei", "department_manager", "promotion-2"),
    ("manager-3", "招商三部负责人", "jibei", "department_manager", "promotion-3"),
    ("enterprise-yi", "示例企业经办人乙", "jibei", "enterprise", None),
    ("window-2", "窗口经办人", "jibei", "service_window", "service"),
    ("dawo-officer", "达沃专员", "dawo", "operator_officer", "operator"),
    ("dawo-window", "达沃服务窗口", "dawo", "service_window", "operator"),
    ("shaohaihui-manager", "少海汇运营经理", "shaohaihui", "operator_manager", "operator"),
    ("zhizao-manager", "智造小镇运营经理", "zhizao", "operator_manager", "operator"),
    ("shujuhu-manager", "数据湖运营经理", "shujuhu", "operator_manager", "operator"),
    ("huishan-leader", "惠山园区领导", "huishan", "leader", None),
    ("huishan-manager", "惠山招商负责人", "huishan", "department_manager", "promotion"),
    ("huishan-officer", "惠山专员甲", "huishan", "officer", "promotion"),
    ("huishan-officer-yi", "惠山专员乙", "huishan", "officer", "promotion"),
    ("huishan-window", "惠山服务窗口", "huishan", "service_window", "service"),
)

"""Names by subject, discipline and domain, written for this project from general knowledge."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

#: disciplines of each subject; those that belong to several are in none
_OF_SUBJECT = {
    "农林园艺": "作物学 园艺学 农业资源利用 植物保护 畜牧学/兽医学 林学/林业工程 水产",
    "医药卫生": "基础医学/临床医学 口腔医学 公共卫生与预防医学 中医学/中药学 药学",
    "工学": "力学 机械工程 光学工程 材料科学与工程 冶金工程 动力工程及工程热物理 电气工程 "
    "电子科学与技术 信息与通信工程 控制科学与工程 建筑学 土木工程 水利工程 测绘科学与技术 "
    "石油与天然气工程 矿业工程 纺织科学与工程 交通运输工程 船舶与海洋工程 航空宇航科学与技术 "
    "兵器科学与技术 核科学与技术 环境科学与工程 食品科学与工程 农业工程",
    "心理学": "心理学",
    "教育教学": "教育学 体育学",
    "文史哲": "哲学 中国语言文学 历史学 新闻传播学",
    "法学": "法学 政治学 社会学 民族学",
    "理学": "数学 物理学 化学/化学工程与技术 天文学 地理学 大气科学 海洋科学 地球物理学 "
    "地质学/地质资源与地质工程 生物学/生物科学与工程",
    "经济管理": "理论经济学 应用经济学 管理科学与工程 工商管理 公共管理 农林经济管理",
    "艺术设计": "艺术学",
    "计算机": "计算机科学与技术",
}
_OF_DOMAIN = {
    "教育/数学": "数学",
    "教育/物理": "物理学",
    "教育/历史": "历史学",
    "教育/经济学": "理论经济学",
    "教育/心理学": "心理学",
    "教育/计算机": "计算机科学与技术",
    "健康生活/中医常识": "中医学/中药学",
    "健康生活/运动健身": "体育学",
}


def curriculum() -> tuple[tuple[str, str], ...]:
    """Pairs of (course name or term, subject).

    Examples
    --------
    >>> ("线性代数", "理学") in curriculum()
    True
    """
    return _pairs("curriculum.txt")


def domains() -> tuple[tuple[str, str], ...]:
    """Pairs of (name or term, path of domain and leaf).

    Examples
    --------
    >>> ("钢琴", "文化娱乐/音乐") in domains()
    True
    """
    return _pairs("domains.txt")


def disciplines() -> tuple[tuple[str, str], ...]:
    """Pairs of (term, discipline).

    Examples
    --------
    >>> ("牙本质", "口腔医学") in disciplines()
    True
    """
    return _pairs("disciplines.txt")


def learned() -> tuple[tuple[str, int], ...]:
    """Pairs of (word, level at which it is learned, 1 to 5).

    Examples
    --------
    >>> ("拼音", 1) in learned(), ("泛函", 5) in learned()
    (True, True)
    """
    return tuple((word, int(label[0])) for word, label in _pairs("levels.txt"))


def terms_by_subject() -> tuple[tuple[str, str], ...]:
    """Pairs of (term, subject): `disciplines` by what they belong to."""
    return _renamed(_OF_SUBJECT)


def terms_by_domain() -> tuple[tuple[str, str], ...]:
    """Pairs of (term, path of domain and leaf), of the disciplines that are such leaves."""
    return _renamed(_OF_DOMAIN)


def _renamed(groups: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    label = {name: group for group, names in groups.items() for name in names.split()}
    return tuple((term, label[name]) for term, name in disciplines() if name in label)


@cache
def _pairs(name: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    label = ""
    for line in files("nlp.training").joinpath(name).read_text("utf-8").splitlines():
        if line.startswith("# "):
            label = line[2:]
        else:
            found.extend((term, label) for term in line.split("、") if term)
    return tuple(found)

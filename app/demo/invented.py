"""Invented people in the shape of real ones; drawn from a seed, none of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.common.identity import check_character

COUNTIES = (
    ("东昌府区", "371502", "DC"),
    ("茌平区", "371503", "CP"),
    ("临清市", "371581", "LQ"),
    ("阳谷县", "371521", "YG"),
    ("莘县", "371522", "SX"),
    ("东阿县", "371524", "DE"),
    ("冠县", "371525", "GX"),
    ("高唐县", "371526", "GT"),
)
SCHOOLS = (
    ("聊城市第一中学", "371502"),
    ("聊城市第二中学", "371581"),
    ("聊城市第三中学", "371502"),
    ("聊城市第四中学", "371502"),
    ("聊城颐中外国语学校", "371502"),
    ("东昌府区实验小学", "371502"),
    ("茌平区实验中学", "371503"),
    ("临清市实验高级中学", "371581"),
    ("阳谷县第二中学", "371521"),
    ("莘县实验小学", "371522"),
    ("莘县第一中学", "371522"),
    ("东阿县实验中学", "371524"),
    ("冠县武训高级中学", "371525"),
    ("高唐县第一中学", "371526"),
)
SPECIALITIES = ("情绪", "亲子", "学业压力", "人际", "青春期", "危机干预", "网络使用", "生涯")
CONCERNS = ("情绪低落", "厌学", "亲子关系", "学业压力", "考试焦虑", "人际交往", "睡眠", "网络使用", "青春期", "自伤")
SOURCES = ("self", "parent", "school", "hospital", "hotline", "12355", "police", "other")
RELATIONS = ("母亲", "父亲", "祖母", "祖父", "外祖母")

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_RARE_SURNAMES = (
    "单",
    "曾",
    "解",
    "查",
    "仇",
    "区",
    "朴",
    "盖",
    "乐",
    "种",
    "翟",
    "缪",
    "尉迟",
    "万俟",
    "欧阳",
    "诸葛",
    "司马",
)
_GIVEN_NAMES = (
    "子琪 梓涵 雨桐 一诺 浩然 思远 佳怡 嘉懿 宇轩 欣妍 诗涵 俊熙 明哲 若曦 梦瑶 "
    "泽宇 晨曦 语嫣 文博 静怡 志强 秀英 建国 丽娜 伟 芳 敏 洋 勇 艳 杰 娟 涛 "
    "超 霞 平 刚 桂英 文静 天翊 沐辰 芷若 书瑶 奕辰 俊杰 雪怡 子涵 可馨 梓萱 "
    "昊天 靖雯 "
)
_GIVEN = tuple(_GIVEN_NAMES.split())
_RARE_GIVEN = ("䶮", "喆", "骉", "淼淼", "𬭛", "𫍯", "祎甯", "赟", "翀", "昇", "㛃", "懿轩")


@dataclass(frozen=True, slots=True)
class Invented:
    """A student or a parent with all that a form asks."""

    name: str
    sex: str
    birth_date: date
    id_number: str | None
    telephone: str
    school: int
    grade: str
    class_name: str
    county: str


def name(random: Random) -> str:
    """A full name; one in twelve has a rare surname or character."""
    family = random.choice(_RARE_SURNAMES) if random.random() < 0.08 else random.choice(_SURNAMES)
    given = random.choice(_RARE_GIVEN) if random.random() < 0.05 else random.choice(_GIVEN)
    return family + given


def telephone(random: Random) -> str:
    """A mobile number of a range that carriers use."""
    return random.choice(
        ("130", "135", "138", "150", "152", "158", "159", "177", "182", "187", "188", "189")
    ) + "".join(random.choice("0123456789") for _ in range(8))


def resident_id(random: Random, county: str, born: date, sex: str) -> str:
    """A number with a right check character."""
    order = random.randrange(0, 500) * 2 + (1 if sex == "male" else 0)
    body = f"{county}{born:%Y%m%d}{order:03d}"
    return body + check_character(body)


_GRADES = {
    6: "一年级", 7: "二年级", 8: "三年级", 9: "四年级", 10: "五年级", 11: "六年级", 12: "初一", 13: "初二", 14: "初三",
    15: "高一", 16: "高二", 17: "高三",
}  # fmt: skip


def student(random: Random, on: date) -> Invented:
    """Between 8 and 17 years old on that day."""
    age = random.choices(range(8, 18), weights=(1, 1, 2, 3, 6, 8, 8, 6, 5, 4))[0]
    born = date(on.year - age, on.month, 1) - timedelta(days=random.randrange(1, 330))
    school = random.randrange(len(SCHOOLS))
    sex = random.choice(("female", "male"))
    county = SCHOOLS[school][1]
    number = resident_id(random, county, born, sex) if random.random() < 0.6 else None
    return Invented(
        name(random),
        sex,
        born,
        number,
        telephone(random),
        school,
        _GRADES.get(age, "高三"),
        f"{random.randint(1, 12)}班",
        county,
    )

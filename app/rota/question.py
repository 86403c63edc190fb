"""Reads a question as it is typed, 周六 女 厌学 茌平, into what it asks for; pure. What is not understood is given
back, never silently dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = "一二三四五六日"
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SEX = {"女": "female", "女性": "female", "女专家": "female", "female": "female", "男": "male", "男性": "male"}
_SEX |= {"男专家": "male", "male": "male", "f": "female", "m": "male"}
_HALF = {"上午": "am", "早上": "am", "am": "am", "morning": "am", "下午": "pm", "pm": "pm", "afternoon": "pm"}
_NEXT = {"最近", "尽快", "下一个", "next", "soonest", "随时"}
_OWN = {"本中心", "本地", "here"}
_ALL = {"全部", "各县", "所有中心", "含县", "all"}
_AVOID = "回避"
_SOON = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2}
_WEEKDAY = re.compile(r"(下)?(?:周|星期|礼拜)([一二三四五六日天])(上午|下午)?")
_DATE = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_GRADE = re.compile(r"(?:[小初高][一二三]|[一二三四五六七八九]年级|\d{1,2}岁|year\d{1,2}|女孩|男孩|女生|男生)")

CONCERNS: dict[str, tuple[str, ...]] = {
    "厌学": ("学业压力", "亲子"),
    "拒学": ("学业压力", "亲子"),
    "学习": ("学业压力",),
    "学业": ("学业压力",),
    "考试": ("学业压力", "情绪"),
    "考试焦虑": ("学业压力", "情绪"),
    "情绪低落": ("情绪",),
    "抑郁": ("情绪", "危机干预"),
    "焦虑": ("情绪",),
    "睡眠": ("情绪",),
    "亲子关系": ("亲子",),
    "父母": ("亲子",),
    "人际交往": ("人际",),
    "同学": ("人际",),
    "手机": ("网络使用",),
    "游戏": ("网络使用",),
    "上网": ("网络使用",),
    "自伤": ("危机干预",),
    "自杀": ("危机干预",),
    "早恋": ("青春期",),
    "志愿": ("生涯",),
    "school refusal": ("学业压力", "亲子"),
}
"""Which specialities help with what people say on the telephone, the first the closest."""


@dataclass(frozen=True, slots=True)
class Known:
    """What words can mean here: (id, name) of centres and schools, the specialities that experts have, one's own
    centre."""

    own_centre: str
    centres: tuple[tuple[str, str], ...] = ()
    schools: tuple[tuple[str, str], ...] = ()
    specialities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FreeQuery:
    """谁有空. `first` to `last`, on `weekdays` (0 is Monday; empty: any), in `half` ("": either). `specialities`: any
    of them will do, the first the closest. `centres` empty: all. `school_id`, `school`: the client's, to be avoided.
    `name`: part of an expert's name or pinyin."""

    first: date
    last: date
    weekdays: tuple[int, ...] = ()
    half: str = ""
    sex: str = ""
    specialities: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    school_id: str | None = None
    school: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`ignored`: words that say nothing about who is free (a grade, an age); `unknown`: not understood."""

    query: FreeQuery
    ignored: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


AHEAD = timedelta(weeks=4)


def read_question(text: str, known: Known, today: date) -> Question:
    """Words may stand in any order, Chinese or English; a centre, a school and a speciality by any part of the name."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("school refusal", "厌学")
    fields: dict[str, object] = {}
    ignored: list[str] = []
    unknown: list[str] = []
    for word in re.split(r"[\s,、，。;；?？]+", plain):
        if word and not _take(word, fields, known, today):
            (ignored if _GRADE.fullmatch(word) else unknown).append(word)
    if len(unknown) == 1 and "name" not in fields and not unknown[0].startswith(_AVOID):
        fields["name"] = unknown.pop()
    query = FreeQuery(**{"first": today, "last": today + AHEAD, **fields})  # type: ignore[arg-type]
    return Question(query, tuple(ignored), tuple(unknown))


def _take(word: str, fields: dict[str, object], known: Known, today: date) -> bool:
    if word in _NEXT or word in _ALL:
        return True
    if word in _SEX:
        fields["sex"] = _SEX[word]
    elif word in _HALF:
        fields["half"] = _HALF[word]
    elif word in _OWN:
        fields["centres"] = (known.own_centre,)
    elif word in _SOON:
        fields["first"] = fields["last"] = today + timedelta(days=_SOON[word])
    elif _day(word, fields, today) or _speciality(word, fields, known):
        return True
    else:
        return _place(word, fields, known)
    return True


def _day(word: str, fields: dict[str, object], today: date) -> bool:
    if found := _WEEKDAY.fullmatch(word):
        later, name, half = found.groups()
        fields["weekdays"] = (*_numbers(fields), _WEEK.index("日" if name == "天" else name))
        if half:
            fields["half"] = _HALF[half]
        if later:
            monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
            fields["first"], fields["last"] = monday, monday + timedelta(days=6)
        return True
    if word[:3] in _ENGLISH and word.rstrip(".").isalpha() and word in (word[:3], *_long(word)):
        fields["weekdays"] = (*_numbers(fields), _ENGLISH.index(word[:3]))
        return True
    if word == "周末":
        fields["weekdays"] = (5, 6)
        return True
    if found := _DATE.fullmatch(word):
        return _date(found, fields, today)
    return False


def _numbers(fields: dict[str, object]) -> tuple[int, ...]:
    named = fields.get("weekdays", ())
    return tuple(int(str(one)) for one in named) if isinstance(named, tuple) else ()


def _long(word: str) -> tuple[str, ...]:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return tuple(one for one in full if one.startswith(word))


def _date(found: re.Match[str], fields: dict[str, object], today: date) -> bool:
    year, month, day = found.groups()
    try:
        named = date(int(year or today.year), int(month), int(day))
        if not year and named < today:
            named = named.replace(year=today.year + 1)
    except ValueError:
        return False
    fields["first"] = fields["last"] = named
    return True


def _speciality(word: str, fields: dict[str, object], known: Known) -> bool:
    wanted = CONCERNS.get(word) or tuple(one for one in known.specialities if word == one)
    if not wanted and len(word) > 1:
        wanted = tuple(one for one in known.specialities if word in one.casefold() or one in word)
    if not wanted:
        return False
    before = fields.get("specialities", ())
    fields["specialities"] = tuple(dict.fromkeys((*_texts(before), *wanted)))
    return True


def _place(word: str, fields: dict[str, object], known: Known) -> bool:
    """A centre; else a school of the directory, which is to be avoided; 回避X is a school for certain."""
    avoid = word.removeprefix(_AVOID)
    if avoid == word and len(word) > 1:
        centres = tuple(one for one, name in known.centres if word in name.casefold())
        if centres:
            fields["centres"] = (*_texts(fields.get("centres", ())), *centres)
            return True
    found = _school(avoid, known.schools)
    if found is not None and len(avoid) > 1:
        fields["school_id"], fields["school"] = found
        return True
    return False


def _school(word: str, schools: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The shortest name that has all of the characters in order: 三中 is 第三中学."""
    fits = [one for one in schools if word in one[1].casefold()]
    if not fits and len(word) >= 2 and word.endswith("中"):
        fits = [one for one in schools if f"第{word[:-1]}中" in one[1]]
    return min(fits, key=lambda one: (len(one[1]), one[1]), default=None)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()

"""The law leaves diagnosis and prescription to hospitals: what in a letter's text sounds like one is pointed out.

It warns and never blocks: only the psychologist knows whether a word is a quotation or the name of a clinic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.common.words import N_, tr

_ILLNESS = (
    "抑郁症|焦虑症|强迫症|躁狂症|恐惧症|恐怖症|惊恐障碍|双相情感障碍|双相障碍|双相|精神分裂症|神经症|神经衰弱|癔症|"
    "多动症|自闭症|孤独症|厌食症|暴食症|失眠症|抽动症|人格障碍|边缘型人格|应激障碍|适应障碍|品行障碍|情绪障碍|"
    "学习障碍|精神病|神经病|精神障碍|心理疾病"
)
_ILL = f"(?:{_ILLNESS}|症|病|障碍)"
_UNIT = "mg|毫克|ml|毫升|片|粒|支|微克|μg"
_DRUG = "舍曲林|氟西汀|帕罗西汀|西酞普兰|艾司西酞普兰|氟伏沙明|文拉法辛|度洛西汀|米氮平|阿立哌唑|奥氮平|喹硫平|利培酮|"
_DRUG += "碳酸锂|丙戊酸|劳拉西泮|阿普唑仑|氯硝西泮|地西泮|安定片|哌甲酯|托莫西汀|百忧解|左洛复"
_NOT_A_LABEL = "门诊|专科|病房|科室|筛查|评估|量表|知识|科普|协会|中心|防治"
_HEDGE = re.compile(r"(疑似|建议评估|待排除|排除|是否为?|筛查|评估)[^。；，,;\n]{0,6}$")

DIAGNOSIS = N_("“{word}” reads like a diagnosis. Write what was seen, or 疑似 or 建议评估; hospitals diagnose.")
LABEL = N_("“{word}” is a label. Write 疑似{word} or 建议评估, or better what was seen and heard.")
PRESCRIPTION = N_("“{word}” reads like a prescription. Leave medicines and doses to the hospital.")
HARSH = N_("“{word}” judges. Write what was seen, in neutral words.")


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    advice: str
    hedged: bool = False
    """Whether 疑似 before it makes it right."""


_DOSE = rf"(?:服用|口服|每日|每次|一日|早晚)[^。；\n]{{0,16}}?\d+(?:\.\d+)?\s*(?:{_UNIT})"
_RULES = (
    _Rule(re.compile(_DOSE, re.I), PRESCRIPTION),
    _Rule(re.compile(r"\d+(?:\.\d+)?\s*(?:mg|毫克|μg|微克)(?![a-z])", re.I), PRESCRIPTION),
    _Rule(re.compile(r"处方|开药|用药方案|加量|减量|停药|换药|遵医嘱服用"), PRESCRIPTION),
    _Rule(re.compile(_DRUG), PRESCRIPTION),
    _Rule(re.compile(r"(?<!明)确诊|(?<!明确)(?<!进一步)诊断(?!依据|评估)|误诊"), DIAGNOSIS),
    _Rule(re.compile(rf"(?:患有|患上|罹患|身患)(?:[^。；，,;\n]{{0,4}}?{_ILL})?"), DIAGNOSIS, hedged=True),
    _Rule(re.compile(rf"(?:患|得了)[^。；，,;\n者]{{0,4}}?{_ILL}"), DIAGNOSIS, hedged=True),
    _Rule(re.compile(rf"(?:{_ILLNESS})(?:患者|病人|患儿)"), DIAGNOSIS),
    _Rule(re.compile(rf"(?:{_ILLNESS})(?!{_NOT_A_LABEL}|状|样)"), LABEL, hedged=True),
    _Rule(re.compile(r"疯子|变态|懒惰|顽劣|不正常|矫情|问题学生|差生|撒谎成性|神经质"), HARSH),
)


@dataclass(frozen=True, slots=True)
class WordingNote:
    """One doubtful place: characters `start` to `end` of the text of `field`."""

    field: str
    start: int
    end: int
    word: str
    advice: str

    def text(self) -> str:
        """The advice in the language in force."""
        return tr(self.advice, word=self.word)


def check_text(text: str, field: str = "") -> tuple[WordingNote, ...]:
    """The doubtful places of one text in order; of overlapping ones the first rule's."""
    found: list[WordingNote] = []
    for rule in _RULES:
        for note in _matches(rule, text, field):
            if all(note.end <= other.start or note.start >= other.end for other in found):
                found.append(note)
    return tuple(sorted(found, key=lambda note: note.start))


def check_texts(texts: Mapping[str, str]) -> tuple[WordingNote, ...]:
    """As `check_text`, for several fields."""
    return tuple(note for field, text in texts.items() for note in check_text(text, field))


def _matches(rule: _Rule, text: str, field: str) -> Iterator[WordingNote]:
    for match in rule.pattern.finditer(text):
        hedged = rule.hedged and _HEDGE.search(text[: match.start()])
        if match.group() and not hedged:
            yield WordingNote(field, match.start(), match.end(), match.group(), rule.advice)

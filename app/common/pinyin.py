"""The pinyin under which a name is found, all readings included.

pypinyin alone is wrong for many surnames (单 曾 解 查 仇 区 朴 盖 乐 种 翟 缪), so surnames have a table of their own,
whose reading comes first; the other readings stay, because people type what they believe.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_READINGS = 5  # of one character
MOST_FULL = 24
MOST_INITIALS = 12

_SINGLE = """
单 shan; 曾 zeng; 解 xie; 查 zha; 仇 qiu; 区 ou; 朴 piao pu; 盖 ge gai; 乐 yue le; 种 chong; 翟 zhai;
缪 miao mou; 任 ren; 华 hua; 员 yun; 尉 wei yu; 覃 qin tan; 繁 po; 折 she; 秘 bi; 冼 xian; 洗 xian; 宁 ning;
那 na; 牟 mu mou; 逄 pang; 郇 huan xun; 隗 wei kui; 召 shao; 黑 he; 重 chong; 祭 zhai; 句 gou; 都 du; 车 che;
谌 chen shen; 葛 ge; 过 guo; 薄 bo; 柏 bai bo; 卜 bu; 长 chang; 尹 yin; 适 kuo; 应 ying; 幺 yao; 么 yao;
佴 nai; 曲 qu; 石 shi; 万 wan; 干 gan; 占 zhan; 藏 zang; 相 xiang; 行 xing; 厍 she; 宿 su; 会 gui; 阚 kan;
撒 sa; 贾 jia; 瞿 qu; 俞 yu; 燕 yan; 訾 zi; 不 fou bu; 殷 yin; 於 yu; 恽 yun; 仉 zhang; 晟 cheng; 褚 chu;
纪 ji; 盛 sheng; 沈 shen; 要 yao; 叶 ye; 余 yu; 喻 yu; 乜 nie; 缴 jiao; 阿 a; 鲜 xian; 冯 feng; 汤 tang;
夏 xia; 谷 gu; 宓 mi fu; 费 fei bi; 隽 juan; 炅 gui; 朝 chao; 逯 lu; 昝 zan; 亓 qi; 圈 juan; 难 ning; 能 nai;
少 shao; 颉 xie jie; 令 ling; 尧 yao; 合 he; 没 mo; 戚 qi; 洪 hong; 强 qiang; 贲 ben; 柳 liu; 郗 xi chi;
郄 qie xi; 筰 zuo; 禚 zhuo; 臧 zang; 娄 lou; 靓 jing; 斗 dou; 扎 zha; 陶 tao; 兴 xing; 降 jiang
"""
_COMPOUND = """
尉迟 yu chi; 万俟 mo qi; 长孙 zhang sun; 澹台 tan tai; 单于 chan yu; 令狐 ling hu; 宇文 yu wen;
上官 shang guan; 诸葛 zhu ge; 东方 dong fang; 司马 si ma; 欧阳 ou yang; 皇甫 huang fu; 夏侯 xia hou;
赫连 he lian; 公孙 gong sun; 轩辕 xuan yuan; 钟离 zhong li; 宗政 zong zheng; 濮阳 pu yang; 淳于 chun yu;
太叔 tai shu; 申屠 shen tu; 仲孙 zhong sun; 慕容 mu rong; 鲜于 xian yu; 闾丘 lv qiu; 司徒 si tu; 司空 si kong;
亓官 qi guan; 司寇 si kou; 子车 zi ju; 颛孙 zhuan sun; 端木 duan mu; 巫马 wu ma; 公西 gong xi; 漆雕 qi diao;
乐正 yue zheng; 壤驷 rang si; 公良 gong liang; 拓跋 tuo ba; 夹谷 jia gu; 宰父 zai fu; 谷梁 gu liang;
段干 duan gan; 百里 bai li; 东郭 dong guo; 呼延 hu yan; 羊舌 yang she; 微生 wei sheng; 左丘 zuo qiu;
梁丘 liang qiu; 东门 dong men; 西门 xi men; 南门 nan men; 南宫 nan gong; 第五 di wu; 贺兰 he lan; 独孤 du gu;
哥舒 ge shu
"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split() for entry in text.split(";"))
    return {entry[0]: tuple(entry[1:]) for entry in entries}


# How transcribed names (阿卜杜拉·买买提) and variants that pypinyin does not know are read.
_TRANSCRIBED = {"卜": ("bu",), "阿": ("a",)}
_RARE = {"𠮷": ("ji",)}

_SINGLES, _COMPOUNDS = _table(_SINGLE), _table(_COMPOUND)


@dataclass(frozen=True, slots=True)
class NameKeys:
    """Without spaces, lower case, the most likely first: full ("wangziqi", …) and initials ("wzq", …)."""

    full: tuple[str, ...]
    initials: tuple[str, ...]


@lru_cache(maxsize=4096)
def keys(name: str) -> NameKeys:
    """The keys of a name. A character without a known reading stands for itself; separators (·) vanish."""
    syllables = _syllables(name)
    if not syllables:
        return NameKeys((), ())
    first_letters = [tuple(dict.fromkeys(reading[0] for reading in readings)) for readings in syllables]
    return NameKeys(_variants(syllables, MOST_FULL), _variants(first_letters, MOST_INITIALS))


def sort_key(name: str) -> str:
    """Where a name stands in an alphabetical list."""
    return " ".join(readings[0] for readings in _syllables(name))


def _syllables(name: str) -> list[tuple[str, ...]]:
    """One tuple of readings a character, the likeliest first; Latin letters and digits stand for themselves."""
    characters = [c for c in unicodedata.normalize("NFC", name) if _counts(c)]
    found = [_readings(c) for c in characters]
    given_from = 0
    if compound := _COMPOUNDS.get("".join(characters[:2])) if len(characters) > 2 else None:
        found[0], found[1] = _led_by(compound[:1], found[0]), _led_by(compound[1:], found[1])
        given_from = 2
    elif _transcribed(name):
        return [_led_by(_TRANSCRIBED.get(c, ()), readings) for c, readings in zip(characters, found, strict=True)]
    elif characters and characters[0] in _SINGLES:
        found[0] = _led_by(_SINGLES[characters[0]], found[0])
        given_from = 1
    _apply_phrases(characters, found, given_from)
    return found


def _transcribed(name: str) -> bool:
    """阿卜杜拉·买买提: the first character is no surname."""
    return any(unicodedata.category(c) in ("Po", "Lm") or c in "•‧" for c in name)


def _counts(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] in "LN" and category != "Lm") or _is_private(character)


def _is_private(character: str) -> bool:
    """Characters from a private area (old police name cards) and ones younger than this Python's Unicode."""
    return unicodedata.category(character) in ("Co", "Cn")


def _apply_phrases(characters: Sequence[str], found: list[tuple[str, ...]], start: int) -> None:
    """Lets pypinyin's phrases choose the first reading within a given name (重庆, 银行)."""
    from pypinyin import Style, lazy_pinyin
    from pypinyin.constants import PHRASES_DICT

    given = "".join(characters[start:])
    parts = (given[i:j] for i in range(len(given)) for j in range(i + 2, len(given) + 1))
    if not any(part in PHRASES_DICT for part in parts):
        return  # each character keeps its own likeliest reading
    chosen = lazy_pinyin(given, style=Style.NORMAL)
    if len(chosen) == len(given):
        for position, reading in enumerate(chosen, start):
            if reading in found[position]:
                found[position] = _led_by((reading,), found[position])


def _led_by(first: Sequence[str], readings: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_spelled(first), *readings)))[:MOST_READINGS]


@lru_cache(maxsize=4096)
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # slow to import, so at first use

    if character in _RARE:
        return _RARE[character]
    folded = unicodedata.normalize("NFKC", character).lower()
    if folded.isascii() and folded.isalnum():
        return (folded,)
    known = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    plain = [text for text in (known[0] if known else ()) if text.isascii() and text.isalpha()]
    return tuple(dict.fromkeys(_spelled(plain)))[:MOST_READINGS] or (character,)


def _spelled(readings: Sequence[str]) -> Iterator[str]:
    """ü is typed as v on most keyboards and as u by many people; passports and pypinyin differ too."""
    for reading in readings:
        yield reading
        if "v" in reading and reading[0] in "ln":
            yield reading.replace("v", "u")


def _variants(choices: Sequence[tuple[str, ...]], most: int) -> tuple[str, ...]:
    """At most `most` combinations: first the likeliest, then those with one other reading, with two, …"""
    return tuple(itertools.islice(dict.fromkeys(itertools.islice(_combinations(choices), most * 4)), most))


def _combinations(choices: Sequence[tuple[str, ...]]) -> Iterator[str]:
    several = [position for position, readings in enumerate(choices) if len(readings) > 1]
    for deviations in range(len(several) + 1):
        for positions in itertools.combinations(several, deviations):
            for others in itertools.product(*(choices[position][1:] for position in positions)):
                changed = dict(zip(positions, others, strict=True))
                yield "".join(changed.get(i, readings[0]) for i, readings in enumerate(choices))

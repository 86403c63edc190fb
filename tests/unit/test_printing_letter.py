"""The letter, read back with the tools that a hospital's PC would use: poppler's pdftotext, pdffonts, pdftoppm."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import segno
from PIL import Image

from app.common.errors import Cancelled, UserError
from app.common.progress import CancelToken
from app.printing.letter import AssessmentTotal, LetterContent, render_letter
from app.printing.letter_foot import qr_payload
from app.printing.specimen import SAMPLE, read_names, render_specimen
from app.printing.words import Recipient

ROOT = Path(__file__).parents[2]
STANDARD = Path(__file__).parents[1] / "fixtures" / "standard-characters-8105.txt"
LETTER = replace(SAMPLE, student="王子琪", number="LSA-2026-0118-3", check="K7Q2", watermark="")
BARE = LetterContent(
    number="LSA-2026-0002-1",
    check="AA",
    date=dt.date(2026, 1, 2),
    destination="高唐县第二中学",
    student="㐂䶮",
    referrer="单老师",
    recipient=Recipient.SCHOOL,
)


def tool(pdf: bytes, *command: str) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without white space."""
    text = tool(pdf, "pdftotext", "-", "-").decode("utf-8")
    return [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]


def fonts_of(pdf: bytes) -> list[list[str]]:
    return [line.split() for line in tool(pdf, "pdffonts", "-").decode().splitlines()[2:]]


def picture(pdf: bytes, page: int = 1) -> Image.Image:
    drawn = tool(pdf, "pdftoppm", "-r", "300", "-gray", "-f", str(page), "-l", str(page), "-singlefile", "-")
    return Image.open(io.BytesIO(drawn))


def test_two_copies_say_all_that_the_form_has() -> None:
    first, second = pages(render_letter(LETTER))
    for page in (first, second):
        for words in (
            "聊城市学生心理健康发展服务中心",
            "东昌府区龙山西街33号",
            "24小时热线0635-8311095",
            "转介单",
            "编号：LSA-2026-0118-3",
            "2026年11月23日",
            "聊城市第四人民医院",
            "抑郁症门诊：",
            "紧急程度：尽快",
            "兹有学生王子琪（女，13岁，某中学初二年级），自2026年9月14日起在我中心接受心理咨询共4次。",
            "重点关注（2026年11月23日10:40评估）",
            "建议到贵院进一步评估。",
            "仅供诊疗使用",
            "（盖章处）",
            "监护人（签名）",
            "沿此线撕下，接诊后请交回本中心",
            "回执",
            "接诊医师",
            "可告知本中心的建议",
            "□需陪同返校",
            "校验码K7Q2",
            "第1页/共1页",
        ):
            assert words in page, words
    assert "第一联监护人" in first and "第二联医院" in second


def test_the_letter_holds_no_diagnosis() -> None:
    text = "".join(pages(render_letter(LETTER)))
    assert re.findall(r".{5}诊断", text) == ["考，不作为诊断"] * 2


def test_empty_fields_leave_no_trace() -> None:
    (page,) = pages(render_letter(BARE, ("recipient",)))
    assert "兹有学生㐂䶮，在我中心接受心理咨询。" in page
    assert "第二联学校" in page and "部门" in page and "医院" not in page and "科室" not in page
    for absent in ("None", "（）", "观察情况", "测评", "风险", "措施", "知情同意", "书面同意", "紧急程度", "联系电话"):
        assert absent not in page


def test_every_font_is_embedded_and_ours() -> None:
    fonts = fonts_of(render_letter(LETTER))
    assert fonts and all("Noto" in font[0] and font[-5:-2] == ["yes", "yes", "yes"] for font in fonts)
    assert b"Helvetica" not in render_letter(LETTER)


def test_a_long_letter_continues_under_a_short_head() -> None:
    story = "近一个月入睡困难，两周内三次未到校，谈及人际时情绪低落，常说“我不想去，去了也没有人理我……”。" * 6
    totals = tuple(AssessmentTotal(f"量表{n}", dt.date(2026, 9, n), str(n)) for n in range(1, 9))
    long = replace(LETTER, observed=(story,) * 12, assessments=totals)
    read = pages(render_letter(long, ("guardian",)))
    assert len(read) == 4
    assert story in "".join(
        re.sub("聊城市学生心理健康发展服务中心转介单LSA-2026-0118-3（续）", "", page) for page in read
    )
    for number, page in enumerate(read, start=1):
        assert f"第{number}页/共4页" in page
        assert ("转介单LSA-2026-0118-3（续）" in page) == (number > 1)
        assert ("回执" in page) == (number == 4)
    assert "监护人（签名）" in read[-1] and "特此函告" in read[-1]


def test_a_usual_letter_is_one_page_with_eight_totals() -> None:
    totals = tuple(AssessmentTotal("PHQ-9", dt.date(2026, 9, n), str(n)) for n in range(1, 9))
    read = pages(render_letter(replace(LETTER, assessments=totals)))
    assert len(read) == 2 and read[0].count("PHQ-9") == 8


@pytest.mark.parametrize(
    "name", ["阿卜杜热合曼·麦麦提吐尔逊·尼亚孜" * 3, "Alexandria-Wilhelmina " * 5 + "O'Neil", "𠅤𬭩䶮㐂"]
)
def test_any_name_comes_back_exactly(name: str) -> None:
    (page,) = pages(render_letter(replace(LETTER, student=name), ("guardian",)))
    assert re.sub(r"\s", "", name) in page


def test_hidden_marks_of_copied_text_leave_no_box() -> None:
    content = replace(
        LETTER,
        student="王\u200b子\n琪\ufeff",
        school="某\u2003中学",
        assessments=(AssessmentTotal("PHQ\n9\t甲", LETTER.date, "1"),),
    )
    (page,) = pages(render_letter(content, ("guardian",)))
    assert "兹有学生王子琪（女，13岁，某中学初二年级）" in page and "PHQ9甲" in page


def test_nothing_is_printed_with_a_character_that_has_no_glyph() -> None:
    for spoilt in (
        replace(LETTER, student="王😀"),
        replace(LETTER, observed=("好", "坏\ue000")),
        replace(LETTER, assessments=(AssessmentTotal("PHQ\ue000", dt.date(2026, 1, 1), "1"),)),
    ):
        with pytest.raises(UserError) as refused:
            render_letter(spoilt)
        assert refused.value.code == "missing-glyph"


def test_the_file_says_nothing_about_the_client_in_its_properties() -> None:
    properties = tool(render_letter(LETTER), "pdfinfo", "-").decode()
    assert "LSA-2026-0118-3" in properties and "聊城市学生心理健康发展服务中心" in properties
    for private in ("王子琪", "某中学", "anonymous", "unspecified", "ReportLab"):
        assert private not in properties


SCRIPT = """
import hashlib, sys
written = []
def watch(event, args):
    if event == "open" and args[1] and set(args[1]) & set("wax+"):
        written.append(args[0])
sys.addaudithook(watch)
from app.printing.specimen import SAMPLE
from app.printing.letter import render_letter
print(hashlib.sha256(render_letter(SAMPLE)).hexdigest(), [w for w in written if "__pycache__" not in str(w)])
"""


def test_the_same_letter_is_the_same_bytes_and_touches_no_file(tmp_path: Path) -> None:
    def run(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert run("1") == run("2")
    assert run("3").split(" ", 1)[1].strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_letters_drawn_at_once_in_threads_are_the_same() -> None:
    expected = [render_letter(replace(LETTER, student=name)) for name in "甲乙丙丁"]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda name: render_letter(replace(LETTER, student=name)), "甲乙丙丁" * 3))
    assert drawn == expected * 3


def test_the_code_on_paper_is_number_and_check_and_nothing_else() -> None:
    """Finds the code on the letter and the one on the reply, and compares each module with the payload's."""
    assert qr_payload("LSA-2026-0118-3", "K7Q2") == "LSA-2026-0118-3+K7Q2"
    assert not re.search("[:./，]", qr_payload(LETTER.number, LETTER.check))
    matrix = [list(map(bool, row)) for row in segno.make("LSA-2026-0118-3+K7Q2", error="m", micro=False).matrix]
    image = picture(render_letter(LETTER, ("guardian",)))
    mm = 300 / 25.4
    whole = Image.new("L", image.size, 255)
    whole.paste(image)
    assert _modules(whole, 22 * mm, 21 * mm, len(matrix), left=True) == matrix
    assert _modules(whole, 22 * mm, 17 * mm, len(matrix), left=False) == matrix


def _modules(image: Image.Image, margin: float, side: float, count: int, left: bool) -> list[list[bool]]:
    """Samples a code of `side` at the left or right margin; its height on the page is searched for."""
    x = margin if left else image.width - margin - side
    module = side / count
    dark = [image.getpixel((round(x + module / 2), y)) for y in range(image.height)]
    run = [y for y in range(image.height - 6) if all(int(str(v)) < 60 for v in dark[y : y + round(6.5 * module)])]
    top = run[0]
    return [
        [
            int(str(image.getpixel((round(x + (c + 0.5) * module), round(top + (r + 0.5) * module))))) < 128
            for c in range(count)
        ]
        for r in range(count)
    ]


# Specimen


def test_a_specimen_has_a_page_a_name_and_is_marked() -> None:
    names = ["王子琪", "㐂䶮", "𠅤"]
    progress: list[tuple[int, int]] = []
    read = pages(render_specimen(names, lambda done, total: progress.append((done, total))))
    assert len(read) == 3 and progress[0] == (0, 3) and progress[-1] == (3, 3)
    for name, page in zip(names, read, strict=True):
        assert f"兹有学生{name}（" in page and page.count("样张") == 2


def test_every_character_beyond_the_basic_plane_and_a_sample_of_the_others_comes_back() -> None:
    characters = STANDARD.read_text(encoding="utf-8").split()
    chosen = [c for n, c in enumerate(characters) if ord(c) > 0xFFFF or n % 20 == 0]
    pdf = render_specimen(chosen)
    read = pages(pdf)
    assert len(chosen) > 550 and len(read) == len(chosen)
    assert [c for c, page in zip(chosen, read, strict=True) if f"学生{c}（" not in page] == []
    assert all(font[-5] == "yes" for font in fonts_of(pdf))


def test_a_specimen_can_be_cancelled() -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        render_specimen(["甲"] * 200, lambda done, total: token.cancel() if done >= 50 else None, token)


def test_a_specimen_refuses_before_the_first_page() -> None:
    reported: list[int] = []
    with pytest.raises(UserError) as refused:
        render_specimen(["甲", "乙😀"], lambda done, total: reported.append(done))
    assert refused.value.code == "missing-glyph" and reported == []
    with pytest.raises(UserError) as none:
        render_specimen([])
    assert none.value.code == "no-names"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_names_are_read_in_any_usual_encoding(encoding: str) -> None:
    assert read_names(" 王子琪\r\n\r\n\u3000䶮𠅤 \n李明".encode(encoding)) == ["王子琪", "䶮𠅤", "李明"]


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(UserError) as refused:
        read_names(b"\x89PNG\r\n\x1a\n\xff\xff\x80")
    assert refused.value.code == "names-unreadable"

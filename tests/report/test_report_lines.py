"""Text of any script is broken into lines that hold all of it and are no wider than they may be."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marrowdesk.report.typesetting.lines import Paragraph, one_line, paragraphs, set_line, set_lines
from marrowdesk.report.typesetting.typefaces import font_runs


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Müller Ελένη Иван", "NotoSans-Regular"),
        ("שלום", "NotoSansHebrew-Regular"),
        ("محمد", "NotoSansArabic-Regular"),
        ("प्रिया", "NotoSansDevanagari-Regular"),
        ("สมชาย", "NotoSansThai-Regular"),
        ("王小明", "DroidSansFallback"),
        ("たなか", "DroidSansFallback"),
        ("김철수", "DroidSansFallback"),
        ("▲≤", "DejaVuSans"),
    ],
)
def test_that_each_script_has_a_font_with_all_its_glyphs(text: str, font: str) -> None:
    runs = font_runs(text, bold=False)
    assert {face.name for _, _, face in runs} == {font}
    for start, stop, face in runs:
        assert all(glyph.gid for glyph in face.shape(text[start:stop], False))


def test_that_arabic_letters_are_joined() -> None:
    (_, _, face), *_ = font_runs("بب", bold=False)
    alone = face.shape("ب", True)[0].gid
    assert alone not in {glyph.gid for glyph in face.shape("بب", True)}


def test_that_a_character_without_a_font_keeps_its_place_and_its_text() -> None:
    line = set_line("a\U0001fa78b")  # a drop of blood, in none of the fonts
    assert [glyph.gid == 0 for piece in line.pieces for glyph in piece.glyphs] == [False, True, False]
    assert "".join(text for piece in line.pieces for text in piece.texts) == "a\U0001fa78b"


def test_that_control_characters_become_visible_and_line_breaks_end_paragraphs() -> None:
    assert paragraphs("a\x00b\x07\r\nc\u202ed\ud800\n") == ["a\ufffdb\ufffd", "c\ufffdd\ufffd", ""]
    assert one_line(" a\n\n b\tc ") == "a  b    c"


def test_that_lines_break_at_spaces_and_hyphens() -> None:
    said = [line.text for line in set_lines("bone marrow follow-up of anemia", False, 7)]
    assert said == ["bone marrow", "follow-up of", "anemia"]
    assert [line.text for line in set_lines("follow-up", False, 4)] == ["follow-", "up"]


def test_that_a_percent_sign_stays_with_its_number() -> None:
    assert [line.text for line in set_lines("below 5 and 20 %", False, 7.6)] == ["below 5 and", "20 %"]


def test_that_chinese_breaks_anywhere_but_not_before_a_full_stop() -> None:
    said = [line.text for line in set_lines("全血细胞减少。待查", False, 6)]
    assert said == ["全血细胞减", "少。待查"]


def test_that_a_mark_is_never_torn_from_its_letter() -> None:
    for line in set_lines("e\u0301" * 50, False, 3):
        assert line.text.startswith("e")


def test_that_a_line_too_long_is_cut_off_with_an_ellipsis() -> None:
    line = set_line("Mustermann, Erika Maximiliane", False, 8)
    assert line.text.endswith("…")
    assert line.text.startswith("Muster")
    assert line.width <= 8
    assert set_line("short", False, 8).text == "short"


def test_that_bold_stands_in_by_an_outline_where_no_bold_font_ships() -> None:
    latin, chinese = set_line("a王", bold=True).pieces
    assert (latin.font.name, latin.font.bold) == ("NotoSans-Bold", False)
    assert (chinese.font.name, chinese.font.bold) == ("DroidSansFallback", True)


@settings(max_examples=150, deadline=None)
@example("。\u200dאa", 2.0)  # no line begins with a joiner: it belongs to the sign before it
@given(
    st.text(st.sampled_from("ab -–/ אבש محم骨髓細。「」कषतरि्ย\u0301\u200d\U0001f600"), max_size=60),
    st.floats(2.0, 20.0),
)
def test_that_lines_hold_the_whole_text_and_fit(text: str, width: float) -> None:
    for paragraph in paragraphs(text):
        lines = list(Paragraph(paragraph).lines(width))
        assert "".join(line.text for line in lines).replace(" ", "") == paragraph.replace(" ", "")
        for line in lines:
            said = [text for piece in line.pieces for text in piece.texts]
            assert sorted("".join(said)) == sorted(line.text)
            assert line.width <= width or len(Paragraph(line.text).text.split()) <= 1

"""Ready texts: what the files must hold, and how they are called."""

from pathlib import Path

import pytest

from adapters.settings import CONFIG
from bot import macros
from crm_core.errors import NotFound


def test_the_ones_that_come_along_are_in_all_languages_of_the_replies() -> None:
    languages = {folder.name for folder in (CONFIG / "replies").iterdir()}
    known = macros.load(CONFIG / "macros")
    assert known
    for macro in known:
        assert macro.text.keys() == languages
        for language in languages:
            text = macro.fill(language, customer="Ace", ticket="#7", agent="Lu")
            assert all(word in text for word in ("Ace", "#7", "Lu"))


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("refund", "refund"),
        ("refnd", "refund"),
        ("delay", "shipping delay"),
        ("退款", "refund"),
        ("SOLVED", "resolved"),
    ],
)
def test_rough_names(words: str, title: str) -> None:
    found = macros.named(macros.load(CONFIG / "macros"), words, "en")
    assert found.names["en"][0] == title


def test_an_unknown_name_tells_which_there_are() -> None:
    with pytest.raises(NotFound) as problem:
        macros.named(macros.load(CONFIG / "macros"), "birthday", "zh")
    assert "退款" in problem.value.data["known"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("names: {en: [a]}\ntext: {en: 'Dear {friend}'}\n", "unknown placeholders"),
        ("names: {en: [a]}\ntext: {en: x, zh: y}\n", "not in the same languages"),
        ("names: {en: []}\ntext: {en: x}\n", "not in the same languages"),
    ],
)
def test_mistakes_in_a_file_stop_the_start(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ValueError, match=complaint):
        macros.load(tmp_path)


def test_all_macros_speak_the_same_languages(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("names: {en: [a]}\ntext: {en: x}\n")
    (tmp_path / "b.yaml").write_text("names: {zh: [b]}\ntext: {zh: x}\n")
    with pytest.raises(ValueError, match="not all macros"):
        macros.load(tmp_path)

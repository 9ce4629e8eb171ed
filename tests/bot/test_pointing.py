"""What "the second one" and "these" point at."""

import pytest

from bot.dialog import Shown
from bot.pointing import is_all, place, pointed

LIST = Shown(noun="deal", ids=[11, 12, 13])


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("2", 2),
        ("the 2nd", 2),
        ("second one please", 2),
        ("第二个", 2),
        ("第3个", 3),
        ("the last one", -1),
        ("最后一个", -1),
        ("Acme", None),
        ("0", None),
    ],
)
def test_places(text: str, position: int | None) -> None:
    assert place(text) == position


@pytest.mark.parametrize(
    ("text", "rewritten", "record"),
    [
        ("move the second one to won", "move it to won", 12),
        ("Show me the First Deal.", "Show me it.", 11),
        ("close the last one", "close it", 13),
        ("把第三个推进到谈判", "把它推进到谈判", 13),
        ("最后一个怎么样", "它怎么样", 13),
    ],
)
def test_the_sentence_is_read_again_with_it(text: str, rewritten: str, record: int) -> None:
    found = pointed(text, LIST)
    assert found
    assert (found.text, found.noun, found.record) == (rewritten, "deal", record)


@pytest.mark.parametrize("text", ["the fifth one", "first come first served", "第九个", "one"])
def test_what_points_at_nothing(text: str) -> None:
    assert pointed(text, LIST) is None
    assert pointed("the second one", None) is None


def test_they_are_the_list_only_while_it_is_the_last_thing_said() -> None:
    assert is_all("these", LIST)
    assert is_all("they", LIST)
    later = LIST.model_copy(update={"fresh": False})
    assert is_all("those", later)
    assert not is_all("they", later)
    assert not is_all("these", Shown(noun="deal", ids=[1]))

import csv
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import names, names_bits
from crm_core.names import Match, NameIndex, choose
from crm_core.names_sound import index_texts, initials, pinyin, sound
from crm_core.names_text import core, fold, orders, rough_core

NORTHWIND = Path(__file__).parent.parent / "data" / "northwind_customers.csv"
CHINESE = [
    "字节跳动科技有限公司",
    "华为技术有限公司",
    "中国工商银行",
    "中国建设银行股份有限公司",
    "阿里巴巴集团控股有限公司",
    "腾讯科技（深圳）有限公司",
    "北京百度网讯科技有限公司",
    "厦门航空有限公司",
    "重庆长安汽车股份有限公司",
    "TCL科技集团股份有限公司",
    "International Business Machines",
    "王晓明",
    "李娜",
    "张伟",
]


def northwind(column: str) -> list[str]:
    with NORTHWIND.open(encoding="utf-8", newline="") as file:
        next(file)  # source and licence
        return [row[column] for row in csv.DictReader(file)]


COMPANIES, CONTACTS = northwind("company"), northwind("contact")
LATIN = NameIndex.build(enumerate(COMPANIES + CONTACTS))
MIXED = NameIndex.build(enumerate(CHINESE))


def chosen(index: NameIndex, text: str) -> list[str]:
    return [match.name for match in choose(index.search(text))]


def among(held: list[str], text: str) -> list[str]:
    return chosen(NameIndex.build(enumerate(held)), text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("alfreds", "Alfreds Futterkiste"),
        ("Alfred Futterkist", "Alfreds Futterkiste"),
        ("alfrds", "Alfreds Futterkiste"),
        ("FUTTERKISTE", "Alfreds Futterkiste"),
        ("bolido", "Bólido Comidas preparadas"),
        ("ernst handl", "Ernst Handel"),
        ("handel ernst", "Ernst Handel"),
        ("ErnstHandel", "Ernst Handel"),
        ("antonio moreno", "Antonio Moreno"),
        ("antonio moreno taqueria", "Antonio Moreno Taquería"),
        ("maria anders", "Maria Anders"),
        ("Müller, Rita", "Rita Müller"),
        ("bs beverages", "B's Beverages"),
        ("B’s Beverages", "B's Beverages"),
        ("lets stop n shop", "Let's Stop N Shop"),
        ("north south", "North/South"),
        ("quickstop", "QUICK-Stop"),
        ("save a lot", "Save-a-lot Markets"),
        ("oceano atlantico", "Océano Atlántico Ltda."),
        ("franchi spa", "Franchi S.p.A."),
        ("FISSA Fabrica Inter. Salchichas", "FISSA Fabrica Inter. Salchichas S.A."),
        ("split rail ale beer", "Split Rail Beer & Ale"),
        ("ｅｒｎｓｔ　ｈａｎｄｅｌ", "Ernst Handel"),
    ],
)
def test_a_rough_name_means_one(text: str, name: str) -> None:
    assert chosen(LATIN, text) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("字节", "字节跳动科技有限公司"),
        ("字节条动", "字节跳动科技有限公司"),
        ("zijie tiaodong", "字节跳动科技有限公司"),
        ("华为", "华为技术有限公司"),
        ("华为技术股份有限公司", "华为技术有限公司"),
        ("华为技术有限公丝", "华为技术有限公司"),
        ("huawei", "华为技术有限公司"),
        ("Hua Wei", "华为技术有限公司"),
        ("華為技術", "华为技术有限公司"),
        ("xiamen hangkong", "厦门航空有限公司"),
        ("chongqing changan", "重庆长安汽车股份有限公司"),
        ("腾讯 深圳", "腾讯科技（深圳）有限公司"),
        ("tengxun 深圳", "腾讯科技（深圳）有限公司"),
        ("阿里", "阿里巴巴集团控股有限公司"),
        ("ＴＣＬ科技", "TCL科技集团股份有限公司"),
        ("zhang wei", "张伟"),
        ("ibm", "International Business Machines"),
    ],
)
def test_chinese_by_characters_and_by_pinyin(text: str, name: str) -> None:
    assert chosen(MIXED, text) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("工行", "中国工商银行"),
        ("zjtd", "字节跳动科技有限公司"),
        ("華為", "华为技术有限公司"),
        ("华为 shenzhen", "华为技术有限公司"),
        ("深圳腾讯", "腾讯科技（深圳）有限公司"),
        ("王小明", "王晓明"),
        ("李那", "李娜"),
    ],
)
def test_what_is_not_sure_is_offered_and_not_picked(text: str, name: str) -> None:
    offered = chosen(MIXED, text)
    assert offered[0] == name
    assert len(offered) > 1


@pytest.mark.parametrize(
    ("held", "text", "meant"),
    [
        (["Acme Corporation", "Acme Inc", "Apex"], "Acme", ["Acme Inc", "Acme Corporation"]),
        (["Acme Corporation", "Apex"], "Acme", ["Acme Corporation"]),
        (["Acme Corporation", "Acme"], "acme", ["Acme"]),
        (["Acme Ltd.", "ACME Ltd", "Acme"], "acme ltd", ["Acme Ltd.", "ACME Ltd"]),
        (["Acme Corporation", "Acme Rockets"], "acme", ["Acme Corporation", "Acme Rockets"]),
        (
            ["华为技术有限公司", "华为终端有限公司"],
            "华为",
            ["华为技术有限公司", "华为终端有限公司"],
        ),
        (["华为有限公司", "华为技术有限公司"], "华为有限公司", ["华为有限公司"]),
        (["王小明", "王晓明"], "王晓明", ["王晓明"]),
        (["王小明", "王大明"], "王中明", ["王小明", "王大明"]),
        (["Jon Smith", "Joan Smith"], "john smith", ["Jon Smith", "Joan Smith"]),
        (["王小明"], "王中明", []),
    ],
)
def test_who_is_meant_among_several(held: list[str], text: str, meant: list[str]) -> None:
    assert among(held, text) == meant


@pytest.mark.parametrize("text", ["zzqx foo", "globex", "acme", "华为", "huawei", "", " ", "？！"])
def test_nobody_is_near(text: str) -> None:
    assert chosen(LATIN, text) == []


def test_the_same_name_scores_100_and_no_other_does() -> None:
    assert LATIN.search("ERNST  HANDEL!")[0] == Match(19, "Ernst Handel", 100.0)
    assert all(match.score < 100 for match in LATIN.search("Handel Ernst"))


def test_one_typo_anywhere_finds_the_name_first() -> None:
    r = random.Random(5)
    missed = []
    for name in COMPANIES + CONTACTS:
        at = r.randrange(len(name) - 1)
        swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        for typed in (name[:at] + name[at + 1 :], swapped, name[:at] + "x" + name[at + 1 :]):
            if LATIN.search(typed)[0].name != name:
                missed.append((typed, name))
    assert len(missed) <= 2, missed


def test_a_thousand_neighbours_do_not_hide_a_name() -> None:
    r = random.Random(3)
    letters = "abcdefghijklmnop"
    held = [f"{''.join(r.choices(letters, k=6))} Consulting Group Ltd" for _ in range(3000)]
    index = NameIndex.build(enumerate([*held, "Consulting Group"]))
    for name in [*held[::100], "Consulting Group"]:
        assert index.search(name)[0].name == name
        assert index.search(name.lower().replace("consulting", "conslting"))[0].name == name


def test_a_record_answers_to_all_its_names_once() -> None:
    index = NameIndex.build([(7, "Alfreds Futterkiste"), (7, "AF Berlin"), (8, "Berlin Foods")])
    assert [match.key for match in index.search("af berlin")] == [7, 8]
    assert index.search("alfreds")[0].name == "Alfreds Futterkiste"
    assert len(index) == 3


def test_added_names_replace_those_before() -> None:
    index = NameIndex.build(enumerate(COMPANIES))
    index.add(0, "Globex", "Globex Europe")
    assert chosen(index, "globex") == ["Globex"]
    assert chosen(index, "alfreds") == []
    assert len(index) == len(COMPANIES) + 1
    index.discard(0)
    index.discard(0)
    assert chosen(index, "globex") == []
    assert len(index) == len(COMPANIES) - 1


def test_an_empty_index_grows() -> None:
    index = NameIndex()
    assert index.search("acme") == []
    index.discard(1)
    index.add(1, "华为技术有限公司")
    index.add(2, "   ")
    assert chosen(index, "huawei") == ["华为技术有限公司"]
    assert len(index) == 1


def test_dead_rows_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_CHUNK", 16)
    index = NameIndex()
    memory = []
    for turn in range(300):
        index.add(1, f"Company {turn}")
        index.add(turn + 2, COMPANIES[turn % 5])
        index.discard(turn)
        memory.append(index.nbytes)
    assert max(memory[150:]) == max(memory[:150])
    assert sorted(match.key for match in index.search(COMPANIES[4])) == [1, 300, 301]


def test_names_beyond_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_BLOCK", 16)
    monkeypatch.setattr(names_bits, "_BLOCK", 16)
    index = NameIndex.build(enumerate(COMPANIES[:50]))
    for key, name in enumerate(COMPANIES[50:], 50):
        index.add(key, name)
    index.discard(3)
    for key, name in enumerate(COMPANIES):
        assert (index.search(name)[0] == Match(key, name, 100.0)) == (key != 3)


@pytest.mark.parametrize(
    ("name", "folded", "named"),
    [
        ("Bólido Comidas", "bolido comidas", "bolido comidas"),
        ("B's Beverages Ltd.", "bs beverages ltd", "bs beverages"),
        (
            "Großhandel Ødegård GmbH & Co. KG",
            "grosshandel odegard gmbh co kg",
            "grosshandel odegard",
        ),
        ("ＡＣＭＥ　Ｃｏ．，Ｌｔｄ．", "acme co ltd", "acme"),
        (
            "北京ABC科技（集团）股份有限公司",
            "北京 abc 科技 集团 股份有限公司",
            "北京 abc 科技 集团",
        ),
        ("阿里巴巴集团控股有限公司", "阿里巴巴集团控股有限公司", "阿里巴巴集团"),
        ("삼성전자", "삼성전자", "삼성전자"),
        ("Газпром ПАО", "газпром пао", "газпром пао"),
        ("Ltd", "ltd", "ltd"),
        ("!!!", "!!!", "!!!"),
    ],
)
def test_folding(name: str, folded: str, named: str) -> None:
    assert fold(name) == folded
    assert core(folded) == named


def test_a_typo_in_the_legal_form() -> None:
    assert rough_core("acme corpration") == "acme"
    assert rough_core("华为技术有公限司") == "华为技术"
    assert rough_core("united") == "united"


def test_orders() -> None:
    assert orders("a b c") == ["abc", "acb", "bac", "bca", "cab", "cba"]
    assert "bacd" in orders("a b c d")
    assert "深圳腾讯" in orders("腾讯深圳")


def test_sounds() -> None:
    assert sound("字节") == sound("自杰") != sound("华为")
    assert sound("ernst") == "ernst"
    assert sound("华为 abc").endswith(" abc")
    assert pinyin("huawei")[0] == pinyin("hua wei")[0] == sound("华为")
    assert sound("西安") in pinyin("xian")
    assert sound("长安") in pinyin("changan")
    assert pinyin("smith") == []
    assert (initials("acme rocket works"), initials("字节跳动 abc")) == ("arw", "zjtda")
    assert len(index_texts(["acme rockets", "字节跳动"])) == 2


ANY_NAME = st.text(min_size=1, max_size=60).filter(lambda text: text.split())


@given(st.text(max_size=200))
def test_any_text_may_be_searched(text: str) -> None:
    for index in (LATIN, MIXED):
        matches = index.search(text)
        assert [match.score for match in matches] == sorted(
            (m.score for m in matches), reverse=True
        )
        assert len({match.key for match in matches}) == len(matches) <= 5
        assert set(choose(matches)) <= set(matches)


@given(st.lists(ANY_NAME, max_size=4), ANY_NAME)
def test_what_was_added_is_found_until_it_is_discarded(others: list[str], name: str) -> None:
    index = NameIndex.build(enumerate(CHINESE + others))
    index.add(-1, name)
    found = {match.key: match for match in index.search(name, limit=10)}
    assert found[-1] == Match(-1, name, 100.0)
    index.discard(-1)
    assert all(match.key != -1 for match in index.search(name, limit=50))

"""How files are written: encoding, delimiter, quoting, broken rows."""

from pathlib import Path

import pytest

from crm_core.errors import Invalid
from crm_core.imports import files, recognise
from crm_core.imports.shapes import SHAPES
from crm_core.imports.words import Words

WORDS = Words.load()
TEXT = "code,name,city\nC1,Müller & Söhne,Köln\nC2,Café Zoë,Besançon\n"
CHINESE = "客户编号,客户名称,城市\nC1,华为技术有限公司,深圳\nC2,阿里巴巴,杭州\n"


def read(source: Path | bytes) -> files.Table:
    return files.read(source, lambda cells: len(WORDS.columns("customers", cells)))


def cells(source: Path | bytes) -> list[list[str]]:
    return [row.cells for row in read(source).rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_encodings(encoding: str) -> None:
    assert cells(TEXT.encode(encoding)) == [
        ["C1", "Müller & Söhne", "Köln"],
        ["C2", "Café Zoë", "Besançon"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_encodings(encoding: str) -> None:
    table = read(CHINESE.encode(encoding))
    assert list(table.header) == ["客户编号", "客户名称", "城市"]
    assert [row.cells[1] for row in table.rows()] == ["华为技术有限公司", "阿里巴巴"]


def test_traditional_chinese_in_big5() -> None:
    text = "客戶編號,客戶名稱,城市\nC1,台積電股份有限公司,新竹\n"
    assert cells(text.encode("big5")) == [["C1", "台積電股份有限公司", "新竹"]]


def test_names_from_many_countries_in_an_old_encoding() -> None:
    path = Path(__file__).parents[2] / "config" / "samples" / "northwind" / "customers.csv"
    text = path.read_text(encoding="utf-8")
    table = read(text.encode("cp1252"))
    assert table.encoding == "cp1252"
    assert sum("ç" in "".join(row.cells) for row in table.rows()) == sum(
        "ç" in line for line in text.splitlines()
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, newline: str) -> None:
    lines = [("code", "name", "city"), ("C1", f'"Smith{delimiter} Sons"', "Leeds")]
    text = newline.join(delimiter.join(line) for line in lines)
    assert cells(text.encode()) == [["C1", f"Smith{delimiter} Sons", "Leeds"]]


def test_the_headings_decide_the_delimiter() -> None:
    text = b"code;name, legal form;city\nC1;Acme, Ltd, and others, too;Leeds\n"
    assert cells(text) == [["C1", "Acme, Ltd, and others, too", "Leeds"]]


def test_quotes_line_breaks_and_blank_lines() -> None:
    text = b'\n\ncode,name,address\n\nC1,"The ""Best"" Shop","1 High St\nLeeds"\n,,\nC2, "B",x\n'
    rows = list(read(text).rows())
    assert [(row.line, row.cells, row.fault) for row in rows] == [
        (5, ["C1", 'The "Best" Shop', "1 High St\nLeeds"], None),
        (8, ["C2", "B", "x"], None),
    ]


def test_formulas_are_text() -> None:
    assert cells(b"code,name\nC1,=cmd|'/c calc'!A1\n") == [["C1", "=cmd|'/c calc'!A1"]]


def test_a_row_of_the_wrong_width_is_a_fault_of_its_own() -> None:
    rows = list(read(b"code,name\nC1\nC2,b,c\nC3,d,,\nC4,e\n").rows())
    faults = [(row.line, row.fault) for row in rows]
    wrong = "wrong-number-of-cells"
    assert faults == [(2, wrong), (3, wrong), (4, None), (5, None)]


def test_a_forgotten_quote_does_not_swallow_the_file() -> None:
    lines = ["code,name,city", 'C1,"Acme,Leeds', "C2,Blue Sky,York", 'C3,"Foo, Ltd",Hull', "C4,d,e"]
    rows = list(read("\n".join(lines).encode()).rows())
    assert [(row.line, row.fault) for row in rows] == [
        (2, "broken-quotes"),
        (3, None),
        (4, None),
        (5, None),
    ]
    assert rows[2].cells == ["C3", "Foo, Ltd", "Hull"]


def test_a_quote_never_closed_costs_one_row() -> None:
    rows = list(read(b'code,name\nC1,"Acme\nC2,b\nC3,c').rows())
    assert [(row.line, row.fault) for row in rows] == [(2, "broken-quotes"), (3, None), (4, None)]


def test_huge_cells() -> None:
    rows = list(read(f"code,name\nC1,{'x' * 100_000}\nC2,{'y' * 200_000}\nC3,c\n".encode()).rows())
    assert [(len(row.cells[1]), row.fault) for row in rows] == [
        (100_000, None),
        (200_000, "too-long"),
        (1, None),
    ]


def test_stray_bytes_in_utf8_spoil_only_their_row() -> None:
    lines = ["code,name", *(f"C{n},Café {n}" for n in range(9))]
    text = "\n".join(lines).encode().replace("Café 4".encode(), b"Caf\xe9 4")
    table = read(text)
    assert table.encoding == "utf-8"
    assert [row.line for row in table.rows() if row.fault == "wrong-encoding"] == [6]
    assert sum(row.fault is None for row in table.rows()) == 8


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "empty-file"),
        (b"\n\n  \n", "empty-file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not-text"),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "not-text"),
        (Path(__file__).parent, "not-a-file"),
        (Path(__file__).parent / "nothing.csv", "no-file"),
    ],
)
def test_what_is_no_table(source: Path | bytes, reason: str) -> None:
    with pytest.raises(Invalid) as problem:
        read(source)
    assert problem.value.reason == reason


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode())
    assert read(path).digest == read(TEXT.encode()).digest != read(CHINESE.encode()).digest


def test_headings_in_any_spelling() -> None:
    columns = WORDS.columns("customers", ["Customer-ID", "COMPANY NAME", "e-mail", "Fax", "邮编"])
    places = {field: column.place for field, column in columns.items()}
    assert places == {"code": 0, "name": 1, "email": 2, "postal_code": 4}


def test_of_two_columns_for_one_field_the_better_word_wins() -> None:
    header = ["Customer", "Customer Code", "Date", "Order Date"]
    columns = WORDS.columns("orders", header)
    assert columns["customer"].heading == "Customer Code"
    assert columns["ordered_at"].heading == "Order Date"


def test_a_remark_after_a_heading_counts_where_it_is_understood() -> None:
    header = ["单价（元）", "Freight (EUR)", "Discount (%)", "Quantity (thousands)"]
    columns = WORDS.columns("orders", header)
    assert {field: column.remark for field, column in columns.items()} == {
        "unit_price": "元",
        "freight": "EUR",
        "discount": "%",
    }


def test_every_heading_names_a_field_that_can_be_read() -> None:
    for kind, shape in SHAPES.items():
        known = {field for field, _ in WORDS.headings[kind].values()}
        assert known >= {field for group in shape.required for field in group}
        for field in known:
            assert shape.nature(field)
            assert shape.limit(field) > 0


def test_two_meanings_of_a_heading_are_refused(tmp_path: Path) -> None:
    words = "{nothing: [], yes: [], no: [], currencies: {}, stage: {}, status: {}, headings: %s}"
    headings = "{customers: {name: [firm], code: [Firm]}}"
    (tmp_path / "xx.yaml").write_text(
        words.replace("yes", '"yes"').replace("no:", '"no":') % headings
    )
    with pytest.raises(ValueError, match="Firm has two meanings"):
        Words.load(tmp_path)


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("order id,customer,date,product,quantity,unit price", "orders"),
        ("客户名称,城市,电话", "customers"),
        ("deal name,stage,amount,close date", "deals"),
        ("contact,company,email,job title", "contacts"),
        ("sku,description,price,category", "products"),
    ],
)
async def test_the_kind_of_a_file_is_recognised(header: str, first: str) -> None:
    assert (await recognise(header.encode()))[0] == first


async def test_a_file_of_no_kind_is_not_recognised() -> None:
    assert await recognise(b"alpha,beta\n1,2\n") == []

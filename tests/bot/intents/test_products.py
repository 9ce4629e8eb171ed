"""Products in conversation: what is sold, and what sells best."""

from tests.office import Office


async def test_list_shows_one_category_or_says_which_there_are(office: Office) -> None:
    reply = await office.do("laura", "product.list", category="beverage")
    lines = reply.text.splitlines()
    assert lines[0] == "11 products"
    assert lines[2] == "Chai | Beverages | $18"
    assert "category: beverage" in lines[-1]
    reply = await office.press("laura", reply, "Next page")
    assert "Rows 11 to 11 of 11." in reply.text
    reply = await office.do("laura", "product.list", category="furniture")
    assert "No products found" in reply.text
    assert "We have: Beverages, Condiments" in reply.text


async def test_list_leaves_out_what_is_no_longer_sold(office: Office) -> None:
    reply = await office.do("laura", "product.list")
    assert reply.text.startswith("69 products")


async def test_top_ranks_by_revenue(office: Office) -> None:
    reply = await office.do("laura", "product.top", count=2)
    lines = reply.text.splitlines()
    assert lines[0] == "The 2 best sellers"
    assert lines[2].startswith("Côte de Blaye | Beverages | $141,396.74 | 623 | 24")
    assert "currency: USD" in lines[-1]
    reply = await office.do(
        "laura", "product.top", period={"start": "2030-01-01", "end": "2030-02-01"}
    )
    assert "Nothing was sold" in reply.text


async def test_chinese(office: Office) -> None:
    await office.do("laura", "me.set_language", language="zh")
    assert "最畅销的 10 个产品" in (await office.do("laura", "product.top")).text
    assert "现有类别" in (await office.do("laura", "product.list", category="家具")).text

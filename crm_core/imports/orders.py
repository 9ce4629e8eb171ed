"""Orders with their lines: in whole or not at all."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from crm_core.imports.batch import Batch, table_of
from crm_core.imports.bulk import insert_many
from crm_core.imports.cells import compatible
from crm_core.imports.reading import Draft
from crm_core.imports.report import Problem
from crm_core.imports.rules import Found, Values
from crm_core.models import Order, OrderLine, Product

LONGEST_CODE = 40
FIELDS = ("product_id", "quantity", "unit_price", "discount", "amount")


async def put_orders(batch: Batch, drafts: Sequence[Draft]) -> None:
    """Create the orders that are not there, update those that differ.

    The lines of an order never change once it is in: one that has others now is reported. A product
    that nobody knows is created where the file gives its name.
    """
    drafts = await _with_products(batch, await batch.link(Order, drafts))
    there = await batch.find_codes(Order, drafts)
    lines_there = await _lines_of(batch, there)
    new: list[Draft] = []
    same: list[tuple[Found, Values]] = []
    for draft in drafts:
        code = draft.values["code"]
        if code not in there:
            new.append(draft)
        elif lines_there.get(code, []) == sorted(_compared(line) for line in draft.lines):
            if batch.may_change(Order, there[code], draft.line):
                same.append((there[code], draft.values))
        else:
            batch.bad(Order, Problem(draft.line, None, "lines-differ", code))
    ids = await batch.create(Order, [draft.values for draft in new])
    lines = [
        {
            "order_id": order_id,
            "position": position,
            "product_id": line["product_id"],
            "quantity": line["quantity"],
            "unit_price": line["unit_price"],
            "discount": line["discount"],
            "amount": line["amount"],
        }
        for order_id, draft in zip(ids, new, strict=True)
        for position, line in enumerate(draft.lines, start=1)
    ]
    if lines:
        await insert_many(batch.session, table_of(OrderLine), lines)
        batch.report.counts["order_line"].created += len(lines)
    await batch.update(Order, same)


async def _with_products(batch: Batch, drafts: Sequence[Draft]) -> list[Draft]:
    """Put the ids of products into the lines; an order with an unknown one is left out."""
    found = await batch.find(Product, {_wanted(line) for draft in drafts for line in draft.lines})
    new: dict[str, Values] = {}
    good = []
    for draft in drafts:
        problem, unknown = None, {}
        for line in draft.lines:
            text = _wanted(line)
            matches = len(found[text])
            if matches == 1:
                continue
            if (
                not matches
                and "product_name" in line
                and len(line.get("product", "")) <= LONGEST_CODE
            ):
                unknown[text] = _product(line, draft.values["currency"])
            else:
                reason = "several-product" if matches else "unknown-product"
                problem = Problem(line["line"], "product", reason, text)
        if problem:
            batch.bad(Order, problem)
        else:
            good.append(draft)
            for text, product in unknown.items():
                new.setdefault(text, product)
    ids = {text: match[0] for text, match in found.items() if match}
    ids |= dict(zip(new, await batch.create(Product, list(new.values())), strict=True))
    for draft in good:
        for line in draft.lines:
            line["product_id"] = ids[_wanted(line)]
    return good


def _wanted(line: Values) -> str:
    text: str = line.get("product") or line["product_name"]
    return text


def _product(line: Values, currency: str) -> Values:
    product = {"name": line["product_name"], "price": line["unit_price"], "currency": currency}
    return product | {"code": compatible(line["product"])} if "product" in line else product


async def _lines_of(batch: Batch, orders: Mapping[str, Found]) -> dict[str, list[tuple[int, ...]]]:
    """Read the lines of orders, sorted by what they say."""
    codes = {found["id"]: code for code, found in orders.items()}
    lines: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    if codes:
        columns = table_of(OrderLine).columns
        query = select(columns.order_id, *(columns[field] for field in FIELDS))
        for order_id, *line in await batch.session.execute(
            query.where(columns.order_id.in_(codes))
        ):
            lines[codes[order_id]].append(tuple(line))
    return {code: sorted(found) for code, found in lines.items()}


def _compared(line: Values) -> tuple[int, ...]:
    return tuple(line[field] for field in FIELDS)

"""Products in the conversation."""

from bot.intent import Number, Text, intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import orders, products, reports
from crm_core.models import Product
from crm_core.values import Money, Period

FEW, MANY = 10, 100


@intent("product.show")
async def show(turn: Turn, product: Product) -> Reply:
    """Show a product: its price, and how it sold in the past year."""
    turn.state.look_at(product)
    sold = await products.sales(turn.session, product, products.past_year(turn.today), turn.zone)
    price = Money(product.price, product.currency) if product.price is not None else None
    return turn.reply(
        Words(text=product.name, style="strong"),
        turn.fields(
            ("label-price", price),
            ("label-category", product.category),
            ("label-available", turn.say("yes" if product.active else "no")),
            (
                "label-sold-past-year",
                turn.say("sold", units=sold.units, orders=sold.orders, revenue=sold.revenue),
            ),
        ),
        Buttons(buttons=[turn.button("button-orders", "order.list", product=product)]),
    )


@intent("product.list")
async def list_(turn: Turn, category: Text | None = None) -> Reply:
    """List what we sell, of one category if you like."""
    found = await products.search(turn.session, category)
    reply = turn.listing(
        "products-found",
        found,
        ["column-product", "column-category", "column-price"],
        lambda row: [
            row.name,
            row.category,
            Money(row.price, row.currency) if row.price is not None else None,
        ],
        numeric=(2,),
        filters=turn.filters(category=category),
    )
    if found:
        return reply
    known = ", ".join(await products.categories(turn.session))
    hint = Words(text=turn.say("categories", names=known))
    return reply.model_copy(update={"parts": [*reply.parts, hint]}) if known else reply


@intent("product.top", long=reports.takes_long)
async def top(turn: Turn, period: Period | None = None, count: Number | None = None) -> Reply:
    """Show the best sellers by revenue."""
    currency = await orders.main_currency(turn.session, turn.currency)
    limit = max(1, min(int(count or FEW), MANY))
    ranked = await products.top(
        turn.session, turn.zone, currency=currency, now=turn.now, period=period, limit=limit
    )
    sold = {product.id: sales for product, sales in ranked}
    return turn.listing(
        "products-top",
        [product for product, _ in ranked],
        [
            "column-product",
            "column-category",
            "column-revenue",
            "column-units",
            "column-orders",
        ],
        lambda row: [
            row.name,
            row.category,
            sold[row.id].revenue,
            sold[row.id].units,
            sold[row.id].orders,
        ],
        numeric=(2, 3, 4),
        filters=turn.filters(period=period, currency=currency),
    )

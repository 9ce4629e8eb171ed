"""Products in the conversation."""

from bot.intent import intent
from bot.reply import Buttons, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import products
from crm_core.models import Product
from crm_core.values import Money


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

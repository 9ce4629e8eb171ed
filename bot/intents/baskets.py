"""What is bought together."""

from bot.intent import intent
from bot.reply import Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import findings
from crm_core.models import Product

MOST = 10


@intent("basket.rules")
async def rules(turn: Turn, product: Product | None = None) -> Reply:
    """Say which products are bought together more often than by chance."""
    found = await findings.rules(turn.session, product)
    if product:
        turn.state.look_at(product)
    shown = found[:MOST]
    if not shown:
        nothing = "rules-none-of" if product else "rules-none"
        return turn.reply(turn.say(nothing, product=product), turn.say("rules-how"))
    names = await findings.named(
        turn.session, (id_ for rule in shown for id_ in [*rule.products, *rule.also])
    )

    def said(ids: list[int]) -> str:
        return " + ".join(names[id_].name for id_ in ids if id_ in names)

    return turn.reply(
        Words(text=turn.say("rules-title", count=len(found)), style="strong"),
        Table(
            columns=[
                turn.say("column-bought"),
                turn.say("column-also"),
                turn.say("column-of-buyers"),
                turn.say("column-lift"),
                turn.say("column-orders"),
            ],
            rows=[
                [
                    said(rule.products),
                    said(rule.also),
                    turn.speaker.percent(rule.confidence),
                    f"{rule.lift:.1f}×",
                    str(rule.orders),
                ]
                for rule in shown
            ],
            numeric=(2, 3, 4),
        ),
        Words(text=turn.say("rules-how"), style="quiet"),
        provenance=turn.say("scored-on", day=shown[0].as_of),
    )

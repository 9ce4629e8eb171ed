"""Who our customers are: the segments by recency, frequency and money, and groups of the alike."""

from bot.intent import intent
from bot.reply import Reply, Table
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import customers, findings
from crm_core.errors import Invalid
from crm_core.models import Cluster, Customer, Segment


@intent("segment.list")
async def list_(turn: Turn) -> Reply:
    """List the customer segments, how many are in each, and groups of customers who are alike."""
    sizes = await findings.sizes(turn.session, turn.actor)
    if not sizes:
        raise Invalid("no-segments")
    total = sum(sizes.values())
    segments = Table(
        columns=[
            turn.say("column-segment"),
            turn.say("column-customers"),
            turn.say("column-share"),
            turn.say("column-meaning"),
        ],
        rows=[
            [
                turn.speaker.word(segment),
                str(sizes[segment]),
                turn.speaker.percent(sizes[segment] / total),
                turn.say(_hyphened("meaning", segment)),
            ]
            for segment in Segment
            if segment in sizes
        ],
        numeric=(1, 2),
    )
    return turn.reply(
        Words(text=turn.say("segments-title", count=total), style="strong"),
        segments,
        *_groups(turn, await findings.clusters(turn.session)),
        Words(text=turn.say("segments-how"), style="quiet"),
    )


@intent("segment.show")
async def show(turn: Turn, segment: Segment) -> Reply:
    """List the customers of a segment, and say what it means."""
    found = await customers.search(turn.session, turn.actor, segment=segment)
    reply = turn.listing(
        "segment-title",
        found,
        ["column-customer", "column-city", "column-country", "column-owner"],
        lambda row: [row.name, row.city, row.country, row.owner.name if row.owner else None],
        filters=turn.filters(segment=segment),
        of=Customer,
        segment=segment,
    )
    meaning = Words(text=turn.say(_hyphened("meaning", segment)), style="quiet")
    return reply.model_copy(update={"parts": [reply.parts[0], meaning, *reply.parts[1:]]})


def _groups(turn: Turn, groups: list[Cluster]) -> list[Words | Table]:
    if not groups:
        return []
    total = sum(group.customers for group in groups)
    rows = [
        [
            ", ".join(
                turn.say(_hyphened("trait", trait["feature"], trait["direction"]))
                for trait in group.traits[:3]
            )
            or turn.say("trait-none"),
            turn.speaker.percent(group.customers / total),
        ]
        for group in groups
    ]
    first = groups[0]
    return [
        Words(
            text=turn.say(
                "groups-title",
                count=len(groups),
                silhouette=f"{first.silhouette:.2f}",
                stability=f"{first.stability:.2f}",
            )
        ),
        Table(
            columns=[turn.say("column-alike"), turn.say("column-share")], rows=rows, numeric=(1,)
        ),
    ]


def _hyphened(*words: str) -> str:
    return "-".join(words).replace("_", "-")

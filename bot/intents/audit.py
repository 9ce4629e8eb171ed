"""Who changed what, in the conversation."""

from bot.intent import intent
from bot.reply import Buttons, Reply, Table
from bot.reply import Text as Words
from bot.turn import PAGE, Turn
from crm_core import audit
from crm_core.models import ChangeKind, Customer, Role, User
from crm_core.values import Period

COLUMNS = ("column-when", "column-who", "column-record", "column-change")


@intent("audit.show", roles={Role.MANAGER})
async def show(
    turn: Turn,
    customer: Customer | None = None,
    user: User | None = None,
    period: Period | None = None,
) -> Reply:
    """Show who changed what and when, with the values before and after."""
    start = turn.page * PAGE
    count, entries = await audit.search(
        turn.session,
        turn.zone,
        customer=customer,
        user=user,
        period=period,
        offset=start,
        limit=PAGE,
    )
    turn.state.remember((), turn.command, turn.page)
    turn.state.look_at(customer)
    rows = [
        [
            turn.speaker.show(entry.change.at),
            entry.author.name if entry.author else turn.say("audit-nobody"),
            turn.say(
                "audit-record", noun=turn.say(f"noun-{entry.change.noun}"), record=entry.record
            ),
            _change(turn, entry),
        ]
        for entry in entries
    ]
    shown = turn.say("rows-shown", first=start + 1, last=start + len(rows), count=count)
    more = Buttons(buttons=[turn.next_page()])
    going_on = (shown, more) if start + len(rows) < count else ()
    filters = turn.filters(customer=customer, user=user, period=period)
    reply = turn.reply(
        Words(text=turn.say("audit-title", count=count), style="strong"),
        Table(columns=[turn.say(column) for column in COLUMNS], rows=rows) if rows else None,
        *going_on,
        provenance=turn.provenance(count, filters),
    )
    # Phone numbers and addresses are among the values.
    return reply.model_copy(update={"private": True})


def _change(turn: Turn, entry: audit.Entry) -> str:
    lines = [
        turn.say(
            "audit-field",
            field=turn.say(f"field-{name.replace('_', '-')}"),
            change=turn.say("before-after", before=_value(turn, before), after=_value(turn, after)),
        )
        for name, before, after in entry.fields
        if not isinstance(after or before, list | dict)
    ]
    what = "; ".join(lines)
    if entry.change.kind is ChangeKind.CREATED:
        what = turn.say("audit-created")
    elif entry.change.kind is ChangeKind.DELETED:
        what = turn.say("audit-deleted")
    elif entry.change.kind is ChangeKind.ERASED:
        what = turn.say("audit-erased")
    return turn.say("audit-undone", what=what) if entry.change.undone_by else what


def _value(turn: Turn, value: object) -> str:
    if isinstance(value, bool):
        return turn.say("yes" if value else "no")
    return turn.speaker.show(value)

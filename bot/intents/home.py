"""My day on one page: what is due, what closes, what is wrong, and what is in the pipeline."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.intent import intent
from bot.reply import Button, Buttons, Part, Reply
from bot.reply import Text as Words
from bot.turn import Turn
from crm_core import alerts, deals, tasks, tickets
from crm_core.models import Alert, Deal, Role, Stage, Task, Ticket
from crm_core.values import Period

Found = TypeVar("Found", Task, Deal, Ticket, Alert)

MOST = 5
"""Records of a kind on the page; the lists have all of them."""


@intent("home.show", spoken=False)
async def show(turn: Turn) -> Reply:
    """Show your day: tasks due, deals that close this week, tickets and alerts."""
    week = turn.today - timedelta(days=turn.today.weekday())
    day, closing = Period(turn.today, turn.today + timedelta(1)), Period(week, week + timedelta(7))
    user, session, actor = turn.user, turn.session, turn.actor
    due = await tasks.search(session, actor, owner=user, period=day)
    parts: list[Part] = _section(turn, "home-tasks", due, _task)
    if turn.registry["deal.list"].allows(user.role):
        own = await deals.search(session, actor, owner=user, closing=closing)
        parts += _section(turn, "home-deals", own, _deal)
    if user.role is Role.SUPPORT:
        mine = await tickets.search(
            session, actor, turn.zone, turn.now, turn.company.sla, assignee=user
        )
        parts += _section(turn, "home-tickets", mine, _ticket)
    open_alerts = await alerts.search(session, actor, turn.now)
    parts += _section(turn, "home-alerts", open_alerts, _alert)
    if turn.registry["deal.pipeline"].allows(user.role):
        parts += await _pipeline(turn)
    onward = [
        turn.button(f"intent-{noun}-create", f"{noun}.create", form=True)
        for noun in ("deal", "task", "ticket", "customer")
        if turn.registry[f"{noun}.create"].allows(user.role)
    ]
    title = Words(text=turn.say("home-title", day=turn.today), style="strong")
    updated = Words(text=turn.say("home-updated", now=turn.now), style="quiet")
    return turn.reply(title, Buttons(buttons=onward), *parts, updated)


def _section(
    turn: Turn, title: str, records: Sequence[Found], part: Callable[[Turn, Found], list[Part]]
) -> list[Part]:
    """Give a heading, and a line and its buttons for each of the first records."""
    shown: list[Part] = [Words(text=turn.say(title, count=len(records)), style="strong")]
    for record in records[:MOST]:
        shown += part(turn, record)
    if len(records) > MOST:
        more = turn.say("home-more", count=len(records) - MOST)
        shown.append(Words(text=more, style="quiet"))
    return shown


def _task(turn: Turn, task: Task) -> list[Part]:
    due = task.due_at or task.due_on
    done = turn.button("home-done", "task.complete", once=True, task=task)
    return [Words(text=f"{task.title} · {turn.speaker.show(due)}"), _row(done, turn.edit(task))]


def _deal(turn: Turn, deal: Deal) -> list[Part]:
    line = turn.say("line-deal", deal=deal, stage=deal.stage, amount=turn.amount(deal))
    won = turn.button("button-move-won", "deal.move", deal=deal, stage=Stage.WON.value)
    return [
        Words(text=f"{line} · {turn.speaker.show(deal.close_date)}"),
        _row(won, turn.edit(deal)),
    ]


def _ticket(turn: Turn, ticket: Ticket) -> list[Part]:
    line = turn.say("line-ticket", id=str(ticket.id), subject=ticket.subject, status=ticket.status)
    resolve = turn.button("button-resolve", "ticket.resolve", ticket=ticket)
    return [Words(text=line), _row(resolve, turn.edit(ticket))]


def _alert(turn: Turn, alert: Alert) -> list[Part]:
    about = alert.customer or alert
    claim = turn.button("button-claim", "alert.claim", once=True, alert=alert)
    dismiss = turn.button("button-dismiss", "alert.dismiss", once=True, alert=alert)
    return [Words(text=f"{turn.speaker.show(alert.kind)}: {about.label}"), _row(claim, dismiss)]


def _row(*buttons: Button) -> Buttons:
    return Buttons(buttons=list(buttons))


async def _pipeline(turn: Turn) -> list[Part]:
    shares = await deals.pipeline(turn.session, turn.actor, owner=turn.user)
    lines = [
        f"{turn.speaker.word(share.stage)}: {share.deals} · "
        + (" + ".join(turn.speaker.money(sum_) for sum_ in share.sums) or turn.say("nothing"))
        for share in shares
    ]
    title = Words(
        text=turn.say("pipeline-title", count=sum(s.deals for s in shares)), style="strong"
    )
    return [title, *([Words(text="\n".join(lines))] if lines else [])]

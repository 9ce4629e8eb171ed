"""A ticket's targets in words: by when it is to be answered and solved, and what is left."""

from datetime import datetime, timedelta

from bot.turn import Turn
from crm_core.sla import Deadline, Goal

GOALS = {Goal.FIRST_RESPONSE: "label-first-response", Goal.RESOLUTION: "label-solution"}


def left(turn: Turn, deadline: Deadline) -> str:
    """Say how much working time is left until a deadline, or how much too late it is."""
    remaining = turn.company.sla.left(deadline, turn.now)
    return _working_time(turn, remaining, over=deadline.breached(turn.now))


def labelled(turn: Turn, deadline: Deadline) -> tuple[str, str]:
    """Label when a goal was reached, or by when it is to be."""
    if deadline.met is None:
        shown = turn.say("sla-due", due=deadline.due, left=left(turn, deadline))
    else:
        late = deadline.breached(turn.now)
        shown = turn.say("sla-met-late" if late else "sla-met", met=deadline.met)
    return GOALS[deadline.goal], shown


def while_asleep(turn: Turn, deadline: Deadline, wakes: datetime) -> str:
    """Say what a snooze does to the target: nothing, and so it may be missed meanwhile."""
    goal, due = turn.say(GOALS[deadline.goal]), deadline.due
    if deadline.breached(wakes):
        return turn.say("snooze-misses-target", goal=goal, due=due)
    remaining = _working_time(turn, turn.company.sla.left(deadline, wakes))
    return turn.say("snooze-keeps-target", goal=goal, due=due, left=remaining)


def _working_time(turn: Turn, remaining: timedelta, *, over: bool = False) -> str:
    hours, minutes = divmod(int(abs(remaining).total_seconds()) // 60, 60)
    return turn.say("sla-over" if over else "sla-left", hours=hours, minutes=minutes)

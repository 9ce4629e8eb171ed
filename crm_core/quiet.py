"""When somebody may be told: by their schedule, after quiet hours and a mute, within the cap."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_core.models import Notification, User
from crm_core.receivers import Policy, Receiver
from crm_core.timetable import Timetable

LATE = timedelta(minutes=5)
"""After so long, what was asked for at a time is no longer on time."""


def due_at(receiver: Receiver, policy: Policy, now: datetime, *, urgent: bool = False) -> datetime:
    """Return when to tell: by the receiver's schedule, after quiet hours and a mute."""
    when, one = now, receiver.subscription
    if one and one.schedule and not urgent:
        timetable = Timetable(one.schedule, ZoneInfo(one.schedule["timezone"]))
        when = timetable.next(now - timedelta(seconds=1)) or now
    elif not urgent:
        when = loud(when, receiver.user, policy)
    return _unmuted(when, receiver.user)


def zone_of(user: User | None, policy: Policy) -> ZoneInfo:
    """Return a person's time zone; a channel's is the company's."""
    return ZoneInfo(user.timezone if user else policy.timezone)


def hours_of(user: User | None, policy: Policy) -> tuple[time, time]:
    """Return from when until when a person is left alone: as they said, or as all are."""
    if user and user.quiet_from and user.quiet_to:
        return time.fromisoformat(user.quiet_from), time.fromisoformat(user.quiet_to)
    return policy.quiet_from, policy.quiet_to


def loud(moment: datetime, user: User | None, policy: Policy) -> datetime:
    """Return the moment, or the end of the quiet hours it lies in."""
    zone, (start, end) = zone_of(user, policy), hours_of(user, policy)
    local = moment.astimezone(zone)
    at = local.time()
    quiet = start <= at < end if start <= end else at >= start or at < end
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1 if start > end and at >= start else 0)
    return datetime.combine(day, end, zone).astimezone(moment.tzinfo)


def _unmuted(moment: datetime, user: User | None) -> datetime:
    if user and user.muted_from and user.muted_until and moment >= user.muted_from:
        return max(moment, user.muted_until)
    return moment


def is_muted(receiver: Receiver, now: datetime) -> bool:
    """Tell whether a person wants to be told nothing now."""
    return _unmuted(now, receiver.user) > now


def postpone(row: Notification, policy: Policy, now: datetime) -> bool:
    """Put off what its receiver must not hear now, and tell whether that was so.

    What became due while somebody was muted waits, and what could not be sent at its time does not
    come in quiet hours instead.
    """
    asked_for = row.subscription and row.subscription.schedule and now - row.due_at < LATE
    quiet = not (row.urgent or asked_for)
    later = loud(now, row.user, policy) if quiet else now
    later = _unmuted(later, row.user)
    if later > now:
        row.due_at = later
        return True
    return False


def hold(row: Notification, policy: Policy, now: datetime) -> None:
    """Keep what is over the cap for the next morning, when it goes with others as one message."""
    zone, (_, morning) = zone_of(row.user, policy), hours_of(row.user, policy)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    row.due_at = datetime.combine(tomorrow, morning, zone)
    row.over = True

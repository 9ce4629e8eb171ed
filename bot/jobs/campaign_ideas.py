"""A campaign a week is suggested to the managers, where there is somebody to offer something to."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.jobs import Shift, tell
from bot.notices import Draft, action, phrase
from crm_core import campaigns
from crm_core.errors import Invalid
from crm_core.models import AlertKind, Campaign, CampaignStatus, Objective
from crm_core.receivers import Notice


async def campaign_ideas(shift: Shift) -> str:
    """Suggest the objective whose turn it is, unless suggestions wait; tell whose time is over."""

    async def write(session: AsyncSession) -> list[Campaign]:
        over = await campaigns.finish(session, shift.now)
        if await campaigns.search(session, CampaignStatus.SUGGESTED):
            return over
        week = shift.now.isocalendar().week
        objective = list(Objective)[week % len(Objective)]
        speaker = shift.words.plain(shift.company.language)
        name = speaker.say("campaign-name", objective=objective, day=shift.now.date())
        try:
            async with session.begin_nested():
                idea = await campaigns.suggest(
                    session,
                    objective,
                    shift.company.campaigns,
                    name=name,
                    currency=shift.company.currency,
                )
        except Invalid:  # nobody to offer anything to this week
            return over
        return [*over, idea]

    found = await shift.db.run(shift.work, write)

    async def gather(_session: AsyncSession) -> Sequence[Notice]:
        return [_notice(campaign) for campaign in found]

    return f"{await tell(shift, gather)} told"


def _notice(campaign: Campaign) -> Notice:
    over = campaign.status is CampaignStatus.FINISHED
    verb, label = ("results", "button-results") if over else ("show", "button-campaign")
    draft = Draft(
        title=phrase("notice-over" if over else "notice-idea", campaign=campaign),
        actions=(action(label, f"campaign.{verb}", campaign=campaign),),
    )
    key = f"campaign-{campaign.status}:{campaign.id}"
    return Notice(key, AlertKind.CAMPAIGN, draft.plain())

"""Value, offers, segments, baskets and models in the conversation, on the scored Northwind."""

import re

import pytest

from bot.jobs import Shift
from bot.jobs.score import Score
from bot.reply import Chart, Reply, Table
from crm_core.changes import Work
from crm_core.models import Segment
from tests.office import NOW, Office

NONSENSE = re.compile(r"\b(nan|NaN|inf|None|null)\b")


@pytest.fixture
async def scored(office: Office) -> Office:
    company = office.settings.conversation
    score = Score(engine="duckdb", horizon_days=45, lookback_days=365)
    await score(Shift(office.db, office.words, company, Work("score", NOW)))
    return office


def sane(reply: Reply) -> str:
    assert not NONSENSE.search(reply.text), reply.text
    return reply.text


def table(reply: Reply) -> Table:
    return next(part for part in reply.parts if isinstance(part, Table))


async def test_a_scored_company_answers(scored: Office) -> None:
    text = sane(await scored.say("nancy", "how much is Alfreds Futterkiste worth to us"))
    assert "in the next 12 months" in text
    assert "Track record: for the" in text
    assert "80% chance" in text

    reply = await scored.say("nancy", "what should I offer Alfreds Futterkiste")
    assert "Likely to buy again" in sane(reply)
    assert len(table(reply).rows) == 5

    reply = await scored.say("nancy", "what segments do we have")
    sane(reply)
    counted = sum(int(row[1]) for row in table(reply).rows)
    assert counted == 89  # have ordered
    assert "By likeness there are" in reply.text

    text = sane(await scored.say("nancy", "who are the champions"))
    assert Segment.CHAMPIONS in text
    assert "bought just now" in text

    text = sane(await scored.say("nancy", "which products are often bought together"))
    assert "Sirop d'érable" in text
    text = sane(await scored.say("nancy", "what sells together with Chai"))
    assert "Nothing is bought with Chai" in text

    reply = await scored.say("steven", "how good is the churn model")
    assert "of the tenth rated highest" in sane(reply)
    assert "Alerts sent: none has shown yet" in reply.text
    chart = next(part for part in reply.parts if isinstance(part, Chart))
    assert [series.name for series in chart.series] == ["foretold", "seen"]
    assert all(0 <= each <= 100 for each in chart.series[0].values if each is not None)

    text = sane(await scored.say("steven", "how good is the value model"))
    assert "linear regression" in text
    text = sane(await scored.say("steven", "how good are the models"))
    assert "too little data" in text  # the risk model: nothing ever came back

    text = sane(await scored.say("steven", "用中文"))
    text = sane(await scored.say("steven", "流失模型准不准"))
    assert "评分最高的一成" in text
    assert "冠军" in sane(await scored.say("steven", "客户分群"))


async def test_before_the_first_run_it_says_what_to_wait_for(office: Office) -> None:
    for sender, sentence in (
        ("nancy", "how much is Alfreds Futterkiste worth to us"),
        ("nancy", "what should I offer Alfreds Futterkiste"),
        ("nancy", "what segments do we have"),
        ("steven", "how good is the churn model"),
    ):
        assert '"score"' in sane(await office.say(sender, sentence))
    assert "not fitted" in sane(await office.say("steven", "how good are the models"))


async def test_models_are_for_managers(office: Office) -> None:
    text = (await office.say("nancy", "how good is the churn model")).text
    assert "role" in text

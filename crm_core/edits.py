"""Several fields of one record changed at one go."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.fields import checked
from crm_core.models import Record


async def edit(session: AsyncSession, record: Record, **values: Any) -> None:
    """Set what is given: None leaves a field as it is, "" empties it.

    Raises Invalid for a text that the field does not take.
    """
    given = {name: value for name, value in values.items() if value is not None}
    texts = {name: value for name, value in given.items() if type(value) is str}
    for name, value in (given | checked(type(record), **texts)).items():
        if inspect(record).dict[name] != value:
            setattr(record, name, value)
    await session.flush()


async def empty(session: AsyncSession, record: Record, *fields: str) -> None:
    """Take the values of fields away."""
    for name in fields:
        setattr(record, name, None)
    await session.flush()

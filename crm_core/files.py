"""Files that people send or are sent, kept in the database until they are no longer needed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm_core.errors import NotFound
from crm_core.models import StoredFile

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is taken in; what Telegram hands to a bot at most."""


async def store(
    session: AsyncSession, name: str, media_type: str, content: bytes, now: datetime
) -> StoredFile:
    """Keep a file; it commits with the work it belongs to."""
    file = StoredFile(
        name=name[-200:],
        media_type=media_type[:100],
        size=len(content),
        content=content,
        created_at=now,
    )
    session.add(file)
    await session.flush()
    return file


async def content(session: AsyncSession, file_id: int) -> bytes:
    """Return a file's bytes. Raises NotFound where it is kept no longer."""
    found = await session.scalar(select(StoredFile.content).where(StoredFile.id == file_id))
    if found is None:
        raise NotFound("file-gone")
    return found

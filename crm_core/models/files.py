"""Files that people send or are sent."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from crm_core.models.base import Row


class StoredFile(Row):
    """A file on its way in or out. The content is loaded only where it is asked for."""

    __tablename__ = "files"

    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(doc="in bytes")
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    created_at: Mapped[datetime] = mapped_column(index=True)

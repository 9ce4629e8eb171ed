"""The right to be the only process that does something, for a while."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from crm_core.changes import Work
from crm_core.clock import Clock
from crm_core.db import Database
from crm_core.models import Lease


class Leases:
    """One process's leases. A holder that dies keeps nobody waiting longer than it asked for."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._holder = secrets.token_hex(16)

    async def acquire(self, name: str, seconds: float) -> bool:
        """Take or keep the lease. False: another process has it."""
        now = self._clock()
        until = now + timedelta(seconds=seconds)
        try:
            async with self._db.begin(Work("lease", now)) as session:
                free = or_(Lease.holder == self._holder, Lease.until <= now)
                query = select(Lease).where(Lease.name == name, free).with_for_update()
                lease = (await session.scalars(query)).first()
                if lease is None:
                    session.add(Lease(name=name, holder=self._holder, until=until))
                else:
                    lease.holder, lease.until = self._holder, until
        except IntegrityError:
            return False
        return True

    async def renew(self, name: str, seconds: float) -> bool:
        """Keep the lease for longer. False: it was lost meanwhile."""
        now = self._clock()
        async with self._db.begin(Work("lease", now)) as session:
            query = select(Lease).where(Lease.name == name, Lease.holder == self._holder)
            lease = (await session.scalars(query.with_for_update())).first()
            if lease is None:
                return False
            lease.until = now + timedelta(seconds=seconds)
            return True

    async def is_held(self, name: str) -> bool:
        """Tell whether any process has the lease now."""
        async with self._db.read() as session:
            query = select(Lease.name).where(Lease.name == name, Lease.until > self._clock())
            return await session.scalar(query) is not None

    async def release(self, name: str) -> None:
        """Give the lease back."""
        async with self._db.begin(Work("lease", self._clock())) as session:
            mine = (Lease.name == name, Lease.holder == self._holder)
            await session.execute(delete(Lease).where(*mine))

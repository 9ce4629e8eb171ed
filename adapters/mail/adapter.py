"""The mail adapter: deliveries out, nothing in."""

from ssl import SSLError

import aiosmtplib
import structlog
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from starlette.routing import Route

from adapters.channel import Outgoing, Receive, Refused, TryLater
from adapters.mail.letter import letter
from adapters.mail.settings import MailSettings
from bot.message import Attachment, Place
from crm_core import outbox
from crm_core.clock import Clock
from crm_core.db import Database

TIMEOUT = 20.0
"""Seconds to wait for the server's answer to one command."""
PERMANENT = 500
"""Answers from here on mean: never; those below: not now. Source: RFC 5321, 4.2.1."""
FIRST_PAUSE, LONGEST_PAUSE = 15.0, 3600.0
MISCONFIGURED = 60.0
"""Seconds to wait where only the operator can help."""

log = structlog.get_logger(__name__)


class MailAdapter:
    """One mailbox that writes to customers."""

    platform = "mail"
    routes: tuple[Route, ...] = ()

    def __init__(self, settings: MailSettings, db: Database, clock: Clock) -> None:
        self.settings = settings
        self._db = db
        self._clock = clock

    async def start(self, receive: Receive) -> None:
        """Do nothing: the server is asked for when there is something to send."""

    async def stop(self) -> None:
        pass

    async def send(self, outgoing: Outgoing) -> str:
        """Deliver, and return the e-mail's Message-ID.

        Raises TryLater where the server can't take it now, or Refused where it never will.
        """
        async with self._db.read() as session:
            earlier = await outbox.references(session, self.platform, outgoing.place.thread)
        message = letter(outgoing, self.settings.address, earlier, self._clock())
        settings = self.settings
        pause = min(FIRST_PAUSE * 2 ** (outgoing.attempt - 1), LONGEST_PAUSE)
        try:
            await aiosmtplib.send(
                message,
                hostname=settings.host,
                port=settings.port,
                username=settings.username or None,
                password=settings.password.get_secret_value() or None,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                timeout=TIMEOUT,
            )
        except SMTPRecipientsRefused as problem:
            refused = problem.recipients[0]
            raise _outcome(refused.code, refused.message, pause) from problem
        except (SMTPAuthenticationError, SMTPConnectError) as problem:
            # The server takes nothing from us, or is away: that says nothing of this e-mail.
            log.warning("mail.unreachable", problem=str(problem))
            raise TryLater(str(problem), max(pause, MISCONFIGURED)) from problem
        except SMTPResponseException as problem:
            raise _outcome(problem.code, problem.message, pause) from problem
        except SMTPNotSupported as problem:
            raise Refused(str(problem)) from problem
        except (SMTPException, SSLError, OSError) as problem:
            log.warning("mail.trouble", problem=str(problem))
            raise TryLater(str(problem), pause) from problem
        return str(message["Message-ID"])

    async def fetch(self, place: Place, file: Attachment) -> bytes:
        raise Refused("nothing comes in by e-mail")


def _outcome(code: int, words: str, pause: float) -> TryLater | Refused:
    said = f"{code} {words}"
    return Refused(said) if code >= PERMANENT else TryLater(said, pause)

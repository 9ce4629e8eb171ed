"""A delivery as an e-mail: plain text, files attached, one thread a ticket."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from adapters.channel import Outgoing, Refused
from bot.reply import Chart, Fields, File, Part, Table, Text

OLDEST = 20
"""Messages of a thread that are referred to; header lines have an end."""
POLICY = SMTP.clone(cte_type="7bit")  # servers without 8BITMIME are still about


def letter(
    outgoing: Outgoing, sender: Address, earlier: Sequence[str], now: datetime
) -> EmailMessage:
    """Write the e-mail that says a reply; its heading is the subject.

    `earlier` are the ids of the thread's messages. Raises Refused for what is no address.
    """
    title, *body = outgoing.reply.parts
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = _address(outgoing.place.channel)
    message["Subject"] = _on_one_line(title.text if isinstance(title, Text) else "")
    message["Date"] = now
    message["Message-ID"] = message_id(outgoing.key, sender.domain)
    if earlier:
        message["In-Reply-To"] = earlier[-1]
        message["References"] = " ".join(earlier[-OLDEST:])
    message.set_content("\n\n".join(filter(None, map(_paragraph, body))), charset="utf-8")
    for file in _files(body):
        kind, _, subtype = (file.media_type or "application/octet-stream").partition("/")
        message.add_attachment(
            outgoing.files[file.id],
            maintype=kind,
            subtype=subtype or "octet-stream",
            filename=_on_one_line(file.name),
        )
    return message


def message_id(key: str, domain: str) -> str:
    """Return the same id for every attempt, so that a second copy is known for what it is."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError) as problem:
        raise Refused(f"no e-mail address: {text[:100]!r}") from problem


def _on_one_line(text: str) -> str:
    """Leave out line breaks and control characters: a header is one line, whoever wrote it."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _paragraph(part: Part) -> str:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Fields):
        return "\n".join(f"{field.label}: {field.value}" for field in part.fields)
    if isinstance(part, Table):
        return "\n".join(" | ".join(row) for row in [part.columns, *part.rows])
    return part.alt if isinstance(part, Chart) else ""


def _files(parts: Sequence[Part]) -> Iterator[File]:
    return (part for part in parts if isinstance(part, File))

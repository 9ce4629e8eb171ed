"""What slack_bolt and slack_sdk write to the log, without secrets."""

import logging
import re

_SECRET = re.compile(r"\b(?:xox[a-z]|xapp)-[\w-]+|(?<=ticket=)[^\s&'\")]+")
_FORMATTER = logging.Formatter()


def make_logger() -> logging.Logger:
    """Return the logger to hand to both libraries; tokens and tickets come out as stars."""
    logger = logging.getLogger("adapters.slack.bolt")
    if _redact not in logger.filters:
        logger.addFilter(_redact)
    return logger


def _redact(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if record.exc_info:
        message = f"{message}\n{_FORMATTER.formatException(record.exc_info)}"
    record.msg, record.args, record.exc_info = _SECRET.sub("***", message), None, None
    return True

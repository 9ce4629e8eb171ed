"""The type of the clock that is handed in where moments are needed."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]

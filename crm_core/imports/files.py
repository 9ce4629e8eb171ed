"""Delimited files as people have them: any encoding, delimiter and quoting, record by record.

The first sheet of a workbook is read as if it were one.
"""

import codecs
import csv
import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, BytesIO, FileIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import charset_normalizer

from crm_core.errors import Invalid
from crm_core.imports import workbooks

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
DELIMITERS = ",;\t|"
BLOCK = 1 << 20  # bytes read at once
SAMPLE = 1 << 16  # bytes of non-ASCII lines that the encoding is judged by
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# The encodings that office programs write, the most likely first.
ENCODINGS = ["gb18030", "cp1252", "big5", "cp932", "cp949", "cp1250", "cp1251", "cp1253", "cp1254"]
UNREADABLE = "\ufffd"


class Row(NamedTuple):
    """One record: the line it begins at, its cells, and what is wrong with its form."""

    line: int
    cells: list[str]
    fault: str | None = None


@dataclass(frozen=True)
class Table:
    """A delimited file whose rows can be asked for again and again."""

    source: Path | bytes
    digest: str
    encoding: str
    mixed: bool  # some bytes are not of this encoding
    delimiter: str
    header: Sequence[str]

    def rows(self) -> Iterator[Row]:
        """Yield the records below the header; blank ones are skipped, broken ones have a fault."""
        width = len(self.header)
        records = _records(self.source, self.encoding, self.delimiter)
        next(records)
        for row in records:
            cells = row.cells
            if len(cells) > width and not any(cells[width:]):
                cells = cells[:width]  # delimiters at the end of the line, nothing between them
            if row.fault is None and len(cells) != width:
                yield Row(row.line, cells, "wrong-number-of-cells")
            elif self.mixed and any(UNREADABLE in cell for cell in cells):
                yield Row(row.line, cells, "wrong-encoding")
            else:
                yield Row(row.line, cells, row.fault)


def is_table(name: str) -> bool:
    """Tell by its name whether a file may be a table."""
    return name.casefold().endswith(SUFFIXES)


def read(source: Path | bytes, known: Callable[[Sequence[str]], int]) -> Table:
    """Find out how a file is written. `known` counts the headings that mean something.

    The delimiter is the one under which most headings do. Raises Invalid: no-file, not-a-file,
    not-text, empty-file.
    """
    if isinstance(source, Path) and not source.is_file():
        raise Invalid("not-a-file" if source.exists() else "no-file", name=source.name)
    source = workbooks.as_delimited(source)
    with _open(source) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    encoding, mixed = _encoding(source)
    headers = {}
    for delimiter in DELIMITERS:
        first = next(_records(source, encoding, delimiter), None)
        if first is None:
            raise Invalid("empty-file")
        headers[delimiter] = first.cells
    best = max(DELIMITERS, key=lambda mark: (known(headers[mark]), len(headers[mark])))
    return Table(source, digest, encoding, mixed, best, headers[best])


def _open(source: Path | bytes) -> BufferedReader | BytesIO:
    if isinstance(source, bytes):
        return BytesIO(source)
    return BufferedReader(FileIO(source), BLOCK)


def _records(source: Path | bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the records that are not blank. One that cannot be read is reported at its first line,
    and reading goes on with the next: a forgotten quote must not swallow the file."""
    with TextIOWrapper(_open(source), encoding, errors="replace", newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
        while True:
            lines.taken.clear()
            start = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                huge = len(lines.taken) == 1 and "field limit" in str(problem)
                cells = lines.taken[0].rstrip("\r\n").split(delimiter)
                yield Row(start, cells, "too-long" if huge else "broken-quotes")
                lines.return_all_but_first()
                reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
                continue
            if any(cells):
                yield Row(start, cells)


class _Lines:
    """Physical lines for csv.reader; remembers those of the record it is reading."""

    def __init__(self, text: Iterator[str]) -> None:
        self.text = text
        self.number = 0
        self.taken: list[str] = []
        self.returned: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.text)
        self.number += 1
        self.taken.append(line)
        return line

    def return_all_but_first(self) -> None:
        self.returned.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def _encoding(source: Path | bytes) -> tuple[str, bool]:
    """Return the encoding of a file, and whether some of its bytes may be of another one.

    Judged by the lines that are not ASCII: UTF-8 when most of them are, else an older encoding.
    """
    right = wrong = size = 0
    sample: list[bytes] = []
    with _open(source) as file:
        mark = file.read(3)
        file.seek(0)
        for bom, name in MARKS.items():
            if mark.startswith(bom):
                return name, True
        for line in file:
            if b"\0" in line:
                raise Invalid("not-text")
            if line.isascii():
                continue
            if _is_utf8(line):
                right += 1
            else:
                wrong += 1
                if size < SAMPLE:
                    sample.append(line)
                    size += len(line)
    if right >= wrong:
        return "utf-8", wrong > 0
    guesses = [
        (guess.chaos, -guess.coherence, ENCODINGS.index(name))
        for guess in charset_normalizer.from_bytes(b"".join(sample), cp_isolation=ENCODINGS)
        for name in guess.could_be_from_charset
        if name in ENCODINGS
    ]
    if not guesses:
        raise Invalid("not-text")
    return ENCODINGS[min(guesses)[-1]], True


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True

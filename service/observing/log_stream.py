"""Where lines of the log are written: together, since a write for each costs more than all else about a line."""

import logging
import threading
from collections import deque
from contextlib import suppress
from typing import TextIO

PAUSE = 0.1
"""Seconds that a line may wait for others."""

MOST_LINES = 1_000
"""Lines that wait at most, so that a log which can't be written takes little memory."""


class BatchedLines(logging.Handler):
    """Writes what needs attention at once, and everything else within `PAUSE`, in the order in which it came."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque()
        self._writing = threading.Lock()
        self._has_lines = threading.Event()
        self._closing = threading.Event()
        self._writer: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record's line. The thread that writes is started here, since a fork leaves it behind."""
        try:
            self._lines.append(self.format(record))
        except Exception:  # noqa: BLE001 - as every handler: a line must not break the work that it tells of
            self.handleError(record)
            return
        if record.levelno >= logging.WARNING or len(self._lines) >= MOST_LINES:
            self.flush()
        elif not self._has_lines.is_set():
            self._has_lines.set()
            if self._writer is None or not self._writer.is_alive():
                self._writer = threading.Thread(target=self._write, name="log", daemon=True)
                self._writer.start()

    def flush(self) -> None:
        """Write all lines that wait."""
        with self._writing:
            self._has_lines.clear()  # first, so that a line which comes meanwhile says so again
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            # A stream that is gone, or full, leaves nowhere to say so.
            with suppress(OSError, ValueError):
                self._stream.write("".join(f"{line}\n" for line in lines))
                self._stream.flush()

    def close(self) -> None:
        """Write what waits, and stop writing."""
        self._closing.set()
        self._has_lines.set()
        self.flush()
        super().close()

    def _write(self) -> None:
        while not self._closing.is_set():
            self._has_lines.wait()
            self._closing.wait(PAUSE)
            self.flush()

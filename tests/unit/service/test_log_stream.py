"""Lines of the log are written together, in their order, and those that need attention at once."""

import io
import logging
import threading

import pytest

from service.observing.log_stream import MOST_LINES, BatchedLines

PATIENCE = 10.0


class Stream(io.StringIO):
    """Notes how often it was written to."""

    def __init__(self):
        super().__init__()
        self.writes = []
        self.written = threading.Event()

    def write(self, text):
        self.writes.append(text)
        self.written.set()
        return len(text)


@pytest.fixture
def stream():
    return Stream()


@pytest.fixture
def handler(stream):
    made = BatchedLines(stream)
    yield made
    made.close()


def record(message, level=logging.INFO):
    return logging.LogRecord("somewhere", level, "file.py", 1, message, (), None)


def test_lines_are_written_soon_whether_or_not_more_come(handler, stream):
    for line in ("first", "second"):
        stream.written.clear()
        handler.handle(record(line))
        assert stream.written.wait(PATIENCE)

    assert "".join(stream.writes) == "first\nsecond\n"


def test_what_needs_attention_is_written_at_once_after_what_came_before(handler, stream):
    handler.handle(record("before"))
    handler.handle(record("trouble", logging.WARNING))

    assert "".join(stream.writes) == "before\ntrouble\n"


def test_no_more_wait_than_fit(handler, stream):
    for number in range(MOST_LINES):
        handler.handle(record(str(number)))

    assert "".join(stream.writes).splitlines() == [str(number) for number in range(MOST_LINES)]


def test_closing_writes_the_rest(handler, stream):
    handler.handle(record("last"))
    handler.close()

    assert "".join(stream.writes) == "last\n"


def test_a_stream_that_is_gone_breaks_nothing(handler, stream):
    stream.write = lambda _: (_ for _ in ()).throw(OSError("gone"))
    handler.handle(record("nobody reads this", logging.ERROR))


def test_lines_of_many_threads_are_all_there(handler, stream):
    threads = [
        threading.Thread(target=lambda: [handler.handle(record("x")) for _ in range(500)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    handler.flush()

    assert "".join(stream.writes) == "x\n" * 2000

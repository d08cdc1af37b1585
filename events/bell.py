"""A hint, within one process, that something was appended."""

from threading import Condition


class Bell:
    """Wakes those who wait for the log to grow.

    Only ever a hint: another process rings its own bell. So nobody waits without a timeout, and who is woken
    looks into the log.
    """

    def __init__(self) -> None:
        self._rings = 0
        self._condition = Condition()

    @property
    def rings(self) -> int:
        """How often the bell has rung. Note it before looking into the log, and `wait` misses no ring since."""
        return self._rings

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, seen: int, timeout: float) -> int:
        """Return the number of rings as soon as it is not `seen`, at the latest after `timeout` seconds."""
        with self._condition:
            if self._rings == seen:
                self._condition.wait(timeout)
            return self._rings

"""A wire to a server on this machine, which can be cut at the worst of moments."""

import socket
import threading
from contextlib import suppress


class CutWire:
    """Listens on a port of its own and passes on what comes, both ways, on any number of connections."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._sign: bytes | None = None
        self.lost = threading.Event()
        """Set once an answer was lost."""
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next_answer_to(self, sign: bytes) -> None:
        """Cut the connection on which a statement with `sign` was prepared, when its next answer has come in."""
        self._sign = sign

    def close(self) -> None:
        """Cut everything."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for each in self._open:
            _close(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                asked = bytearray()
                for way in ((client, server, asked), (server, client, None)):
                    threading.Thread(target=self._pass_on, args=(*way, asked), daemon=True).start()

    def _pass_on(
        self, begin: socket.socket, end: socket.socket, heard: bytearray | None, asked: bytearray
    ) -> None:
        with suppress(OSError):
            while some := begin.recv(65536):
                if heard is not None:
                    heard += some
                elif self._sign is not None and self._sign in asked:
                    self._sign = None
                    self.lost.set()
                    break
                end.sendall(some)
        _close(begin)
        _close(end)


def _close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()

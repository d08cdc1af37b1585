"""A relay between a client and a server, whose connections can be cut."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TcpRelay(socketserver.ThreadingTCPServer):
    """Passes every connection on to a port of this machine."""

    daemon_threads = True

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.connections = 0
        self._sockets: list[socket.socket] = []
        super().__init__(("127.0.0.1", 0), _Connection)
        self.port: int = self.server_address[1]

    def cut(self) -> None:
        """Cut the connections that there are, without a word."""
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def pass_on(self, client: socket.socket) -> None:
        """Pass on all that comes, both ways, until one side is done; nothing while the server is away."""
        self.connections += 1
        try:
            server = socket.create_connection(("127.0.0.1", self.to_port))
        except OSError:
            return
        with server:
            self._sockets += [client, server]
            backward = threading.Thread(target=_pump, args=(server, client), daemon=True)
            backward.start()
            _pump(client, server)
            backward.join()


class _Connection(socketserver.BaseRequestHandler):
    server: TcpRelay

    def handle(self) -> None:
        self.server.pass_on(self.request)


@contextmanager
def tcp_relay(to_port: int) -> Iterator[TcpRelay]:
    """Relay for as long as the block lasts."""
    with TcpRelay(to_port) as relay:
        thread = threading.Thread(target=relay.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield relay
        finally:
            relay.cut()
            relay.shutdown()
            thread.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)

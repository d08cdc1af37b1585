"""A real HTTP server that speaks the three protocols of a made-up AWS account, well or badly."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.support.aws_account import Answer, MadeUpAccount, Parameters, Refused

IOT_PATHS = (
    (r"/certificates", "ListCertificates"),
    (r"/certificates/(?P<certificateId>[^/]+)", "DescribeCertificate"),
    (r"/cacertificates", "ListCACertificates"),
    (r"/cacertificate/(?P<certificateId>[^/]+)", "DescribeCACertificate"),
    (r"/policies", "ListPolicies"),
    (r"/policies/(?P<policyName>[^/]+)/version", "ListPolicyVersions"),
    (r"/policies/(?P<policyName>[^/]+)/version/(?P<policyVersionId>[^/]+)", "GetPolicyVersion"),
    (r"/role-aliases", "ListRoleAliases"),
    (r"/role-aliases/(?P<roleAlias>[^/]+)", "DescribeRoleAlias"),
    (r"/loggingOptions", "GetLoggingOptions"),
    (r"/v2LoggingOptions", "GetV2LoggingOptions"),
)

Instead = Callable[[Parameters, int], Answer]
"""What an operation answers instead, given its parameters and how often it was called. It may raise Refused."""


class AccountServer(ThreadingHTTPServer):
    """Serves an account on a port of its own, and notes every operation that is called."""

    daemon_threads = True

    def __init__(self, account: MadeUpAccount) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.account = account
        self.calls: Counter[str] = Counter()
        self.methods: set[str] = set()
        self.signed_by: set[str] = set()
        self.closing = threading.Event()
        self.bodies: dict[str, str | None] = {}
        self._instead: dict[str, Instead] = {}
        self._counting = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def refuse(self, operation: str, status: int, code: str, message: str = "No.") -> None:
        """From now on, answer an operation with an error."""

        def refusal(*_: object) -> Answer:
            raise Refused(status, code, message)

        self.instead(operation, refusal)

    def instead(self, operation: str, answer: Instead) -> None:
        """From now on, answer an operation so."""
        self._instead[operation] = answer

    def send_instead(self, operation: str, body: str | None) -> None:
        """From now on, answer an operation with this text; None: with nothing at all."""
        self.bodies[operation] = body

    def as_usual(self) -> None:
        """Answer every operation from the account again."""
        self._instead.clear()

    def answer(self, service: str, operation: str, given: Parameters) -> Answer:
        with self._counting:
            self.calls[f"{service}:{operation}"] += 1
            count = self.calls[f"{service}:{operation}"]
        if operation in self._instead:
            return self._instead[operation](given, count)
        # Two services have an operation of this name.
        is_managed = service == "iam" and operation == "GetPolicyVersion"
        return self.account.answer("GetManagedPolicyVersion" if is_managed else operation, given)


class Exchange(BaseHTTPRequestHandler):
    server: AccountServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        query = dict(parse_qsl(where.query))
        for pattern, operation in IOT_PATHS:
            if found := re.fullmatch(pattern, where.path):
                named = {name: unquote(value) for name, value in found.groupdict().items()}
                self._answer("iot", operation, {**query, **named}, json.dumps, "application/json")
                return
        self._send(404, "text/html", "<h1>Not Found</h1>")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if target := self.headers.get("X-Amz-Target"):
            operation = target.rpartition(".")[2]
            self._answer("cognito-identity", operation, json.loads(body), json.dumps, "application/x-amz-json-1.1")
            return
        given = dict(parse_qsl(body.decode()))
        operation = given["Action"]
        service = "sts" if operation == "AssumeRole" else "iam"
        self._answer(service, operation, given, lambda answer: _result(operation, answer), "text/xml")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(
        self, service: str, operation: str, given: Parameters, write: Callable[[Any], str], content_type: str
    ) -> None:
        self.server.methods.add(self.command)
        signature = re.search(r"Credential=([^/]+)", self.headers.get("Authorization", ""))
        self.server.signed_by.add(signature[1] if signature else "")
        if operation in self.server.bodies:
            self._send_text(self.server.bodies[operation])
            return
        try:
            self._send(200, content_type, write(self.server.answer(service, operation, given)))
        except Refused as refused:
            if content_type == "text/xml":
                text = f"<Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
                text = f"<ErrorResponse><Error>{text}</Error><RequestId>r</RequestId></ErrorResponse>"
            else:
                text = json.dumps({"message": refused.message, "__type": refused.code})
            self._send(refused.status, content_type, text, code=refused.code)

    def _send_text(self, text: str | None) -> None:
        if text is None:
            self.close_connection = True
        else:
            self._send(200, "application/json", text)

    def _send(self, status: int, content_type: str, text: str, code: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if code:
            self.send_header("x-amzn-ErrorType", code)
        self.end_headers()
        self.wfile.write(body)


def _result(operation: str, answer: Answer) -> str:
    return f"<{operation}Response><{operation}Result>{_xml(answer)}</{operation}Result></{operation}Response>"


def _xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in value.items() if each is not None)
    if isinstance(value, list):
        return "".join(f"<member>{_xml(each)}</member>" for each in value)
    return escape(str(value))


@contextmanager
def account_server(account: MadeUpAccount) -> Iterator[AccountServer]:
    """Serve an account during the block."""
    with AccountServer(account) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join(10)

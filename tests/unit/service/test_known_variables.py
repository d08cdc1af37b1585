from collections.abc import Iterator, Mapping

from service.known_variables import KNOWN, said_of_unknown
from service.settings import Settings


class Asked(Mapping[str, str]):
    """An environment without variables, which notes those that are looked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def test_what_is_known_is_what_is_read():
    environ = Asked()
    Settings.from_environ(environ)
    assert sorted(environ.names) == list(KNOWN)


def test_nothing_is_said_of_what_is_known_or_another_programs_or_empty():
    assert said_of_unknown(dict.fromkeys(KNOWN, "1") | {"PATH": "/bin", "FLEET_AUDIT_HOTS": " "}) is None


def test_a_typing_error_is_said_in_one_line_with_what_may_be_meant_and_without_its_value():
    said = said_of_unknown({"FLEET_AUDIT_WEBHOOK_SECRT": "s3cret", "FLEET_AUDIT_COLOUR_OF\n": "red"})
    assert said == (
        "No settings, and without effect: FLEET_AUDIT_COLOUR_OF\\n,"
        " FLEET_AUDIT_WEBHOOK_SECRT (is FLEET_AUDIT_WEBHOOK_SECRET meant?)."
    )

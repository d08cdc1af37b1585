"""The operator's files of weak keys, in the format of openssl-blacklist."""

import pytest

from tests.support.published_weak_keys import DEBIAN_WEAK_MODULUS, ROCA_MODULUS
from workers.inventory.certificate_facts import modulus_fingerprint
from workers.key_blocklist import KeyBlocklistError, load_key_blocklist

WEAK = modulus_fingerprint(DEBIAN_WEAK_MODULUS)
SOUND = modulus_fingerprint(ROCA_MODULUS)  # of all that CVE-2008-0166 tells


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal(path):
    with pytest.raises(KeyBlocklistError) as refused:
        load_key_blocklist(path)
    return str(refused.value)


def test_a_published_weak_key_is_known_by_its_line(write):
    weak_keys = load_key_blocklist(write("blacklist.RSA-2048", f"# a comment\n\n{WEAK}\n"))
    assert WEAK in weak_keys
    assert SOUND not in weak_keys


def test_line_ends_case_and_a_missing_last_newline_do_not_matter(write):
    weak_keys = load_key_blocklist(write("list", f"{SOUND}\r\n  {WEAK.upper()}"))
    assert WEAK in weak_keys
    assert SOUND in weak_keys


def test_all_files_of_a_directory_are_one_list(write, tmp_path):
    write("lists/blacklist.RSA-1024", f"{SOUND}\n")
    write("lists/blacklist.RSA-2048", f"{WEAK}\n")
    write("lists/.swp", b"\0")
    (tmp_path / "lists" / "old").mkdir()
    weak_keys = load_key_blocklist(tmp_path / "lists")
    assert len(weak_keys) == 2
    assert WEAK in weak_keys
    assert SOUND in weak_keys


@pytest.mark.parametrize("line", ["0" * 40, "0" * 19, "g" * 20, f"{WEAK} # weak", WEAK * 1_000, "\u0660" * 20])
def test_a_line_of_another_form_is_refused_with_its_place(write, line):
    path = write("list", f"# a comment\n{WEAK}\n{line}\n")
    assert refusal(path) == (
        f"{path}, line 3: not a fingerprint of 20 hex digits, as openssl-blacklist lists them."
    )


def test_a_binary_file_is_refused(write):
    path = write("list", bytes(range(256)) * 10)
    assert refusal(path).startswith(f"{path}, line 1: ")


@pytest.mark.parametrize("text", ["", "# only comments\n"])
def test_a_list_that_would_pass_every_key_is_refused(write, text):
    path = write("list", text)
    assert refusal(path) == f"The key blocklist {path} holds no fingerprints."


def test_an_empty_directory_is_refused(tmp_path):
    assert refusal(tmp_path) == f"The key blocklist {tmp_path} holds no fingerprints."


def test_a_file_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "nowhere"
    assert refusal(path) == f"The key blocklist {path} can't be read: No such file or directory."

"""Signed notes against those that others have published."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.proof.note import NotSigned, Signer, VerifierKey, parse_note

# golang.org/x/mod (BSD-3-Clause), sumdb/note: the examples of its documentation.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# The example of c2sp.org/signed-note.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
BY_FOO = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"  # noqa: E501


@pytest.mark.parametrize("text", [PETER, ENOCH, FOO])
def test_a_published_key_reads_and_writes_as_it_is(text):
    assert str(VerifierKey.parse(text)) == text


def test_published_notes_are_verified():
    peter, enoch, foo = map(VerifierKey.parse, (PETER, ENOCH, FOO))

    assert parse_note(f"{TEXT}\n{BY_PETER}{BY_ENOCH}").signers([enoch, peter]) == [enoch, peter]
    assert parse_note(f"{TEXT}\n{BY_PETER}").signers([enoch, peter]) == [peter]
    assert parse_note(BY_FOO).signers([foo]) == [foo]


def test_a_published_note_is_signed_byte_for_byte():
    peter = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(PETERS_SEED))

    assert str(peter.key) == PETER
    assert peter.signed(TEXT) == f"{TEXT}\n{BY_PETER}"


def test_nobody_who_is_trusted():
    assert parse_note(f"{TEXT}\n{BY_PETER}").signers([VerifierKey.parse(ENOCH)]) == []


def test_a_wrong_signature_of_somebody_who_is_trusted():
    with pytest.raises(NotSigned, match="PeterNeumann"):
        parse_note(f"Another text.\n\n{BY_PETER}").signers([VerifierKey.parse(PETER)])


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}{BY_PETER}",
        f"{TEXT}\n{BY_PETER.removesuffix(chr(10))}",
        f"{TEXT}\n{BY_PETER.replace('—', '-')}",
        f"{TEXT}\n— PeterNeumann AAAA\n",
        f"{TEXT}\n— PeterNeumann !\n",
        f"{TEXT}\r\n{BY_PETER}",
        f"{TEXT}\n{BY_PETER * 65}",
    ],
)
def test_what_is_no_signed_note(note):
    with pytest.raises(NotSigned):
        parse_note(note)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("PeterNeumann", "Peter"),
        PETER.replace("ARpc", "AhPc"),
        PETER[:-4],
    ],
)
def test_what_is_no_key(key):
    with pytest.raises(NotSigned):
        VerifierKey.parse(key)

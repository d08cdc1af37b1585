"""Checkpoints as they are signed and read."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.proof.checkpoint import Checkpoint, NoCheckpoint, read_checkpoint, read_checkpoints, sign
from events.proof.note import Signer

SIGNER = Signer("audit.example.com/fleet", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
SAYS = Checkpoint(
    SIGNER.name, 1042, bytes(range(32)), 1057, datetime(2026, 3, 1, 12, 30, 0, 250_000, UTC), bytes(32)
)
GOLDEN = """\
audit.example.com/fleet
1042
AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
position 1057
time 2026-03-01T12:30:00.250Z
previous AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

— audit.example.com/fleet y/7TJpU3/1HIVOntn+Q4o1TPk6/ZP0T/DbVmOh01/V/jXAM6Joc8UGOAlFEDRjkHfdvctqPa2/+TYRRGMzAkIjPVzQc=
"""  # noqa: E501

# The example of c2sp.org/tlog-checkpoint.
PUBLISHED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501


def test_golden():
    assert sign(SAYS, SIGNER).note == GOLDEN


def test_what_is_signed_reads_back():
    read = read_checkpoint(GOLDEN)

    assert read.says == SAYS
    assert read.signed.signers([SIGNER.key]) == [SIGNER.key]


def test_a_published_checkpoint_is_read():
    says = read_checkpoint(PUBLISHED).says

    assert (says.origin, says.size, says.position) == ("example.com/behind-the-sofa", 20852163, None)
    assert says.text == PUBLISHED.partition("\n\n")[0] + "\n"


def test_the_digest_is_of_the_text_so_that_others_may_sign_too():
    cosigned = GOLDEN + PUBLISHED.splitlines()[-1] + "\n"

    assert (
        read_checkpoint(cosigned).digest == read_checkpoint(GOLDEN).digest == sha256(SAYS.text.encode()).digest()
    )


@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
def test_several_in_a_file(between):
    first = sign(replace(SAYS, previous=None), SIGNER)

    read = list(read_checkpoints(between.join([first.note, GOLDEN, PUBLISHED])))

    assert [each.note for each in read] == [first.note, GOLDEN, PUBLISHED]


@pytest.mark.parametrize(
    ("is_", "becomes"),
    [
        ("1042", "01042"),
        ("1042", "-1"),
        ("1042\n", ""),
        ("audit.example.com/fleet\n1042", "\n1042"),
        ("AAEC", "AAE"),
        ("AAEC", "!AEC"),
        ("position 1057", "position many"),
        ("time 2026", "time then"),
        ("previous AAAA", "previous AAA"),
    ],
)
def test_what_is_no_checkpoint(is_, becomes):
    with pytest.raises(NoCheckpoint):
        read_checkpoint(GOLDEN.replace(is_, becomes, 1))

"""Proofs as files: what they prove, and that nothing can be changed in them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.proof.checkpoint import Checkpoint, sign
from events.proof.leaf import leaf_of
from events.proof.merkle import consistency_path, full_root, inclusion_path, leaf_hash, root
from events.proof.note import Signer
from events.proof.proof_file import ConsistencyProof, EventProof, NoProof, read_proof

SIGNER = Signer("audit.example.com/fleet", Ed25519PrivateKey.from_private_bytes(bytes(32)))
LEAVES = [
    leaf_of((number, bytes(16), number, b"Some.Topic.v1", b"{}", b"000000000000", 0, bytes(16)))
    for number in range(1, 12)
]
HASHES = [leaf_hash(each) for each in LEAVES]


def subtree(level, number):
    return full_root(b"".join(HASHES[number << level : (number + 1) << level]))


def checkpoint(size):
    return sign(Checkpoint(SIGNER.name, size, root(size, subtree), None, None, None), SIGNER)


def proof(index=4, size=11):
    return EventProof(LEAVES[index], index, inclusion_path(index, size, subtree), checkpoint(size))


def read_event(text):
    read = read_proof(text)
    assert isinstance(read, EventProof)
    return read


def test_a_proof_of_an_event_is_a_file_and_back():
    text = str(proof())

    read = read_proof(text)

    assert isinstance(read, EventProof)
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert read.event().position == 5
    assert read.checkpoint.signed.signers([SIGNER.key]) == [SIGNER.key]


def test_a_proof_in_a_tree_of_one():
    read = read_proof(str(proof(0, 1)))

    assert isinstance(read, EventProof)
    assert read.event().position == 1


@pytest.mark.parametrize(
    ("is_", "becomes"),
    [("index 4", "index 5"), ("\n11\n", "\n7\n"), ("extra AQ", "extra AR"), ("index 4", "index 99")],
)
def test_a_proof_that_was_changed(is_, becomes):
    assert is_ in str(proof())

    with pytest.raises(NoProof):
        read_event(str(proof()).replace(is_, becomes, 1)).event()


@pytest.mark.parametrize("text", ["", "some text", "some\n\ntext", "old x\n\n", "c2sp.org/tlog-proof@v1\n\n"])
def test_what_is_no_proof(text):
    with pytest.raises(NoProof):
        read_proof(text)


def test_a_proof_of_growth():
    text = str(ConsistencyProof(5, consistency_path(5, 11, subtree), checkpoint(11)))

    read = read_proof(text)

    assert isinstance(read, ConsistencyProof)
    read.require_continues(checkpoint(5))
    with pytest.raises(NoProof, match="not of 6"):
        read.require_continues(checkpoint(6))


def test_growth_that_was_none():
    other = sign(Checkpoint(SIGNER.name, 5, bytes(32), None, None, None), SIGNER)

    with pytest.raises(NoProof, match="does not continue"):
        ConsistencyProof(5, consistency_path(5, 11, subtree), checkpoint(11)).require_continues(other)

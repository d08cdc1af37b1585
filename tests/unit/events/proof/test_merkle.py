"""The tree against Certificate Transparency's published vectors, and against its definition.

Vectors: transparency-dev/merkle (Apache-2.0), proof/verify_test.go, those of RFC 6962's reference.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.proof.growing_tree import GrowingTree
from events.proof.merkle import (
    EMPTY_ROOT,
    consistency_path,
    full_root,
    full_subtrees,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    root,
    root_of_inclusion,
)

LEAVES = [
    leaf_hash(bytes.fromhex(each))
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
SIZES = st.integers(1, 300)
MADE_UP = [leaf_hash(b"%d" % number) for number in range(300)]


def hexed(path):
    return [each.hex() for each in path]


def of(leaves):
    return lambda level, number: full_root(b"".join(leaves[number << level : (number + 1) << level]))


def defined(leaves):
    """The root by RFC 6962's own recursive definition."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined(leaves[:split]), defined(leaves[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size):
    assert root(size, of(LEAVES)).hex() == ROOTS[size - 1]


def test_the_root_of_nothing():
    assert root(0, of([])).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_published_proofs_of_inclusion(index, size):
    path = inclusion_path(index, size, of(LEAVES))

    assert hexed(path) == INCLUSION[index, size]
    assert root_of_inclusion(LEAVES[index], index, size, path) == bytes.fromhex(ROOTS[size - 1])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_published_proofs_of_consistency(old, new):
    path = consistency_path(old, new, of(LEAVES))

    assert hexed(path) == CONSISTENCY[old, new]
    assert is_consistent(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), path)


@given(SIZES)
def test_a_root_is_what_the_definition_says_however_the_tree_grew(size):
    grown, by_tiles = GrowingTree(), GrowingTree()
    for leaf in MADE_UP[:size]:
        grown.add(leaf)
    for level, number in full_subtrees(0, size):
        by_tiles.add(of(MADE_UP)(level, number), level)

    assert root(size, of(MADE_UP)) == grown.root() == by_tiles.root() == defined(MADE_UP[:size])


@given(SIZES, st.data())
def test_every_leaf_is_proven_and_nothing_else(size, data):
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, of(MADE_UP))
    right = root(size, of(MADE_UP))

    assert root_of_inclusion(MADE_UP[index], index, size, path) == right
    assert root_of_inclusion(leaf_hash(b"another"), index, size, path) != right
    other = data.draw(st.integers(-1, size).filter(lambda each: each != index))
    assert root_of_inclusion(MADE_UP[index], other, size, path) != right
    assert root_of_inclusion(MADE_UP[index], index, size, [*path, right]) != right
    if path:
        assert root_of_inclusion(MADE_UP[index], index, size, path[:-1]) != right


@given(SIZES, SIZES, st.data())
def test_every_growth_is_proven_and_nothing_else(one, two, data):
    old, new = sorted((one, two))
    path = consistency_path(old, new, of(MADE_UP))
    before, after = root(old, of(MADE_UP)), root(new, of(MADE_UP))

    assert is_consistent(old, before, new, after, path)
    assert not is_consistent(old, EMPTY_ROOT, new, after, path)
    assert not is_consistent(old, before, new, EMPTY_ROOT, path)
    assert not is_consistent(old, before, new, after, [*path, after])
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:at], EMPTY_ROOT, *path[at + 1 :]]
        assert not is_consistent(old, before, new, after, changed)
        assert not is_consistent(old, before, new, after, path[:-1])
        assert not is_consistent(new, after, old, before, path)

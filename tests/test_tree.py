"""The tree over the log, beside the definition it must agree with and vectors others published."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proof import tree

SIZES = 300
LEAVES = [b"%d" % number for number in range(SIZES)]


def mth(leaves):
    """The tree's hash as RFC 6962, 2.1, defines it."""
    if not leaves:
        return tree.EMPTY_ROOT
    if len(leaves) == 1:
        return tree.leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return tree.node_hash(mth(leaves[:k]), mth(leaves[k:]))


ROOTS = [mth(LEAVES[:size]) for size in range(SIZES + 1)]


def path_of(m, leaves):
    """PATH as RFC 6962, 2.1.1, defines it."""
    if len(leaves) == 1:
        return []
    k = tree._split(len(leaves))
    if m < k:
        return [*path_of(m, leaves[:k]), mth(leaves[k:])]
    return [*path_of(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, *, whole):
    """SUBPROOF as RFC 6962, 2.1.2, defines it."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = tree._split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def grown(leaves):
    frontier, known = tree.Frontier(), {}
    for index, data in enumerate(leaves):
        for level, found in enumerate(frontier.append(tree.leaf_hash(data))):
            known[level, index >> level] = found
    return frontier, known


KNOWN = grown(LEAVES)[1]


def inclusion(index, size):
    return tree.hashes(tree.inclusion(index, size), KNOWN)


def consistency(old, new):
    return tree.hashes(tree.consistency(old, new), KNOWN)


def test_hashes_are_those_others_publish():
    """Empty tree, empty leaf, a leaf and a node (transparency-dev/merkle, rfc6962_test.go)."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree.EMPTY_ROOT.hex() == tree.Frontier().root().hex() == empty
    assert tree.leaf_hash(b"").hex() == leaf
    leaf = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert tree.leaf_hash(b"L123456").hex() == leaf
    node = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert tree.node_hash(b"N123", b"N456").hex() == node


# transparency-dev/merkle, proof/verify_test.go; the same leaves and roots stand in Certificate
# Transparency's own tests (merkle_tree_test.cc).
PUBLISHED = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
PUBLISHED_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
A, B, C, D = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
)
E, F, G = (
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
)
PUBLISHED_INCLUSIONS = [
    (1, 1, []),
    (1, 8, [A, B, C]),
    (6, 8, [D, E, PUBLISHED_ROOTS[3]]),
    (3, 3, [PUBLISHED_ROOTS[1]]),
    (2, 5, [PUBLISHED_ROOTS[0], B, D]),
]  # leaves counted from 1, as published
PUBLISHED_CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [A, B, C]),
    (6, 8, [F, E, PUBLISHED_ROOTS[3]]),
    (2, 5, [B, D]),
    (6, 7, [F, G, PUBLISHED_ROOTS[3]]),
]


def test_the_published_tree_has_its_published_roots():
    """Eight leaves, the root after each."""
    for size, root in enumerate(PUBLISHED_ROOTS, 1):
        assert grown(PUBLISHED[:size])[0].root().hex() == root


@pytest.mark.parametrize(("leaf", "size", "path"), PUBLISHED_INCLUSIONS)
def test_published_inclusion_proofs(leaf, size, path):
    """They are made alike and hold."""
    known = grown(PUBLISHED)[1]
    made = tree.hashes(tree.inclusion(leaf - 1, size), known)
    assert [found.hex() for found in made] == path
    root = bytes.fromhex(PUBLISHED_ROOTS[size - 1])
    assert tree.verify_inclusion(tree.leaf_hash(PUBLISHED[leaf - 1]), leaf - 1, size, made, root)


@pytest.mark.parametrize(("old", "new", "path"), PUBLISHED_CONSISTENCIES)
def test_published_consistency_proofs(old, new, path):
    """They are made alike and hold."""
    made = tree.hashes(tree.consistency(old, new), grown(PUBLISHED)[1])
    assert [found.hex() for found in made] == path
    roots = [bytes.fromhex(PUBLISHED_ROOTS[size - 1]) for size in (old, new)]
    assert tree.verify_consistency(old, new, *roots, made)


def test_every_root_is_the_definitions():
    """At each size up to 300 the tree grown leaf by leaf has the root of RFC 6962's
    definition, and so has one taken up again from its complete subtrees."""
    frontier = tree.Frontier()
    for size, data in enumerate(LEAVES):
        assert frontier.root() == ROOTS[size]
        peaks = [KNOWN[place] for place in tree.subtrees(0, size)]
        frontier = tree.Frontier(size, peaks)
        frontier.append(tree.leaf_hash(data))
    assert frontier.root() == ROOTS[SIZES]


def test_a_frontier_that_cannot_be_is_refused():
    """A size and complete subtrees that do not belong together."""
    with pytest.raises(ValueError, match="2 complete subtrees"):
        tree.Frontier(3, [tree.EMPTY_ROOT])


def test_every_inclusion_proof_holds_and_only_where_it_should():
    """For every leaf of every size up to 300: the path holds there, and not for its
    neighbours, other sizes of another shape, other leaves, or cut or lengthened."""
    for size in range(1, SIZES + 1):
        for index in range(0, size, 1 if size < 40 else 7):
            leaf, path = tree.leaf_hash(LEAVES[index]), inclusion(index, size)
            root = ROOTS[size]
            assert tree.verify_inclusion(leaf, index, size, path, root)
            for wrong in (index - 1, index + 1, -1, size, index ^ 2, index + size):
                assert not tree.verify_inclusion(leaf, wrong, size, path, root)
            for wrong in (0, -1, size * 2, size * 2 + 1):
                assert not tree.verify_inclusion(leaf, index, wrong, path, root)
            for wrong in (
                path[:-1] if path else [root],
                [*path, root],
                [root, *path],
                [*path, b""],
            ):
                assert not tree.verify_inclusion(leaf, index, size, wrong, root)
            assert not tree.verify_inclusion(tree.leaf_hash(b"x"), index, size, path, root)
            assert not tree.verify_inclusion(leaf, index, size, path, ROOTS[size - 1])


@given(st.data())
def test_proofs_are_the_definitions(data):
    """PATH and PROOF of RFC 6962 at any sizes."""
    new = data.draw(st.integers(1, SIZES))
    old = data.draw(st.integers(1, new))
    assert inclusion(old - 1, new) == path_of(old - 1, LEAVES[:new])
    assert consistency(old, new) == subproof(old, LEAVES[:new], whole=True)


def test_every_consistency_proof_holds_and_only_where_it_should():
    """For pairs of sizes up to 300: it holds between those two trees and no others."""
    for new in range(1, SIZES + 1):
        for old in range(1, new + 1, 1 if new < 40 else 11):
            path, roots = consistency(old, new), (ROOTS[old], ROOTS[new])
            assert tree.verify_consistency(old, new, *roots, path)
            for wrong in (old - 1, old + 1, 0, -1):
                assert not tree.verify_consistency(wrong, new, *roots, path)
            for wrong in (new * 2 + 1, old - 1, 0):
                assert not tree.verify_consistency(old, wrong, *roots, path)
            for wrong in ([*path, roots[0]], [roots[1], *path], [*path, b""]):
                assert not tree.verify_consistency(old, new, *roots, wrong)
            assert not tree.verify_consistency(old, new, ROOTS[old - 1], roots[1], path)
            assert not tree.verify_consistency(old, new, roots[0], ROOTS[new - 1], path)
            if path:
                assert not tree.verify_consistency(old, new, *roots, path[:-1])
                assert not tree.verify_consistency(old, new, *roots[::-1], path)


def test_sizes_that_cannot_be_have_no_proofs():
    """An empty tree holds no leaf and begins nothing; nor does a larger tree a smaller."""
    for index, size in ((0, 0), (1, 1), (-1, 4), (4, 4)):
        with pytest.raises(ValueError, match="has no leaf"):
            tree.inclusion(index, size)
    for old, new in ((0, 0), (0, 4), (5, 4), (-1, 4)):
        with pytest.raises(ValueError, match="does not extend"):
            tree.consistency(old, new)
        assert not tree.verify_consistency(old, new, tree.EMPTY_ROOT, tree.EMPTY_ROOT, [])


def test_the_shape_of_a_proof_is_checked_without_the_hashes(monkeypatch):
    """Were every hash the same, a path would still need its one right length, and hashes of 32
    bytes: no collision that somebody finds makes a path of another shape hold."""
    same = bytes(32)
    monkeypatch.setattr(tree, "node_hash", lambda *_: same)
    for new in range(1, 40):
        for old in range(1, new + 1):
            holds = [
                n for n in range(14) if tree.verify_inclusion(same, old - 1, new, [same] * n, same)
            ]
            assert holds == [len(tree.inclusion(old - 1, new))]
            holds = [
                n for n in range(14) if tree.verify_consistency(old, new, same, same, [same] * n)
            ]
            assert holds == [len(tree.consistency(old, new))]
    for wrong in (b"", bytes(31), bytes(33)):
        assert not tree.verify_inclusion(same, 0, 2, [wrong], same)
        assert not tree.verify_consistency(1, 2, same, same, [wrong])


def test_a_bit_anywhere_in_a_proof_matters():
    """Every bit of every hash of a proof, of a leaf and of the roots."""
    leaf, path = tree.leaf_hash(LEAVES[11]), inclusion(11, 13)
    between = consistency(6, 13)
    for bit in range(256):
        flip = (1 << bit).to_bytes(32, "big")

        def flipped(found, flip=flip):
            return bytes(a ^ b for a, b in zip(found, flip, strict=True))

        assert not tree.verify_inclusion(flipped(leaf), 11, 13, path, ROOTS[13])
        assert not tree.verify_inclusion(leaf, 11, 13, path, flipped(ROOTS[13]))
        for place in range(len(path)):
            wrong = [flipped(h) if n == place else h for n, h in enumerate(path)]
            assert not tree.verify_inclusion(leaf, 11, 13, wrong, ROOTS[13])
        for place in range(len(between)):
            wrong = [flipped(h) if n == place else h for n, h in enumerate(between)]
            assert not tree.verify_consistency(6, 13, ROOTS[6], ROOTS[13], wrong)


def test_a_node_cannot_pass_for_a_leaf():
    """The two are hashed apart, so no leaf's data makes a node's hash; and order counts."""
    left, right = tree.leaf_hash(b"Hello"), tree.leaf_hash(b"World")
    assert tree.node_hash(left, right) != tree.leaf_hash(left + right)
    assert tree.node_hash(left, right) != tree.node_hash(right, left)
    assert all(a != b for a, b in pairwise(ROOTS))

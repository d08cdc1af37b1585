from base64 import b64decode, b64encode
from os import urandom

import pytest

from events.credential import SealedSecret
from service.access.minting import mint
from service.access.sealing import CannotBeOpened, Sealer

OLD, NEW = urandom(32), urandom(32)
KEY = mint(urandom)


def test_what_was_sealed_is_opened():
    sealed = Sealer([OLD]).seal(KEY.secret, KEY.access_key_id, urandom)

    assert Sealer([OLD]).open(sealed, KEY.access_key_id) == KEY.secret


def test_the_first_key_seals_and_any_opens():
    sealed = Sealer([OLD]).seal(KEY.secret, KEY.access_key_id, urandom)

    assert Sealer([NEW, OLD]).open(sealed, KEY.access_key_id) == KEY.secret
    with pytest.raises(CannotBeOpened):
        Sealer([OLD]).open(Sealer([NEW, OLD]).seal("a", "b", urandom), "b")


def test_a_sealed_secret_is_of_one_access_key():
    sealed = Sealer([OLD]).seal(KEY.secret, KEY.access_key_id, urandom)

    with pytest.raises(CannotBeOpened):
        Sealer([OLD]).open(sealed, mint(urandom).access_key_id)


def test_every_change_of_a_byte_is_noticed():
    sealed = b64decode(Sealer([OLD]).seal(KEY.secret, KEY.access_key_id, urandom).text)

    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(CannotBeOpened):
            Sealer([OLD]).open(SealedSecret(b64encode(changed).decode()), KEY.access_key_id)


@pytest.mark.parametrize("text", ["", "AAAA", "no base64!", "ä"])
def test_what_is_none_is_not_opened(text):
    with pytest.raises(CannotBeOpened):
        Sealer([OLD]).open(SealedSecret(text), KEY.access_key_id)


def test_the_same_secret_is_never_sealed_alike():
    assert len({Sealer([OLD]).seal("a", "b", urandom) for _ in range(100)}) == 100


def test_access_keys_look_as_those_of_aws():
    assert len(KEY.access_key_id) == 20
    assert KEY.access_key_id.startswith("FAKA")
    assert KEY.access_key_id.isalnum()
    assert len(KEY.secret) == 40
    assert KEY.secret not in repr(KEY)
    assert len({mint(urandom) for _ in range(100)}) == 100

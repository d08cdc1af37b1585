from base64 import b64encode
from os import urandom
from stat import S_IMODE

import pytest

from service.access.sealing_key import SealingKeyError, sealer, sealer_to_seal, sealing_keys
from service.settings import Settings
from service.variables import SettingError, Variables

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


def text(*keys):
    return ",".join(b64encode(key).decode() for key in keys)


def test_keys_come_from_the_variable():
    assert sealing_keys(Variables({"FLEET_AUDIT_CREDENTIALS_KEY": text(NEW, OLD)})) == (NEW, OLD)


def test_keys_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(text(OLD) + "\n")

    assert sealing_keys(Variables({"FLEET_AUDIT_CREDENTIALS_KEY_FILE": str(tmp_path / "key")})) == (OLD,)


@pytest.mark.parametrize("wrong", ["secret", b64encode(OLD[1:]).decode(), f"{text(OLD)},", "ä" * 44])
def test_a_key_has_32_bytes(wrong):
    with pytest.raises(SettingError, match="FLEET_AUDIT_CREDENTIALS_KEY must be 32 random bytes") as refused:
        sealing_keys(Variables({"FLEET_AUDIT_CREDENTIALS_KEY": wrong}))
    assert wrong not in str(refused.value)


def test_no_setting_shows_it():
    key = text(OLD)

    shown = repr(Settings.from_environ({"FLEET_AUDIT_CREDENTIALS_KEY": key}))

    assert key not in shown
    assert repr(OLD) not in shown


def test_a_data_directory_gets_a_key_that_nobody_else_can_read(tmp_path):
    sealed = sealer_to_seal((), tmp_path, urandom).seal("a secret", "b", urandom)

    opener = sealer((), tmp_path)
    assert opener is not None
    assert opener.open(sealed, "b") == "a secret"
    [file] = tmp_path.iterdir()
    assert file.name == "credentials.key"
    assert S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_is_there_stays(tmp_path):
    sealed = sealer_to_seal((), tmp_path, urandom).seal("a secret", "b", urandom)

    assert sealer_to_seal((), tmp_path, urandom).open(sealed, "b") == "a secret"


def test_none_is_made_where_one_is_given(tmp_path):
    sealer_to_seal((OLD,), tmp_path, urandom)

    assert [*tmp_path.iterdir()] == []


def test_nothing_opens_before_there_is_a_key(tmp_path):
    assert sealer((), tmp_path) is None
    assert sealer((), None) is None


def test_with_a_database_a_key_must_be_given():
    with pytest.raises(SealingKeyError, match="FLEET_AUDIT_CREDENTIALS_KEY"):
        sealer_to_seal((), None, urandom)


def test_a_damaged_key_file_is_named(tmp_path):
    (tmp_path / "credentials.key").write_text("nothing")

    with pytest.raises(SealingKeyError, match=r"credentials\.key"):
        sealer((), tmp_path)


def test_a_directory_that_can_not_be_written_to_is_named(tmp_path):
    with pytest.raises(SealingKeyError, match="can't be made"):
        sealer_to_seal((), tmp_path / "absent", urandom)

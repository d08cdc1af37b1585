from dataclasses import replace
from datetime import timedelta

import pytest

from events.credential import (
    CredentialCreated,
    CredentialDisabled,
    CredentialRegister,
    CredentialRotated,
    Role,
    SealedSecret,
)
from events.errors import InvalidRequest, NotFound
from events.event import Event
from events.vocabulary import AccountId
from tests.support.given import CAUSE, Given, fact

KEY, NEXT = "FAKAIOSFODNN7EXAMPLE", "FAKAI44QH8DHBEXAMPLE"
SECRET, ANOTHER = SealedSecret("c2VhbGVk"), SealedSecret("YW5vdGhlcg==")
CREATED = fact(CredentialCreated, access_key_id=KEY, role=Role.OPERATOR, description="import", secret=SECRET)
DISABLED = fact(CredentialDisabled, access_key_id=KEY)
UNTIL = CAUSE.time + timedelta(days=1)
ROTATED = (
    fact(CredentialCreated, access_key_id=NEXT, role=Role.OPERATOR, description="import", secret=ANOTHER),
    fact(CredentialRotated, access_key_id=KEY, successor=NEXT, valid_until=UNTIL),
)
OF_ANOTHER_ACCOUNT = replace(CAUSE, account=AccountId("999999999999"))


def create(register):
    register.create(KEY, SECRET, Role.OPERATOR, "import", CAUSE)


def disable(register):
    register.disable(KEY, CAUSE)


def rotate(register):
    register.rotate(KEY, NEXT, ANOTHER, UNTIL, CAUSE)


def test_a_credential_is_created():
    Given(CredentialRegister).when(create).then(CREATED)


def test_an_access_key_id_belongs_to_one():
    Given(CredentialRegister, CREATED).when(create).then_refused(InvalidRequest, KEY)


def test_a_credential_is_disabled():
    Given(CredentialRegister, CREATED).when(disable).then(DISABLED)


def test_what_is_disabled_stays_so():
    Given(CredentialRegister, CREATED, DISABLED).when(disable).then_nothing()


def test_one_that_has_its_grace_is_disabled_at_once():
    Given(CredentialRegister, CREATED, *ROTATED).when(disable).then(DISABLED)


def test_another_takes_the_place_of_one():
    Given(CredentialRegister, CREATED).when(rotate).then(*ROTATED)


def test_the_other_is_of_the_same_account_whoever_asks():
    register = CredentialRegister.unwritten(Given(CredentialRegister).aggregate.id)
    create(register)
    register.rotate(KEY, NEXT, ANOTHER, UNTIL, OF_ANOTHER_ACCOUNT)
    register.disable(NEXT, OF_ANOTHER_ACCOUNT)

    events = [event for event in register.collect_events() if isinstance(event, Event)]
    assert [event.account for event in events] == [CAUSE.account] * 4


@pytest.mark.parametrize("happened", [(CREATED, DISABLED), (CREATED, *ROTATED)])
def test_only_one_that_is_in_use_is_rotated(happened):
    Given(CredentialRegister, *happened).when(
        lambda register: register.rotate(KEY, "FAKAANOTHER", ANOTHER, UNTIL, CAUSE)
    ).then_refused(InvalidRequest, KEY)


@pytest.mark.parametrize("command", [disable, rotate])
def test_what_does_not_exist_is_not_found(command):
    Given(CredentialRegister).when(command).then_refused(NotFound, KEY)


def test_no_secret_is_shown():
    register = Given(CredentialRegister).aggregate
    create(register)
    [event] = register.collect_events()

    assert SECRET.text not in repr(event)
    assert SECRET.text not in repr(register)

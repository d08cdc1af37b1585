import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.described_records import DESCRIBED, POLICY, SETTINGS, WITHOUT_PEM, rejection_of
from tests.support.described_roles import IDENTITY_POOL, ROLE, ROLE_ALIAS
from tests.support.given import ACCOUNT
from workers.inventory.importers.records import READERS, read_record
from workers.inventory.importers.rejection import RecordRejected
from workers.inventory.kinds import KINDS


@pytest.mark.parametrize("resource_type", [None, "THING", 3, {}])
def test_a_record_says_what_it_is_of(resource_type):
    assert "resourceType" in rejection_of({"resourceType": resource_type})


members = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dictionaries(st.text(), st.text())
)
names = st.sampled_from(
    sorted(
        {*DESCRIBED, *POLICY, *SETTINGS, *ROLE_ALIAS, *ROLE, *IDENTITY_POOL}
        | {"notAfter", "notBefore", "certificateDescription", "roleAliasDescription", "account"}
    )
)


@given(
    st.sampled_from(list(READERS)),
    st.sampled_from([DESCRIBED, WITHOUT_PEM, POLICY, SETTINGS, ROLE_ALIAS, ROLE, IDENTITY_POOL]),
    st.dictionaries(names, members),
)
def test_any_record_is_a_row_or_a_rejection_of(resource_type, sound, changes):
    try:
        record = read_record({**sound, **changes, "resourceType": resource_type}, ACCOUNT)
    except RecordRejected:
        return
    assert record.kind in KINDS
    assert record.kind.columns.keys() <= record.values.keys()

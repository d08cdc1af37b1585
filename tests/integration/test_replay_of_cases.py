"""Every case of every check comes to the same findings when its audit is judged again."""

import pytest

from events.check_shard import AuditFindingsRecorded
from tests.support.audited_case import audited
from tests.support.check_cases import read_cases
from workers.judging_again.check_judged_again import Result

CASES = read_cases()


@pytest.mark.parametrize("check", sorted({case.check.name for case in CASES}))
def test_an_audit_that_is_judged_again_comes_to_the_same(check, tmp_path):
    found = again = 0
    for number, case in enumerate(each for each in CASES if each.check.name == check):
        directory = tmp_path / str(number)
        directory.mkdir()
        with audited(case, directory) as audit:
            end = audit.log.last_position()
            recorded = [each.event for each in audit.log.after(0)]

            judged, differing = audit.judged_again()

            is_judged = any(type(event).__name__ == "CheckRunPlanned" for event in recorded)
            assert judged.result is (Result.SAME if is_judged else Result.NOT_JUDGED), (case.path, judged)
            assert differing == []
            assert audit.log.last_position() == end, "nothing is written"
            found += sum(len(each.findings) for each in recorded if isinstance(each, AuditFindingsRecorded))
            again += judged.findings
    assert found == again > 0

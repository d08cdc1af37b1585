"""A check's code does not change without somebody asking whether its version has to be raised."""

from tests.support.check_versions import code_of, noted, present

ADVICE = """
The code by which these checks judge has changed. If the same rows can come to other findings, raise `version` in
the check's CHECK, so that audits that are judged again can say so. Then, in either case, note the code:
    python -m tests.support.check_versions
"""


def test_the_code_of_every_check_is_the_one_that_was_noted_with_its_version():
    before, now = noted(), present()
    assert [name for name in now if before.get(name) != now[name]] == [], ADVICE
    assert before.keys() == now.keys(), ADVICE


def test_words_are_no_code():
    code = 'def judge():\n    """Words."""\n    return 1  # more of them\n'
    assert code_of(code) == code_of("def judge():\n\n    return 1")
    assert code_of(code) != code_of("def judge():\n    return 2")

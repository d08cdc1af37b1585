import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.certificates import certificate, certificate_id, crl_distribution_points, der, pem
from tests.support.given import ACCOUNT
from workers.inventory.certificate_facts import LONGEST_CERTIFICATE, tolerated_irregularities
from workers.inventory.importers.file_tree import CHUNK
from workers.inventory.importers.read_file import LONGEST_DER_FILE, read_file
from workers.inventory.importers.rejection import Rejection
from workers.inventory.kinds import CA_CERTIFICATES, DEVICE_CERTIFICATES

DEVICE = certificate("device-1")
ANOTHER = certificate("device-2")
CA = certificate("A CA", is_ca=True)
IDS = [certificate_id(each) for each in (DEVICE, ANOTHER)]

PRIVATE_KEY = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"
DESCRIBED = json.dumps({"resourceType": "DEVICE_CERTIFICATE", "status": "INACTIVE", "certificatePem": pem(DEVICE)})


def p7(encoding):
    return pkcs7.serialize_certificates([DEVICE, ANOTHER], encoding)


@pytest.fixture
def read(tmp_path):
    """Read a file with these contents, whatever its name."""

    def run(contents, name="some.file"):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return list(read_file(path, ACCOUNT, lambda _: None))

    return run


def found(items):
    return [item.values["certificate_id"] for item in items if not isinstance(item, Rejection)]


def rejections(items):
    return [(item.line, item.reason) for item in items if isinstance(item, Rejection)]


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param(pem(DEVICE, ANOTHER), id="PEM"),
        pytest.param(
            f"Subject: one\n{pem(DEVICE)}{PRIVATE_KEY}\nSubject: two\n{pem(ANOTHER)}x", id="PEM in a text"
        ),
        pytest.param(pem(DEVICE, ANOTHER).replace(" CERT", " X509 CERT"), id="PEM with an older label"),
        pytest.param(p7(Encoding.PEM), id="PKCS7 in PEM"),
        pytest.param(p7(Encoding.PEM).replace(b"PKCS7", b"CMS"), id="PKCS7 in PEM with another label"),
        pytest.param(p7(Encoding.DER), id="PKCS7 in DER"),
        pytest.param(
            "\n".join(
                json.dumps({**json.loads(DESCRIBED), "certificatePem": pem(each)}) for each in (DEVICE, ANOTHER)
            ),
            id="NDJSON",
        ),
    ],
)
@pytest.mark.parametrize("name", ["some.file", "fleet.json", "fleet.pem", "fleet.der"])
def test_a_file_is_told_by_its_contents_and_not_by_its_name(read, contents, name):
    items = read(contents, name)
    assert sorted(found(items)) == sorted(IDS)
    assert rejections(items) == []


def test_a_der_file_is_one_certificate(read):
    assert found(read(der(DEVICE))) == IDS[:1]


def test_a_certificate_by_itself_is_active_and_as_old_as_its_validity(read):
    [item] = read(pem(DEVICE))
    assert item.kind is DEVICE_CERTIFICATES
    assert item.der == der(DEVICE)
    assert (item.values["status"], item.values["creation_date"]) == ("ACTIVE", item.values["not_before"])
    assert item.values["ca_certificate_id"] is None


def test_one_of_a_ca_is_a_ca_certificate(read):
    assert [item.kind for item in read(pem(CA, DEVICE))] == [CA_CERTIFICATES, DEVICE_CERTIFICATES]


def test_a_record_says_the_status_itself(read):
    [item] = read(DESCRIBED)
    assert item.values["status"] == "INACTIVE"


def test_what_is_broken_in_a_pem_file_is_rejected_with_its_line_and_the_rest_is_read(read):
    first, *others = pem(DEVICE).splitlines()
    garbage = "\n".join([first, "!!garbage!!", *others])
    not_a_certificate = "-----BEGIN CERTIFICATE-----\nMAMCAQU=\n-----END CERTIFICATE-----\n"
    items = read(f"{garbage}\n{not_a_certificate}{pem(ANOTHER)}")
    assert found(items) == [IDS[1]]
    (line, reason), (second_line, second_reason) = rejections(items)
    assert (line, second_line) == (1, len(garbage.splitlines()) + 1)
    assert "not base64" in reason
    assert "not a certificate that can be read" in second_reason


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b" \n\r\n", "empty", id="blanks"),
        pytest.param(b"\x00\x01\x02", "neither PEM", id="bytes"),
        pytest.param(b"to whom it may concern\n", "neither PEM", id="a text"),
        pytest.param(b"x" * CHUNK + pem(DEVICE).encode(), "neither PEM", id="a certificate far below"),
        pytest.param(pem(DEVICE).encode("utf-16"), "neither PEM", id="another encoding"),
        pytest.param(PRIVATE_KEY.encode(), "holds no certificate, only EC PRIVATE KEY", id="a key"),
        pytest.param(der(DEVICE)[:-1], "not a certificate that can be read", id="DER that is cut short"),
        pytest.param(p7(Encoding.DER)[:-9], "not a PKCS#7 structure", id="PKCS7 that is cut short"),
        pytest.param(
            pkcs7.serialize_certificates([DEVICE], Encoding.DER)[:40], "not a PKCS#7", id="its beginning"
        ),
        pytest.param(b"\x30\x80" + b"\x00" * LONGEST_DER_FILE, "longer than 16,777,216", id="too much DER"),
        pytest.param(b"[\n{}\n]", "over several lines", id="JSON over several lines"),
    ],
)
def test_what_holds_no_certificate_is_rejected_with_path_and_reason(read, tmp_path, contents, reason):
    [item] = read(contents)
    assert item.path == str(tmp_path / "some.file")
    assert reason in item.reason


def test_a_pkcs7_structure_of_indefinite_length_is_read(read):
    contents = p7(Encoding.DER)
    with tolerated_irregularities():
        items = read(b"\x30\x80" + contents[4:] + b"\x00\x00")
    assert sorted(found(items)) == sorted(IDS)


def test_one_certificate_of_a_pkcs7_structure_may_be_rejected_and_the_others_read(read):
    too_long = certificate(
        "x", extensions=[crl_distribution_points("http://crl.example/" + "x" * LONGEST_CERTIFICATE)]
    )
    items = read(pkcs7.serialize_certificates([too_long, DEVICE], Encoding.PEM))
    assert found(items) == IDS[:1]
    assert rejections(items) == [(1, "it is longer than 65,536 bytes")]


def test_a_pkcs7_structure_without_certificates_is_rejected(read):
    # SignedData of version 1 with no algorithm, no content but its type, and no signer.
    empty = bytes.fromhex("301d06092a864886f70d010702a010300e0201013100300706052b0e03021a3100")
    [item] = read(empty)
    assert "PKCS#7" in item.reason


def test_a_file_that_goes_while_it_is_looked_at_is_rejected(tmp_path):
    path = tmp_path / "gone.pem"
    assert list(read_file(path, ACCOUNT, lambda _: None)) == [Rejection("No such file or directory", str(path))]


def test_bytes_are_counted_as_they_are_read(tmp_path):
    path = tmp_path / "some.pem"
    path.write_text(pem(DEVICE) + "x" * CHUNK)
    counted: list[int] = []
    assert len(list(read_file(path, ACCOUNT, counted.append))) == 1
    assert sum(counted) == path.stat().st_size
    assert len(counted) == 2


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [pem(DEVICE).encode(), der(DEVICE), p7(Encoding.PEM), p7(Encoding.DER)[:60], b"-----"]
            ),
            st.sampled_from(
                [b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n", b"\n", b"{", b"\x30"]
            ),
            st.binary(max_size=20),
        ),
        max_size=6,
    )
)
def test_any_contents_are_records_and_rejections(tmp_path_factory, contents):
    path = tmp_path_factory.getbasetemp() / "any.file"
    path.write_bytes(b"".join(contents))
    assert list(read_file(path, ACCOUNT, lambda _: None))

"""Why a revocation list, or the certificate of its issuer, is of no use."""


class Unusable(Exception):  # noqa: N818 - it is said of certificates, and the audit goes on
    """What was asked for can't be had, or can't be relied on.

    Its text ends a sentence that begins `certificates whose revocation list`, and names no single URL, so that
    alike certificates count together.
    """

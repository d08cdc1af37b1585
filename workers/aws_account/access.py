"""How a linked account is reached: boto3's own configuration, and the role that the account named."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from events.vocabulary import AccountId
from workers.aws_account.refusal import Gone, explained, not_permitted

Client = Any
"""boto3's client of a service: a class that boto3 makes at run time."""

CALLS_AT_ONCE = 8
"""Threads that call. At AWS's usual latency they are faster than its limits, which the retry mode finds out."""

MOST_ATTEMPTS = 6
"""Of one call, unless boto3's AWS_MAX_ATTEMPTS or `max_attempts` says otherwise. The last of the waits between
them is some ten seconds long."""

_ROLE = re.compile(r"arn:[\w-]+:iam::([0-9]{12}):role/.+")

OpenClients = Callable[..., Client]
"""A client for each service."""


@dataclass(frozen=True)
class AccountAccess:
    """Makes the clients. Variables, profiles and files of boto3 apply to them, and the settings that are here."""

    region: str
    own_account: AccountId | None = None
    """The account that boto3's own credentials read, and no other; None: an audit's account is read by the role of
    its configuration."""
    most_attempts: int = MOST_ATTEMPTS
    """Of one call, as long as boto3 is not told otherwise."""

    def open(self, account: AccountId, role_arn: str) -> OpenClients:
        """Begin a session, for some minutes. Raise Unreadable when there are no credentials for it."""
        try:
            own = get_session()
            config = _config(own.get_config_variable("max_attempts") or self.most_attempts)
            session = boto3.Session(botocore_session=own, region_name=self.region)
            if self.own_account is None:
                session = self._with_role(session, config, account, role_arn)
            elif account != self.own_account:
                raise not_permitted(
                    f"The service's own AWS credentials are of the account {self.own_account} "
                    f"(FLEET_AUDIT_ACCOUNT), and do not read {account}. With FLEET_AUDIT_ASSUME_ROLE=true each "
                    "account is read by its own role."
                )
        except BotoCoreError as error:
            raise explained("sts:AssumeRole", error) from error
        client: OpenClients = session.client
        return lambda service: client(service, config=config)

    def _with_role(
        self, session: boto3.Session, config: Config, account: AccountId, role_arn: str
    ) -> boto3.Session:
        named = _ROLE.fullmatch(role_arn)
        if named is None or named[1] != account:
            raise not_permitted(
                f"The role {role_arn} is not one of the account {account}, whose audit this is. "
                "UpdateAccountAuditConfiguration sets the role."
            )
        try:
            given = session.client("sts", config=config).assume_role(
                RoleArn=role_arn, RoleSessionName="fleet-audit"
            )["Credentials"]
        except ClientError as error:
            why = explained("sts:AssumeRole", error)
            what = "it does not exist" if isinstance(why, Gone) else str(why)
            raise not_permitted(f"The role {role_arn} can't be assumed. {what}") from error
        return boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=self.region,
        )


def _config(attempts: int) -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=20,
        max_pool_connections=CALLS_AT_ONCE,
        retries={"mode": "adaptive", "total_max_attempts": attempts},
        user_agent_extra="fleet-audit",
    )

"""Verifies a proof without a log, a database or a setting: all that is needed is a public key."""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from events.clock import from_epoch_milliseconds
from events.codec import MAX_BODY_BYTES
from events.proof.checkpoint import SignedCheckpoint
from events.proof.leaf import LeafEvent
from events.proof.note import NotSigned, VerifierKey
from events.proof.proof_file import ConsistencyProof, EventProof, NoProof, read_proof
from service.cli.chain_options import CouldNot
from service.cli.verification_lines import moment


class ProvesNothing(click.ClickException):
    """The proof is wrong."""

    exit_code = 1


def verify_offline(
    file: Path, trusted: Sequence[VerifierKey], kept: Sequence[SignedCheckpoint], *, as_json: bool
) -> None:
    """Say what a proof proves; raise ProvesNothing or CouldNot."""
    if not trusted:
        raise CouldNot("--offline needs the public key of the log: --key VKEY.")
    try:
        proof = read_proof(file.read_text(encoding="utf-8"))
        said = _proven(proof, kept)
        signers = [*_require_signed(proof.checkpoint, trusted)]
    except (NoProof, NotSigned) as error:
        raise ProvesNothing(f"{file} proves nothing: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNot(f"{file} can't be read: {error}") from error
    says = proof.checkpoint.says
    said["checkpoint"] = {
        "origin": says.origin,
        "size": says.size,
        "time": None if says.time is None else says.time.isoformat(),
        "signedBy": [str(each) for each in signers],
    }
    if as_json:
        click.echo(orjson.dumps(said, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"Proven: {said['proven']}")
    click.echo(
        f"Signed by {', '.join(f'{each.name} ({each.id.hex()})' for each in signers)} at {moment(says.time)}"
    )
    for name, value in said.get("event", {}).items():
        click.echo(f"  {name:10} {value if isinstance(value, str | int) else orjson.dumps(value).decode()}")


def _proven(proof: EventProof | ConsistencyProof, kept: Sequence[SignedCheckpoint]) -> dict[str, Any]:
    size = proof.checkpoint.says.size
    if isinstance(proof, ConsistencyProof):
        if len(kept) != 1:
            raise CouldNot("Which checkpoint is the earlier one? Give it: --checkpoint FILE.")
        proof.require_continues(kept[0])
        return {
            "proven": f"the log of {size:,} events begins with the {proof.old_size:,} of the earlier checkpoint"
        }
    event = proof.event()
    for each in kept:
        if each.says.size != size:
            raise CouldNot(
                f"The proof is under a checkpoint over {size:,} events, not under yours over {each.says.size:,}."
                " Ask for one that is: fleet-audit prove EVENT --checkpoint FILE."
            )
        if each.says.root != proof.checkpoint.says.root:
            raise NoProof("Its checkpoint is another one than yours over as many events.")
    return {
        "proven": f"the event at position {event.position} is number {proof.index + 1:,} of {size:,}",
        "event": _shown(event),
    }


def _require_signed(checkpoint: SignedCheckpoint, trusted: Sequence[VerifierKey]) -> list[VerifierKey]:
    signers = [each for each in checkpoint.signed.signers(trusted) if each.name == checkpoint.says.origin]
    if not signers:
        raise NotSigned("none of the keys that were given has signed its checkpoint")
    return signers


def _shown(event: LeafEvent) -> dict[str, Any]:
    return {
        "position": event.position,
        "time": from_epoch_milliseconds(event.recorded_at).isoformat(),
        "topic": event.topic,
        "account": event.account,
        "stream": str(event.stream),
        "version": event.version,
        "eventId": str(event.event_id),
        "body": _body(event.state),
    }


def _body(state: bytes) -> Any:
    try:
        written = zlib.decompressobj().decompress(state[1:], MAX_BODY_BYTES) if state[:1] == b"z" else state
        return orjson.loads(written)
    except (zlib.error, ValueError):
        return state.hex()

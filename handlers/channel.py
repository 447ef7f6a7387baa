"""What every channel speaks: the neutral words for something heard. Channels make `Inbound`s, `Turns` takes them; no
flow knows which channel it was.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Said:
    """Typed words, commands included."""

    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A tapped button: `data` is what the button carried, hostile until authorised; `message` the id of the message it
    stood under, as the channel knows it (0: not told), for the history.
    """

    data: str
    message: int = 0


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file announced by a channel, its bytes still outside. `uid` tells it from others in the same message; `size`
    is what was declared.

    `mark`: a secret mark that was found in its name, which is blank then.
    """

    uid: str
    name: str
    mime: str
    size: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Files of one message. `batch`: the channel's id of one sending (an album), over which several messages may come.

    `mark`: a secret mark that was found in the caption, which is blank then.
    """

    files: tuple[IncomingFile, ...]
    caption: str
    batch: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """The person has just come in by an invite; `fresh`: for the first time."""

    invite: int
    unit: str
    role: str
    fresh: bool
    inviter: int | None
    pending: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody who has joined opens the conversation for the first time."""


@dataclass(frozen=True, slots=True)
class BytesStored:
    """The intake worker: an arrival's bytes passed every check and are durable as a blob."""

    file: str
    sha256: str
    size: int
    kind: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BytesRefused:
    """The intake worker: an arrival's bytes cannot be evidence; `reason` as in `criteria.files` and
    `criteria.evidence`. `mark`: the secret mark that was found in the text of the file, which is erased already.
    """

    file: str
    reason: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class BytesDelayed:
    """The intake worker: an arrival is safe in scratch and will be tried again by itself."""

    file: str


Body = Said | Pressed | Sent | Joined | Opened | BytesStored | BytesRefused | BytesDelayed


@dataclass(frozen=True, slots=True)
class Inbound:
    """Something heard, once: `external_id` is unique in its channel and makes a repeat harmless. `address`: who
    spoke, as the channel knows them.

    The intake worker is a sender too; its address is the person's own web address. `client_id` lets a page recognise
    its own message; `session` names the web device.
    """

    channel: str
    external_id: str
    address: str
    body: Body
    client_id: str = ""
    session: str = ""

    @property
    def background(self) -> bool:
        """Not something the person did: it must not take over the open question."""
        return isinstance(self.body, BytesStored | BytesRefused | BytesDelayed)


WEB: Final = "web"
INTAKE: Final = "intake"

_BODIES: Final = {
    kind.__name__: kind for kind in (Said, Pressed, Sent, Joined, Opened, BytesStored, BytesRefused, BytesDelayed)
}


def encode(inbound: Inbound) -> str:
    """As JSON, for the inbox row of a turn that has to be tried again."""
    return json.dumps({**dataclasses.asdict(inbound), "kind": type(inbound.body).__name__}, ensure_ascii=False)


def decode(raw: str) -> Inbound:
    """What `encode` wrote. Raises KeyError or TypeError for anything else."""
    fields: dict[str, Any] = json.loads(raw)
    kind = fields.pop("kind")
    body = fields.pop("body")
    if kind == "Sent":
        body["files"] = tuple(IncomingFile(**file) for file in body["files"])
    if kind == "BytesStored":
        body["flags"] = tuple(body["flags"])
    return Inbound(**fields, body=_BODIES[kind](**body))

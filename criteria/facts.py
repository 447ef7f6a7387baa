"""What happened, in the past tense. Made by decision functions of `criteria`, turned into rows and audit lines by
`storage.record`.

Facts carry ids, codes, sizes and hashes only: never names, captions, reasons or contents, so that the audit may
outlive an erasure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CampaignOpened:
    """A database got its campaign. `plan` and `catalogue` are SHA-256 of the loaded texts."""

    campaign: str
    plan: str
    catalogue: str
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class ClockAdvanced:
    """A rehearsal's clock was moved forward."""

    seconds: int


@dataclass(frozen=True, slots=True)
class InviteMade:
    """`invite` is the row's id, never the code. `by` is None for the command line."""

    invite: int
    unit: str
    role: str
    by: int | None


@dataclass(frozen=True, slots=True)
class InviteRevoked:
    """The invite can no longer be used."""

    invite: int
    by: int | None


@dataclass(frozen=True, slots=True)
class PersonJoined:
    """An invite was used. `pending`: the grant waits for the inviter's yes."""

    person: int
    invite: int
    unit: str
    role: str
    pending: bool


@dataclass(frozen=True, slots=True)
class JoinApproved:
    """The inviter said yes to a pending person; all pending grants become active."""

    person: int
    by: int


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """The person gave or changed the own name, which travels beside the fact as private text."""

    person: int


@dataclass(frozen=True, slots=True)
class NoticeAcknowledged:
    """The person confirmed having read the state-secret notice."""

    person: int


@dataclass(frozen=True, slots=True)
class PersonRevoked:
    """Out everywhere: grants, devices, sign-in links, unused invites made by the person."""

    person: int
    by: int | None


@dataclass(frozen=True, slots=True)
class SignInLinkMade:
    """A one-use link for a further device; only the hash of its token is known."""

    person: int
    token_hash: str
    minutes: int


@dataclass(frozen=True, slots=True)
class DeviceSignedIn:
    """A web device got a session."""

    person: int
    device: int


@dataclass(frozen=True, slots=True)
class DevicesSignedOut:
    """Every web device of the person but `kept` was signed out (None: all)."""

    person: int
    kept: int | None


@dataclass(frozen=True, slots=True)
class ItemAnswered:
    """`answer` is a value of `criteria.items.Answer`; `reason` the id of a private text."""

    item: int
    unit: str
    code: str
    answer: str
    by: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class ItemCleared:
    """An answer was taken back: the item has none again."""

    item: int
    unit: str
    code: str
    by: int


@dataclass(frozen=True, slots=True)
class ItemDeferred:
    """ "Để sau": the item goes to the end of the walk."""

    item: int
    unit: str
    code: str
    by: int


@dataclass(frozen=True, slots=True)
class DocumentOpened:
    """A sending began: one document, whose files are still arriving. `batch` is the channel's id of the sending."""

    document: str
    person: int
    unit: str
    batch: str


@dataclass(frozen=True, slots=True)
class FileAnnounced:
    """An arrival row exists; its name and caption were checked; its bytes are still to come."""

    file: str
    document: str
    channel: str
    chat: str
    message: str
    uid: str
    size: int
    kind: str


@dataclass(frozen=True, slots=True)
class FileStored:
    """The bytes are durable under `sha256` and the evidence row exists."""

    file: str
    document: str
    sha256: str
    size: int
    kind: str
    receipt: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRefused:
    """The arrival ended without evidence; `reason` is a value of `criteria.files.RefusalReason` or of
    `criteria.evidence`.
    """

    file: str
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileWithdrawn:
    """ "Bỏ tệp này": no longer evidence; bytes and row stay."""

    file: str
    document: str
    by: int


@dataclass(frozen=True, slots=True)
class FileRestored:
    """The withdrawal was undone."""

    file: str
    document: str
    by: int


@dataclass(frozen=True, slots=True)
class DocumentFiled:
    """The document serves as evidence for the item."""

    document: str
    item: int
    unit: str
    code: str
    by: int


@dataclass(frozen=True, slots=True)
class DocumentUnfiled:
    """The document no longer serves the item."""

    document: str
    item: int
    unit: str
    code: str
    by: int


@dataclass(frozen=True, slots=True)
class DocumentDeclared:
    """ "Xong": the sender declared that none of the files is a secret document."""

    document: str
    by: int


@dataclass(frozen=True, slots=True)
class DeclarationLapsed:
    """A further file came into a sending that had been declared: the sender has to say it again."""

    document: str


@dataclass(frozen=True, slots=True)
class SecretStopped:
    """A name or caption bore a secret mark; nothing of it was kept but time, sender and mark."""

    person: int
    mark: str
    channel: str


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """Somebody tried what the own roles do not allow."""

    person: int
    action: str


Fact = (
    CampaignOpened
    | ClockAdvanced
    | InviteMade
    | InviteRevoked
    | PersonJoined
    | JoinApproved
    | PersonNamed
    | NoticeAcknowledged
    | PersonRevoked
    | SignInLinkMade
    | DeviceSignedIn
    | DevicesSignedOut
    | ItemAnswered
    | ItemCleared
    | ItemDeferred
    | DocumentOpened
    | FileAnnounced
    | FileStored
    | FileRefused
    | FileWithdrawn
    | FileRestored
    | DocumentFiled
    | DocumentUnfiled
    | DocumentDeclared
    | DeclarationLapsed
    | SecretStopped
    | AccessDenied
)

"""Fresh ids and secrets from the system's random source. Handed to turns and acts by `bot.app`, so that flows stay
deterministic.
"""

import base64
import secrets

from storage import doors


class RandomIds:
    """The real supply behind `handlers.flows.step.Ids`."""

    def fresh(self) -> str:
        """80 random bits as 16 lower-case letters and digits."""
        return base64.b32encode(secrets.token_bytes(10)).decode().lower()

    def entropy(self) -> bytes:
        """Eight random bytes."""
        return secrets.token_bytes(8)

    def token(self) -> str:
        """256 random bits, 43 characters."""
        return doors.new_token()

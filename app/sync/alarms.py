"""What the courier says is wrong at the hub, and how often it met it in one run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from app.common.words import N_
from app.sync.sentences import Sentence

EMPTIED = N_("The hub was empty. Everything that this PC has was put back; nothing is lost.")
EXCHANGED = N_("The hub is not the one of the last synchronisation. What it lacked was put there; nothing is lost.")
ROLLED_BACK = N_("Data packets that had been at the hub were gone: {n}. They were put back; nothing is lost.")
MENDED = N_("Damaged data packets at the hub: {n}. They were replaced by good copies.")
REFUSED = N_("Data packets at the hub that are damaged or forged: {n}. They are not taken in.")
COPIED = N_(
    "Data packets at the hub under a second name: {n}. They change nothing; somebody should look who does this."
)
DAMAGED_HERE = N_("Damaged copies of data packets on this PC: {n}. They were set aside; have the disk checked.")
UNREADABLE = N_("Files or folders at the hub that cannot be read: {n}. Have the permissions checked.")
BLOCKED = N_("Data packets of other PCs that could not be put back to the hub: {n}. Have its permissions checked.")

_COUNTED = (ROLLED_BACK, MENDED, REFUSED, COPIED, DAMAGED_HERE, UNREADABLE, BLOCKED)


@dataclass
class Alarms:
    """Of one run."""

    said: list[Sentence] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def say(self, message: str) -> None:
        self.said.append(Sentence(message))

    def sentences(self) -> tuple[Sentence, ...]:
        """The most surprising first."""
        return (*self.said, *(Sentence(words, n=self.counts[words]) for words in _COUNTED if self.counts[words]))

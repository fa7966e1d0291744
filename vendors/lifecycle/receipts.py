"""Receipt numbers: short enough to say on the telephone, without letters that are taken for others."""

from __future__ import annotations

import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_receipt() -> str:
    """A fresh number such as GF-7K3M-92QT. It opens nothing by itself: who asks is checked."""
    text = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"GF-{text[:4]}-{text[4:]}"

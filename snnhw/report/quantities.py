"""Numbers as people read them."""

from __future__ import annotations

import math


def microjoules(energy_pJ: float) -> str:
    """Energy in uJ with four digits: 16,562 or 3.104 or 0.0002811."""
    return significant(energy_pJ / 1e6)


def significant(value: float, digits: int = 4) -> str:
    """A number with so many digits that say something; whole ones with commas, tiny and huge ones as 1.234e-09."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    exponent = math.floor(math.log10(abs(value)))
    if not -5 < exponent < 9:
        return f"{value:.{digits - 1}e}"
    return f"{value:,.{max(0, digits - 1 - exponent)}f}"


def percent(share: float) -> str:
    """A share in [0, 1] in percent: 12.3%; what is above 0 and would read 0.0 is <0.1%."""
    return "<0.1%" if 0 < share < 0.0005 else f"{share:.1%}"


def seconds(value: float) -> str:
    """A time with a fitting unit: 1.25 s, 12.5 ms, 3.1 us, 4 ns."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{significant(value / size)} {unit}"
    return f"{significant(value / 1e-9)} ns"

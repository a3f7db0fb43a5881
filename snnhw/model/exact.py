"""Products of fractions to twice double precision, so that a probability comes out correctly rounded, and rounding to whole words.

Counts are rounded down, and a product such as 504 * (1 - 404/504) lies on a whole number: there the last bit of a probability decides.
A number is a pair (high, low) with high + low its value (T. J. Dekker, Numer. Math. 18, 1971).
"""

from __future__ import annotations

import math

from snnhw.jit import compiled

_SPLITTER = 134217729.0  # 2^27 + 1
_ROUNDING, _MOST = 1e-9, 1e-3
"""What a product of doubles may be off a whole number and still mean it: this part of its value, this part of a word at most."""


@compiled
def _product(a, b):
    """a * b as a pair, exactly."""
    p = a * b
    t = _SPLITTER * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = _SPLITTER * b
    b_high = t - (t - b)
    b_low = b - b_high
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


@compiled
def times(high, low, factor):
    """A pair times a double."""
    p, e = _product(high, factor)
    e += low * factor
    s = p + e
    return s, e - (s - p)


@compiled
def over(high, low, divisor):
    """A pair divided by a double."""
    q = high / divisor
    p, e = _product(q, divisor)
    rest = (((high - p) - e) + low) / divisor
    s = q + rest
    return s, rest - (s - q)


@compiled
def _slack(near):
    """How far off a whole number still means it."""
    return min(_MOST, _ROUNDING * max(1.0, near))


@compiled
def down(x, plainly):
    """The whole number below x; plainly: also where x lies a rounding error below one, as 10 * (1 - 0.9) does below 1."""
    near = math.floor(x + 0.5)
    return near if not plainly and abs(x - near) <= _slack(near) else math.floor(x)


@compiled
def up(x, plainly):
    """The whole number above x; plainly: also where x lies a rounding error above one, as 9 * (1 - (1 - 1/9)) does above 1."""
    near = math.floor(x + 0.5)
    return near if not plainly and abs(x - near) <= _slack(near) else math.ceil(x)

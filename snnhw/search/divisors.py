"""Which factors can multiply to a bound when each has a range: sets of partial products over a list of slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


def divisors(number: int) -> tuple[int, ...]:
    """All divisors, ascending."""
    small = [i for i in range(1, int(number ** 0.5) + 1) if number % i == 0]
    return tuple(small + [number // i for i in reversed(small) if i * i != number])


def primes(number: int) -> tuple[int, ...]:
    """The distinct prime divisors, ascending."""
    result, p = [], 2
    while p * p <= number:
        if number % p == 0:
            result.append(p)
            while number % p == 0:
                number //= p
        p += 1
    return tuple([*result, number] if number > 1 else result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The factors of one dimension, slot after slot from the innermost. choices: per slot; they have to multiply to `bound`.

    inside[i], outside[i]: products that the slots before i, and those from i on, can have, as far as these divide the bound.
    """

    bound: int
    choices: tuple[tuple[int, ...], ...]
    inside: tuple[frozenset[int], ...]
    outside: tuple[frozenset[int], ...]

    @property
    def is_possible(self) -> bool:
        """Whether any list of factors multiplies to the bound."""
        return self.bound in self.outside[0]

    def ways(self) -> int:
        """How many lists of factors multiply to the bound."""
        counts = {1: 1}
        for choices in self.choices:
            after: dict[int, int] = {}
            for reached, count in counts.items():
                for factor in choices:
                    if self.bound % (reached * factor) == 0:
                        after[reached * factor] = after.get(reached * factor, 0) + count
            counts = after
        return counts.get(self.bound, 0)

    def lists(self, start: int = 0, reached: int = 1) -> Iterator[tuple[int, ...]]:
        """All lists of factors that multiply to the bound, those with small inner factors first."""
        if start == len(self.choices):
            yield ()
            return
        for factor in self.choices[start]:
            if self._goes_on(start, reached * factor):
                for rest in self.lists(start + 1, reached * factor):
                    yield (factor, *rest)

    def outermost(self) -> tuple[int, ...]:
        """The list that keeps each factor as small as the slots outside it allow."""
        return next(self.lists())

    def least_inside(self, slot: int) -> int:
        """The smallest product that the slots before `slot` can have in any list."""
        return min(product for product in self.inside[slot] if self._goes_on(slot - 1, product))

    def _goes_on(self, slot: int, reached: int) -> bool:
        return self.bound % reached == 0 and self.bound // reached in self.outside[slot + 1]


def chain(bound: int, ranges: Sequence[tuple[int, int]]) -> Chain:
    """The chain of a dimension from (least, most) of each slot."""
    all_divisors = divisors(bound)
    choices = tuple(tuple(f for f in all_divisors if least <= f <= most) for least, most in ranges)
    inside = [frozenset({1})]
    for one in choices:
        inside.append(frozenset(a * f for a in inside[-1] for f in one if bound % (a * f) == 0))
    outside = [frozenset({1})]
    for one in reversed(choices):
        outside.append(frozenset(a * f for a in outside[-1] for f in one if bound % (a * f) == 0))
    return Chain(bound=bound, choices=choices, inside=tuple(inside), outside=tuple(reversed(outside)))

"""What the study claims, held against what comes out here. Only the first row is fitted; the others are predictions."""

from __future__ import annotations

from collections.abc import Iterator

from snnhw.study.data import table
from snnhw.study.networks import BITS
from snnhw.study.points import FORMATS, UNCOMPRESSED, Results
from snnhw.study.tables import Cell, Table, crossover, published_energy, ratio, uncompressed_energy

TARGET_ERROR = 0.10


def claims_table(results: Results) -> Table:
    """Each claim: ours, published, ratio, the range that counts as agreeing, and whether it does."""
    return Table(name="claims", title="Claims", columns=("claim", "kind", "ours", "published", "ratio", "low", "high", "agrees"),
                 rows=tuple(_rows(results)),
                 notes=("fitted: the fit looked at it; predicted: it did not, but the limits of its grid were set in view of 80 % pruning"
                        " over ternary (docs/study.md).",))


def mean_error(results: Results) -> float:
    """Mean absolute relative error of the energies of the table of quantised networks."""
    published = published_energy()
    return sum(abs(results.of(f"w{bits}", one).energy_uJ / energy - 1) for (bits, one), (energy, _) in published.items()) / len(published)


def right_orders(results: Results) -> tuple[int, ...]:
    """The bits at which the four formats stand in the published order of energy."""
    published = published_energy()
    return tuple(bits for bits in BITS if sorted(FORMATS, key=lambda one: results.of(f"w{bits}", one).energy_uJ)
                 == sorted(FORMATS, key=lambda one: published[bits, one][0]))


def _rows(results: Results) -> Iterator[tuple[Cell, ...]]:
    error = mean_error(results)
    yield "mean error of the quantised energies", "fitted", error, None, None, 0.0, TARGET_ERROR, _yes(error <= TARGET_ERROR)
    orders = len(right_orders(results))
    yield "bit widths with the formats in order", "fitted", orders, len(BITS), ratio(orders, len(BITS)), len(BITS), len(BITS), \
        _yes(orders == len(BITS))
    values = (_pruning_over_ternary(results), _cp_over_rle(results), _most_bits(results))
    for row, value in zip(table("claims"), values, strict=True):
        published, low, high = (float(row[name]) for name in ("published", "low", "high"))
        yield row["claim"], "predicted", value, published, None if value is None else ratio(value, published), low, high, \
            _yes(value is not None and low <= value <= high)
    for one in ("RLE", "UOP"):
        ours = crossover(BITS, [results.of(f"w{bits}", one).energy_uJ for bits in BITS],
                         [results.of(f"w{bits}", UNCOMPRESSED, one).energy_uJ for bits in BITS])
        given = crossover(BITS, [published_energy()[bits, one][0] for bits in BITS], [uncompressed_energy()[bits, one] for bits in BITS])
        compared = None if ours is None else ratio(ours, given)
        yield f"crossover of compression, {one}, bits", "predicted", ours, given, compared, None, None, None


def _pruning_over_ternary(results: Results) -> float:
    return results.of("prune80", "RLE").energy_uJ / results.of("w2", "RLE").energy_uJ


def _cp_over_rle(results: Results) -> float:
    return sum(results.of(f"w{bits}", "CP").energy_uJ / results.of(f"w{bits}", "RLE").energy_uJ for bits in BITS) / len(BITS)


def _most_bits(results: Results) -> float | None:
    paying = [bits for bits in BITS if results.of(f"w{bits}", "RLE").energy_uJ < results.of(f"w{bits}", UNCOMPRESSED, "RLE").energy_uJ]
    return float(max(paying)) if paying else None


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"

"""The search for the best mapping, and why nothing fits when nothing fits."""

from snnhw.search.mapper import search
from snnhw.search.outcome import SearchOutcome, SearchProgress

__all__ = ["SearchOutcome", "SearchProgress", "search"]

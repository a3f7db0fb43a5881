"""From the form of `data` to data."""

from __future__ import annotations

from snn_workload.data.dataset import Data
from snn_workload.data.form import DataForm


def load_data(form: DataForm, steps: int, folder: str = ".") -> Data:
    """The data that a configuration names; folder: what its path is relative to.

    Raises SpecError where files are absent, cut off or corrupt, or a package that reads them is not installed.
    """
    if form.source == "digits":
        from snn_workload.data.digits import load_digits

        return load_digits(form, steps)
    from snn_workload.data.recordings import load_recordings

    return load_recordings(form, steps, folder)

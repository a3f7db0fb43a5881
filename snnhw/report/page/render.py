"""The page as one text: template, styles, scripts, plotly.js and data, all in it. The same data gives the same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from snnhw.errors import Finding, SpecError
from snnhw.report.page import rows
from snnhw.report.quantities import microjoules, percent, seconds, significant

SCRIPTS = ("base.js", "energy.js", "flows.js", "speed.js", "pareto.js", "main.js")
SPLITS = (("component", "component"), ("tensor", "tensor"), ("transfer", "transfer"))


def check_plotly() -> None:
    """Raises SpecError where plotly is not there."""
    plotly_text()


def plotly_text() -> str:
    """plotly.js, as the package plotly brings it. Raises SpecError where it is not installed."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError:
        raise SpecError(Finding(file="snnhw report", seen="no package plotly", expected="it to be installed",
                                fix="pip install 'snnhw[report]'")) from None
    return str(get_plotlyjs())


def render_page(data: Mapping[str, Any]) -> str:
    """The page of `page_data`. Names in it are text wherever they stand. Raises SpecError where plotly is not installed."""
    from markupsafe import Markup

    environment = _environment()
    scripts = [plotly_text(), *(_file(name) for name in SCRIPTS)]
    text: str = environment.get_template("page.html").render(
        data=data, json=Markup(json_in_html(data)), css=Markup(_file("page.css")), scripts=[Markup(script) for script in scripts],
        policy=_policy(scripts))
    return text


def json_in_html(data: Any) -> str:
    """JSON that nothing in HTML can end: the characters that could are written as escapes."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(scripts: list[str]) -> str:
    """What the page may do: run these scripts and no others, and load nothing."""
    digests = (base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii") for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'"


def _seconds(value: float) -> str:
    """A time as on the terminal, which has no letters beyond ASCII, in the units of the page."""
    return seconds(value).replace(" us", " \N{MICRO SIGN}s")


def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("snnhw.report.page", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True, keep_trailing_newline=True)
    environment.filters |= {"uJ": microjoules, "significant": significant, "percent": percent, "seconds": _seconds}
    environment.globals |= {name: getattr(rows, name) for name in rows.__all__}
    environment.globals["splits"] = list(SPLITS)
    return environment


def _file(name: str) -> str:
    from importlib.resources import files

    return (files("snnhw.report.page") / name).read_text(encoding="utf-8")

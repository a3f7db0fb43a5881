"""The page is one file that loads nothing, says nothing that it was not told, and runs no script but its own."""

import base64
import hashlib
import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report.page.conftest import EVIL
from report.results import network

from snnhw.errors import SpecError
from snnhw.report.page.data import Named, page_data
from snnhw.report.page.render import SCRIPTS, json_in_html, render_page
from snnhw.report.read import read_result

pytestmark = pytest.mark.xdist_group("page")


class Page(HTMLParser):
    """What a browser would make of a page: elements in order, scripts with their text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.scripts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.lasttag == "script" and self.cdata_elem == "script":
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def data(evaluated):
    return page_data([Named(label="out", result=read_result(evaluated))])


@pytest.fixture(scope="module")
def text(data):
    return render_page(data)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_a_name_that_is_an_attack_is_text(page, text):
    assert EVIL not in text
    assert not [tag for tag, _ in page.elements if tag in ("img", "iframe", "object", "embed", "base")]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "49" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL).partition("&lt;/script&gt;")[2][:60]


def test_the_data_come_out_as_they_went_in(page, data):
    kept = [script for script in page.scripts if script.startswith("{")]
    assert len(kept) == 1
    assert json.loads(kept[0]) == json.loads(json.dumps(data))
    assert json.loads(kept[0])["results"][0]["layers"][0]["name"] == EVIL


@pytest.mark.parametrize("value", ["</script>", "<!--<script>", "]]>", "\u2028", "&lt;", "\\u003c"])
def test_nothing_in_data_ends_the_script(value):
    text = json_in_html({"a": value})
    assert not set(text) & set("<>&\u2028")
    assert json.loads(text) == {"a": value}


def test_it_loads_nothing(page):
    """No element names a file: links go to places of the page, the icon is empty."""
    places = [attributes[name] for _, attributes in page.elements for name in ("src", "href", "action", "data", "srcset", "xlink:href")
              if name in attributes]
    assert {place for place in places if not place.startswith("#")} == {"data:,"}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {place[1:] for place in places if place.startswith("#")} <= set(ids)


def test_its_policy_allows_its_own_scripts_and_no_others(page):
    (policy,) = [attributes["content"] for tag, attributes in page.elements if attributes.get("http-equiv") == "Content-Security-Policy"]
    ours = [script for script in page.scripts if not script.startswith("{")]
    assert len(ours) == 1 + len(SCRIPTS)
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    assert allowed == [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in ours]
    assert "default-src 'none'" in policy
    assert not re.search(r"script-src[^;]*unsafe|https?:|\*", policy)


def test_the_same_result_gives_the_same_bytes(text, evaluated):
    assert render_page(page_data([Named(label="out", result=read_result(evaluated))])) == text


def test_headings_come_in_order(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_chart_has_words_and_a_table(text):
    figures = re.findall(r'<figure class="chart".*?</figure>', text, re.DOTALL)
    assert len(figures) == 6
    for figure in figures:
        assert 'role="img" aria-label="' in figure
        assert re.search(r"<figcaption id=\S+>\s*[A-Z]\w*\W", figure)
        assert re.search(r"<details.*<table.*<td>", figure, re.DOTALL)


def test_the_mapping_of_each_layer_can_be_copied_as_timeloop_yaml(text, data):
    assert text.count("data-copy=") == 2
    assert "- target: DRAM" in text
    assert data["results"][0]["layers"][0]["yaml"] in text.replace("&#39;", "'").replace("&#34;", '"')


def test_what_is_missing_is_said():
    """No architecture, no time steps, interrupted, a failed layer."""
    named = Named(label="n", result=replace(network(), interrupted=True), failures=(("fc9", "nothing <b>fits</b>"),))
    text = render_page(page_data([named]))
    for words in ("<strong>Interrupted.</strong>", "Layer fc9 failed", "nothing &lt;b&gt;fits", "could not be made again", "per_step"):
        assert words in text


def test_a_result_without_layers_can_be_shown():
    assert "No layer was evaluated" in render_page(page_data([Named(label="n", result=replace(network(), layers=()))]))


def test_without_plotly_the_error_names_the_extra(monkeypatch, data):
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    with pytest.raises(SpecError, match=r"report: seen no package plotly, expected it to be installed; pip install 'snnhw\[report\]'"):
        render_page(data)

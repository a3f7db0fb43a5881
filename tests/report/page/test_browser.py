"""The page in a real browser: everything is drawn, everything can be reached, nothing goes wrong and nothing is fetched."""

import re
import shutil
from contextlib import contextmanager

import pytest
from report.page.conftest import EVIL

sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page"),
              pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium")]

READY = "html[data-ready=true]"
PATIENCE_MS = 180_000
"""Far more than anything takes: a machine may have much else to do."""
WIDE, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def file(evaluated, swept, tmp_path_factory):
    """A page with a result twice, to stand side by side, and a sweep."""
    from snnhw import write_report

    target = tmp_path_factory.mktemp("browser") / "report.html"
    write_report([evaluated, evaluated / "result.json", swept], target)
    return target


@pytest.fixture(scope="module")
def short(evaluated, swept, tmp_path_factory):
    """A page with one result and a sweep."""
    from snnhw import write_report

    target = tmp_path_factory.mktemp("short") / "report.html"
    write_report([evaluated, swept], target)
    return target


@contextmanager
def opened(browser, file, **options):
    """The page, drawn. Leaving fails where the console said anything, something was thrown, or something was asked of a network."""
    wrong = []
    context = browser.new_context(offline=True, **{"viewport": WIDE, **options})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else wrong.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector(READY, state="attached")
    try:
        yield page
        assert wrong == []
    finally:
        context.close()


@pytest.fixture(scope="module")
def page(browser, file):
    with opened(browser, file) as page:
        yield page


def chart(page, kind):
    return page.locator(f"figure[data-chart={kind}]").first


def choose(figure, name, value):
    figure.locator(f"input[data-set={name}][value='{value}']").check(force=True)


def bars(figure):
    return figure.locator(".barlayer .point path")


def lengths(figure):
    """How long the bars are, in pixels."""
    return bars(figure).evaluate_all("all => all.map((one) => one.getBBox().width)")


def test_every_chart_is_drawn(page):
    """Two results with two layers each, and a sweep: as many shapes as there are things to draw, none of them empty."""
    assert page.locator("figure.chart").count() == 2 * 6 + 2
    parts, steps = (page.evaluate(f"snnhw.data.results[0].{what}") for what in ("splits.component.parts.length", "steps[0].spikes.length"))
    flows = page.evaluate("snnhw.data.results[0].flows.layers[0].flows.filter((flow) => flow.words > 0).length")
    assert min(parts, steps, flows) >= 4
    bars, marks = ".barlayer .trace", ".scatterlayer path.point"
    for kind, shapes, count in (("totals", bars, parts), ("breakdown", bars, parts), ("comparison", bars, parts),
                                ("utilisation", ".barlayer .point path", 2), ("flows", "path.sankey-link", flows),
                                ("roofline", marks, 2), ("steps", marks, 2 * steps), ("pareto", marks, 6)):
        for figure in page.locator(f"figure[data-chart={kind}]").all():
            assert figure.locator(shapes).count() == count, kind
            paths = figure.locator(f"{shapes} path" if shapes.endswith("trace") else shapes)
            assert paths.count() >= count
            assert any(paths.evaluate_all("all => all.map((one) => one.getBBox().width * one.getBBox().height > 1)")), kind


def test_a_name_that_is_an_attack_stands_there_as_it_is(page):
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img").count() == 0
    assert page.locator("details.mapping h4").first.inner_text() == EVIL
    assert page.locator("figure[data-chart=utilisation] .yaxislayer-above text").first.text_content().startswith("</script><img")


def test_bars_are_as_long_as_the_numbers(page):
    """Of the whole network, to a pixel."""
    figure = chart(page, "totals")
    sums = page.evaluate("""() => { const split = snnhw.data.results[0].splits.component;
        return split.parts.map((_, i) => split.pJ.reduce((sum, row) => sum + row[i], 0)).sort((a, b) => b - a); }""")
    drawn = lengths(figure)
    assert [one / drawn[0] for one in drawn] == pytest.approx([one / sums[0] for one in sums], abs=2 / drawn[0])


def test_splits_and_scales_can_be_chosen(page):
    figure = chart(page, "breakdown")
    for split in ("tensor", "transfer", "component"):
        choose(figure, "split", split)
        names = page.evaluate(f"snnhw.data.results[0].splits.{split}.parts")
        assert figure.locator(".legend button").all_inner_texts() == names
    choose(figure, "scale", "share")
    assert "% of the energy" in figure.locator(".xtitle").text_content()
    choose(figure, "scale", "per")
    assert "pJ per compute" in figure.locator(".xtitle").text_content()
    choose(figure, "scale", "uJ")


def test_hovering_shows_the_numbers(page):
    figure = chart(page, "totals")
    figure.scroll_into_view_if_needed()
    bars(figure).first.hover(force=True)
    figure.locator(".hoverlayer .hovertext").wait_for()
    name = figure.locator(".yaxislayer-above text").first.text_content()
    assert re.match(rf"{name}.* µJ.*% of the energy", figure.locator(".hoverlayer").text_content())


def test_the_legend_hides_and_shows_with_the_keyboard_alone(page):
    figure = chart(page, "breakdown")
    traces = figure.locator(".barlayer .trace")
    before = traces.count()
    button = figure.locator(".legend button").first
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"
    assert traces.count() == before - 1
    assert page.evaluate("document.activeElement.parentElement.className") == "legend"
    page.keyboard.press("Space")
    assert button.get_attribute("aria-pressed") == "true"
    assert traces.count() == before


def test_flows_of_each_layer_and_unit(page):
    figure = chart(page, "flows")
    assert figure.locator("select option").all_inner_texts() == ["whole network", EVIL, "fc2"]
    figure.locator("select").select_option("1")
    count = page.evaluate("snnhw.data.results[0].flows.layers[1].flows.filter((flow) => flow.energy_pJ > 0).length")
    choose(figure, "unit", "energy_pJ")
    assert figure.locator("path.sankey-link").count() == count
    figure.locator("select").select_option("0")
    choose(figure, "unit", "words")


def test_roofs_can_be_chosen(page):
    figure = chart(page, "roofline")
    figure.locator("select").select_option(label="DRAM words")
    assert "no bandwidth is stated" in figure.locator(".infolayer").text_content()
    figure.locator("select").select_option(label="GLB reads")
    assert "0.5000 words/cycle" in figure.locator(".infolayer").text_content()


def test_steps_can_be_seen_against_each_other(page):
    figure = chart(page, "steps")
    assert figure.locator(".scatterlayer path.point").count() == 8
    choose(figure, "view", "against")
    assert figure.locator(".scatterlayer path.point").count() == 4


def test_the_copy_button_copies_the_yaml(page):
    button = page.locator("[data-copy]").first
    expected = page.evaluate("snnhw.data.results[0].layers[0].yaml")
    page.evaluate("document.addEventListener('copy', () => { window.copied = document.activeElement.value; })")
    page.evaluate("() => { if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject(new Error('not here')); }")
    button.focus()
    page.keyboard.press("Enter")
    page.locator("#said", has_text="Copied").wait_for(state="attached")
    assert page.evaluate("window.copied") == expected
    assert button.evaluate("one => one === document.activeElement")


def test_the_toggle_changes_colours_of_page_and_charts(page):
    def colours():
        return page.evaluate("""() => [getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector('figure[data-chart=totals] .ytick text')).fill,
            getComputedStyle(document.querySelector('.sankey-node text, .node-label') || document.body).fill]""")

    toggle = page.locator("#theme")
    light = colours()
    toggle.focus()
    page.keyboard.press("Enter")
    assert toggle.get_attribute("aria-pressed") == "true"
    dark = colours()
    assert dark[0] != light[0]
    assert dark[1] != light[1]
    toggle.click()
    assert colours() == light


def test_the_front_is_that_of_snnhw_pareto(page, swept):
    from snnhw import pareto_front

    def rows(figure):
        return figure.locator("[data-table=front] tbody th").evaluate_all("all => all.map((one) => one.textContent)")

    figure = chart(page, "pareto")
    expected = pareto_front(swept, "energy_pJ", "accuracy").front
    assert rows(figure) == [one.key[:12] for one in expected]
    figure.locator("select[data-set=y]").select_option(label="weight_bits")
    assert rows(figure) == [one.key[:12] for one in pareto_front(swept, "energy_pJ", "weight_bits").front]
    figure.locator("input[data-set=moreY]").check()
    assert rows(figure) == [one.key[:12] for one in pareto_front(swept, "energy_pJ", "weight_bits", maximize=["weight_bits"]).front]
    figure.locator("select[data-set=y]").select_option(label="accuracy")
    assert figure.locator("input[data-set=moreY]").is_checked()
    assert "4 of 6 points are on the front; 1 lack" in figure.locator("figcaption").inner_text()
    figure.scroll_into_view_if_needed()
    figure.locator(".scatterlayer path.point").last.hover(force=True)
    assert "weight_bits: " in figure.locator(".hoverlayer").text_content()


def test_the_keyboard_reaches_everything_in_order(page):
    """Tab from the top: the link past the navigation first, then what is on the page, top to bottom; each with a visible focus."""
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); getSelection().removeAllRanges(); }")
    page.locator(".brand").click()
    page.keyboard.press("Shift+Tab")
    seen = []
    for _ in range(30):
        seen.append(page.evaluate("""() => { const one = document.activeElement;
            const shown = one.matches('.choice input') ? one.nextElementSibling : one;
            const top = one.getBoundingClientRect().top + scrollY;
            return [one.id || one.className || one.tagName, top, getComputedStyle(shown).outlineStyle]; }"""))
        page.keyboard.press("Tab")
    assert [one[0] for one in seen[:2]] == ["skip", "theme"]
    below = [top for _, top, _ in seen[6:]]
    assert below == sorted(below)
    assert {outline for _, _, outline in seen} == {"solid"}


def violations(page, **options):
    """What axe-core finds with all tables and mappings open; what is inside a chart is one picture to who can't see it, and left out."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = axe.Axe().run(page, context={"exclude": [".main-svg"]}, options=options).response
    assert found["passes"]
    return [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found["violations"]]


def test_nothing_shuts_a_reader_out(page):
    assert violations(page) == []


def test_dark_for_who_prefers_it_and_light_on_paper(browser, short):
    """On paper: light colours, no controls, mappings open, nothing wider than the sheet; afterwards all is as before."""
    with opened(browser, short, color_scheme="dark") as page:
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
        page.emulate_media(media="print")
        page.wait_for_selector("html[data-theme=light]", state="attached")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not any(page.locator(".control, select, .contents, .skip").evaluate_all("all => all.map((one) => one.checkVisibility())"))
        assert all(page.locator("details.mapping").evaluate_all("all => all.map((one) => one.open)"))
        widths = page.locator("figure.chart .main-svg").evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")
        assert max(widths) <= 670
        page.emulate_media(media="screen")
        page.wait_for_selector("html[data-theme=dark]", state="attached")
        assert not all(page.locator("details.mapping").evaluate_all("all => all.map((one) => one.open)"))
        assert violations(page, runOnly=["color-contrast"]) == []


def test_a_phone_shows_all_of_it_without_scrolling_sideways(browser, file):
    """360 px, with every table open, and a tablet too; copying goes through the clipboard where the browser lets it."""
    with opened(browser, file, viewport=PHONE, has_touch=True, is_mobile=True, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        for width in (360, 768):
            page.set_viewport_size({**PHONE, "width": width})
            page.wait_for_timeout(200)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            right = page.locator("figure.chart .plot > div").evaluate_all("all => all.map((one) => one.getBoundingClientRect().right)")
            assert max(right) <= width
        page.locator("[data-copy]").first.click()
        page.locator("#said", has_text="Copied").wait_for(state="attached")
        assert page.evaluate("navigator.clipboard.readText()") == page.evaluate("snnhw.data.results[0].layers[0].yaml")

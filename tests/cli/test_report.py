"""snnhw report, from files to a page."""

import sys

from report.results import network

from snnhw.report.folder import write_result


def test_a_page_is_written_and_said(snnhw):
    write_result(network(), snnhw.folder / "out")
    done = snnhw("report", "out", "-o", "page/report.html")
    assert (done.status, done.out, done.err) == (0, "", "written to page/report.html\n")
    text = (snnhw.folder / "page/report.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "plotly.js v" in text


def test_quiet_says_nothing(snnhw):
    write_result(network(), snnhw.folder / "out")
    assert snnhw("report", "out", "--quiet").err == ""
    assert (snnhw.folder / "report.html").is_file()


def test_what_is_no_result_is_an_error_of_one_line(snnhw):
    for source, words in (("gone", "gone: seen No such file or directory"), ("run.json", "run.json: schema: seen 'snnhw.run/1'")):
        done = snnhw("report", source)
        assert done.status == 2
        assert done.err.startswith(f"error: {words}")
        assert done.err.count("\n") == 1
    assert "report.html" not in snnhw.files()


def test_without_plotly_the_error_names_the_extra(snnhw, monkeypatch):
    write_result(network(), snnhw.folder / "out")
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    done = snnhw("report", "out")
    assert done.status == 2
    assert "pip install 'snnhw[report]'" in done.err

"""`snnhw breakeven` and `snnhw reproduce` on wrong input: one clear line, and nothing written."""

import pytest


@pytest.mark.parametrize(("arguments", "said"), [
    (("breakeven", "--arch", "tiny_snn", "--stats", "mnist_784_400"), "tiny_snn: variables: seen no weight_format"),
    (("breakeven", "--arch", "eyeriss_snn", "--stats", "mnist_784_400", "--bits", "two"), "'two' is not a whole number of bits"),
    (("breakeven", "--arch", "eyeriss_snn", "--stats", "mnist_784_400", "--metric", "heat"), "--metric: seen heat"),
    (("reproduce", "iscas99", "-o", "out"), "reproduce: seen iscas99, expected one of iscas23"),
    (("reproduce", "iscas23", "-o", "out", "--figures", "gif"), "seen the suffix .gif, expected one of"),
])  # fmt: skip
def test_what_is_wrong_is_said(arguments, said, snnhw):
    done = snnhw(*arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert not (snnhw.folder / "out").exists()

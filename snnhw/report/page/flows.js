// Data movement as a Sankey diagram: the hierarchy from the outermost level to the compute, and back out on the right.
"use strict";

snnhw.kinds.flows = (figure, state) => {
  const { flows } = snnhw.data.results[figure.dataset.index];
  const layer = flows.layers[state.layer || 0];
  const units = { words: "words", bits: "bits", energy_pJ: "µJ" };
  const scale = state.unit === "energy_pJ" ? 1e-6 : 1;
  const theme = snnhw.theme();
  const nodes = [];
  const node = (level, isBack) => {
    const found = nodes.findIndex((one) => one.level === level && one.isBack === isBack);
    return found >= 0 ? found : nodes.push({ level, isBack }) - 1;
  };
  const compute = flows.levels[flows.levels.length - 1];
  const seen = layer.flows.filter((flow) => flow[state.unit] > 0 && !state.hidden.has(flow.tensor));
  const links = seen.map((flow) => ({ flow, source: node(flow.source, flow.way === "out" && flow.source !== compute), target: node(flow.target, flow.way === "out") }));
  const colour = (name) => (snnhw.style("tensor", name) || { colour: "#8c8c8c" }).colour;
  const isNarrow = figure.clientWidth < 480;
  const trace = { type: "sankey", arrangement: "fixed", valuesuffix: ` ${units[state.unit]}`, orientation: isNarrow ? "v" : "h",
    textfont: { color: theme.fg, size: isNarrow ? 10 : 12, shadow: "none" },
    node: { label: nodes.map((one) => snnhw.text(one.level) + (one.isBack ? " ↩" : "")), pad: isNarrow ? 14 : 22, thickness: 16,
      color: nodes.map((one) => (snnhw.style("component", one.level) || { colour: "#8c8c8c" }).colour), line: { color: theme.fg, width: 0.8 },
      hovertemplate: "%{label}<extra></extra>" },
    link: { source: links.map((one) => one.source), target: links.map((one) => one.target), value: links.map((one) => one.flow[state.unit] * scale),
      color: links.map((one) => `${colour(one.flow.tensor)}a6`), line: { color: theme.faint, width: 0.4 },
      customdata: links.map(({ flow }) => `<b>${snnhw.text(flow.tensor)}</b> ${snnhw.text(flow.source)} → ${snnhw.text(flow.target)}<br>`
        + `${snnhw.exact(flow.words)} words${flow.arriving === null ? "" : `, ${snnhw.exact(flow.arriving)} arrive`}<br>`
        + `${flow.bits === null ? "" : `${snnhw.exact(flow.bits)} bits<br>`}${snnhw.number(flow.energy_pJ / 1e6)} µJ`),
      hovertemplate: "%{customdata}<extra></extra>" } };
  const names = [...new Set(layer.flows.map((flow) => flow.tensor))];
  return { traces: [trace], legend: names.map((name) => [name, snnhw.style("tensor", name)]),
    layout: { height: isNarrow ? 560 : 420, margin: { l: 8, r: 8, t: 14, b: 14 } } };
};

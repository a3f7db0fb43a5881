// The points of a sweep over two of its figures, and the front: nothing is better in one figure and at least as good in the other.
"use strict";

// Indices of the front, the better x first. points: [x, y]; signs: 1 where less is better, -1 where more is. As snnhw.sweep.pareto.ranked.
snnhw.front = (points, signs) => {
  const order = points.map((_, i) => i).sort((a, b) => signs[0] * (points[a][0] - points[b][0]) || signs[1] * (points[a][1] - points[b][1]));
  const front = [];
  let best = Infinity, at = null;
  for (const i of order) {
    const [x, y] = points[i];
    if (signs[1] * y < best) { best = signs[1] * y; at = points[i]; }
    if (at && x === at[0] && y === at[1]) front.push(i);
  }
  return front;
};

snnhw.MOST_DIMMED = 3000;

snnhw.kinds.pareto = (figure, state) => {
  const sweep = snnhw.data.sweeps[figure.dataset.index];
  const [x, y] = [Number(state.x), Number(state.y)];
  const known = sweep.points.filter((point) => point.values[x] !== null && point.values[y] !== null);
  const pairs = known.map((point) => [point.values[x], point.values[y]]);
  const front = snnhw.front(pairs, [state.moreX ? -1 : 1, state.moreY ? -1 : 1]);
  const isFront = new Set(front);
  const others = known.map((_, i) => i).filter((i) => !isFront.has(i));
  const every = Math.ceil(others.length / snnhw.MOST_DIMMED) || 1;
  const dimmed = others.filter((_, i) => i % every === 0);
  const theme = snnhw.theme();
  const words = (i) => `<b>${snnhw.text(sweep.names[x])}</b> ${snnhw.exact(pairs[i][0])}<br><b>${snnhw.text(sweep.names[y])}</b> ${snnhw.exact(pairs[i][1])}<br>`
    + `${known[i].inputs.map(([name, value]) => `${snnhw.text(name)}: ${snnhw.text(value)}`).join("<br>")}<br>key ${snnhw.text(known[i].key)}`;
  const series = (list, more) => ({ type: "scatter", x: list.map((i) => pairs[i][0]), y: list.map((i) => pairs[i][1]), hoverinfo: "text", hovertext: list.map(words), ...more });
  const is = (values) => Math.min(...values) > 0 && Math.max(...values) > 30 * Math.min(...values);
  const axis = (name, values) => ({ title: { text: snnhw.text(name), standoff: 14 }, type: is(values) ? "log" : "linear" });
  const traces = [];
  if (!state.hidden.has("beaten")) traces.push(series(dimmed, { mode: "markers", marker: { color: theme.faint, size: 8, opacity: 0.55, symbol: "circle-open", line: { width: 1.5 } } }));
  if (!state.hidden.has("front")) traces.push(series(front, { mode: "lines+markers", line: { color: "#0072b2", width: 2, shape: "hv" },
    marker: { color: "#0072b2", size: 11, symbol: "diamond", line: { color: theme.fg, width: 0.8 } } }));
  snnhw.frontTable(figure, sweep, front.map((i) => known[i]), x, y);
  figure.querySelector("[data-say=front]").textContent = `${front.length} of ${known.length} points are on the front${
    known.length < sweep.points.length ? `; ${sweep.points.length - known.length} lack one of the figures` : ""}${
    every > 1 ? `; one in ${every} of the others is drawn` : ""}.`;
  return { traces, legend: [["front", { colour: "#0072b2", pattern: "" }], ["beaten", { colour: "#8c8c8c", pattern: "" }]],
    layout: { height: 460, dragmode: matchMedia("(pointer: fine)").matches ? "zoom" : false,
      xaxis: axis(sweep.names[x], pairs.map((pair) => pair[0])), yaxis: axis(sweep.names[y], pairs.map((pair) => pair[1])) } };
};

snnhw.frontTable = (figure, sweep, points, x, y) => {
  const table = figure.querySelector("[data-table=front]");
  const cell = (tag, text, scope) => {
    const element = document.createElement(tag);
    if (scope) element.scope = scope;
    element.textContent = text;
    return element;
  };
  const row = (cells) => { const element = document.createElement("tr"); element.append(...cells); return element; };
  const head = document.createElement("thead"), body = document.createElement("tbody");
  head.append(row(["key", sweep.names[x], sweep.names[y], "inputs"].map((text) => cell("th", text, "col"))));
  body.append(...points.map((point) => row([cell("th", point.key, "row"), cell("td", snnhw.exact(point.values[x])), cell("td", snnhw.exact(point.values[y])),
    cell("td", point.inputs.map(([name, value]) => `${name}=${value}`).join(" "))])));
  table.replaceChildren(head, body);
};

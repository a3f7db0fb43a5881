// Roofline, utilisation, and time steps.
"use strict";

snnhw.symbols = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "pentagon", "hourglass"];
snnhw.layerColours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c"];
snnhw.layerStyle = (i) => ({ colour: snnhw.layerColours[i % snnhw.layerColours.length], pattern: "",
  symbol: snnhw.symbols[i % snnhw.symbols.length] });

// Ticks at powers of ten; at 2 and 5 as well where there would be less than two of them.
snnhw.logTicks = (low, high) => high / low > 40 ? 1 : "D2";

snnhw.kinds.roofline = (figure, state) => {
  const result = snnhw.data.results[figure.dataset.index];
  const { peak, roofs, points } = result.roofline;
  const index = Number(state.roof || 0);
  const roof = roofs[index];
  const theme = snnhw.theme();
  const mine = points.filter((point) => point.roof === index);
  const order = result.layers.map((layer) => layer.name);
  const intensities = mine.map((point) => point.intensity);
  const knee = roof.words_per_cycle ? peak / roof.words_per_cycle : null;
  const low = Math.min(...intensities, ...(knee ? [knee] : [])) / 3;
  const high = Math.max(...intensities, ...(knee ? [knee] : [])) * 3;
  const lines = [{ type: "scatter", mode: "lines", x: [knee || low, high], y: [peak, peak], line: { color: theme.fg, width: 2 }, hoverinfo: "text",
    hovertext: `compute: ${snnhw.number(peak)} operations a cycle` }];
  if (knee) lines.push({ type: "scatter", mode: "lines", x: [low, knee], y: [low * roof.words_per_cycle, peak], line: { color: theme.fg, width: 2, dash: "dash" },
    hoverinfo: "text", hovertext: `${snnhw.text(roof.name)}: ${snnhw.number(roof.words_per_cycle)} words a cycle` });
  const seen = mine.filter((point) => !state.hidden.has(point.layer));
  const marks = seen.map((point) => ({ type: "scatter", mode: "markers", x: [point.intensity], y: [point.performance], hoverinfo: "text",
    hovertext: `<b>${snnhw.text(point.layer)}</b><br>${snnhw.number(point.intensity)} operations a word<br>${snnhw.number(point.performance)} operations a cycle`
      + `<br>${snnhw.percent(point.performance / peak)} of the peak<br>bound by ${snnhw.text(result.roofline.bound[order.indexOf(point.layer)])}`,
    marker: { size: 13, symbol: snnhw.symbols[order.indexOf(point.layer) % snnhw.symbols.length] + (point.bounds ? "" : "-open"),
      color: snnhw.layerStyle(order.indexOf(point.layer)).colour, line: { width: 2.5, color: snnhw.layerStyle(order.indexOf(point.layer)).colour } } }));
  const notes = [{ xref: "paper", x: 1, xanchor: "right", y: Math.log10(peak), yanchor: "bottom", showarrow: false, text: `compute: ${snnhw.number(peak)} ops/cycle` }];
  if (knee) notes.push({ x: Math.log10(Math.sqrt(low * knee)), y: Math.log10(Math.sqrt(low * knee) * roof.words_per_cycle), xanchor: "right", yanchor: "bottom", showarrow: false,
    text: `${snnhw.number(roof.words_per_cycle)} words/cycle` });
  else notes.push({ xref: "paper", yref: "paper", x: 0.01, y: 0.02, xanchor: "left", yanchor: "bottom", showarrow: false, text: `no bandwidth is stated for ${roofs.some((one) => one.words_per_cycle) ? "this" : "any"} level` });
  const least = Math.min(peak, ...mine.map((point) => point.performance), ...(knee ? [low * roof.words_per_cycle * 2] : []));
  return { traces: [...lines, ...marks], legend: mine.map((point) => [point.layer, snnhw.layerStyle(order.indexOf(point.layer))]),
    layout: { height: 440, annotations: notes,
      xaxis: { type: "log", title: { text: figure.clientWidth < 480 ? "operations per word" : `intensity at ${snnhw.text(roof.name)}, operations per word` }, range: [Math.log10(low), Math.log10(high)], dtick: snnhw.logTicks(low, high) },
      yaxis: { type: "log", title: { text: "operations per cycle" }, range: [Math.log10(least / 2), Math.log10(peak * 2)], dtick: snnhw.logTicks(least / 2, peak * 2) } } };
};

snnhw.kinds.utilisation = (figure) => {
  const result = snnhw.data.results[figure.dataset.index];
  const rows = result.layers;
  const trace = { type: "bar", orientation: "h", y: rows.map((_, i) => i), x: rows.map((layer) => 100 * layer.utilization),
    marker: snnhw.marker({ colour: "#0072b2", pattern: "" }), text: rows.map((layer) => ` ${snnhw.percent(layer.utilization)}`), textposition: "outside",
    cliponaxis: false, textfont: { color: snnhw.theme().fg }, hoverinfo: "text",
    hovertext: rows.map((layer, i) => `<b>${snnhw.text(layer.name)}</b><br>${snnhw.percent(layer.utilization)} utilisation`
      + `<br>${snnhw.exact(layer.cycles)} cycles${result.roofline ? `<br>bound by ${snnhw.text(result.roofline.bound[i])}` : ""}`) };
  return { traces: [trace], legend: [], layout: { height: snnhw.rowHeight(rows.length), bargap: 0.3,
    yaxis: { showgrid: false, zeroline: false, tickvals: rows.map((_, i) => i), ticktext: rows.map((layer) => snnhw.short(layer.name, figure)), range: [rows.length - 0.5, -0.5] },
    xaxis: { title: { text: figure.clientWidth < 480 ? "utilisation, %" : "utilisation of the compute instances, %" }, range: [0, figure.clientWidth < 480 ? 135 : 112], tickvals: [0, 25, 50, 75, 100] } } };
};

snnhw.kinds.steps = (figure, state) => {
  const { steps } = snnhw.data.results[figure.dataset.index];
  const seen = steps.map((layer, i) => ({ ...layer, i })).filter((layer) => !state.hidden.has(layer.name));
  const words = (layer, t) => `<b>${snnhw.text(layer.name)}</b>, step ${t + 1}<br>${snnhw.exact(layer.spikes[t])} spikes (${snnhw.percent(layer.density[t])})`
    + `<br>${snnhw.number(layer.energy_pJ[t] / 1e6)} µJ<br>${snnhw.exact(layer.cycles[t])} cycles`;
  const series = (layer, x, y, more) => ({ type: "scatter", x, y, hoverinfo: "text", hovertext: layer.energy_pJ.map((_, t) => words(layer, t)),
    line: { color: snnhw.layerStyle(layer.i).colour, width: 2 },
    marker: { color: snnhw.layerStyle(layer.i).colour, size: 8, symbol: snnhw.symbols[layer.i % snnhw.symbols.length], line: { color: snnhw.theme().fg, width: 0.6 } }, ...more });
  const legend = steps.map((layer, i) => [layer.name, snnhw.layerStyle(i)]);
  const energy = (layer) => layer.energy_pJ.map((value) => value / 1e6);
  if (state.view === "against") {
    return { legend, traces: seen.map((layer) => series(layer, layer.spikes, energy(layer), { mode: "markers" })),
      layout: { height: 420, xaxis: { title: { text: "spikes coming in, per time step" } }, yaxis: { title: { text: "energy, µJ per time step" } } } };
  }
  const time = (layer) => layer.energy_pJ.map((_, t) => t + 1);
  return { legend, traces: [...seen.map((layer) => series(layer, time(layer), layer.spikes, { mode: "lines+markers", yaxis: "y2" })),
    ...seen.map((layer) => series(layer, time(layer), energy(layer), { mode: "lines+markers" }))],
    layout: { height: 520, xaxis: { title: { text: "time step" }, anchor: "y" },
      yaxis: { title: { text: "energy, µJ", standoff: 14 }, domain: [0, 0.46], rangemode: "tozero" }, yaxis2: { title: { text: "spikes coming in", standoff: 14 }, domain: [0.54, 1], rangemode: "tozero", anchor: "x" } } };
};

// Energy: of the whole network, layer by layer, and of several results. All are horizontal bars.
"use strict";

snnhw.rowHeight = (rows) => 26 * rows + 74;

// The split of a result without what nobody wants to see (hidden), as [{name, style, values: pJ a layer}].
snnhw.parts = (result, split) => result.splits[split].parts.map((name, i) => ({ name, style: snnhw.style(split, name),
  values: result.splits[split].pJ.map((row) => row[i]) }));

snnhw.kinds.totals = (figure, state) => {
  const result = snnhw.data.results[figure.dataset.index];
  const parts = snnhw.parts(result, state.split).map((part) => ({ ...part, value: snnhw.sum(part.values) })).sort((a, b) => b.value - a.value);
  const total = snnhw.sum(parts.map((part) => part.value));
  const most = Math.max(0, ...parts.map((part) => part.value)) / 1e6 || 1;
  const traces = parts.map((part, i) => ({ type: "bar", orientation: "h", y: [i], x: [part.value / 1e6], marker: snnhw.marker(part.style),
    text: [` ${snnhw.number(part.value / 1e6)} µJ, ${snnhw.percent(snnhw.over(part.value, total))}`], textposition: "outside", cliponaxis: false,
    textfont: { color: snnhw.theme().fg }, hoverinfo: "text",
    hovertext: [`<b>${snnhw.text(part.name)}</b><br>${snnhw.number(part.value / 1e6)} µJ<br>${snnhw.percent(snnhw.over(part.value, total))} of the energy`] }));
  return { traces, legend: [], layout: { height: snnhw.rowHeight(parts.length), bargap: 0.25, barmode: "overlay",
    yaxis: { showgrid: false, zeroline: false, tickvals: parts.map((_, i) => i), ticktext: parts.map((part) => snnhw.short(part.name, figure)), range: [parts.length - 0.5, -0.5] },
    xaxis: { title: { text: "energy, µJ" }, range: [0, most * (figure.clientWidth < 480 ? 2.2 : 1.3)], rangemode: "tozero", nticks: figure.clientWidth < 480 ? 4 : 6, tickformat: ",~g" } } };
};

// Stacked bars. rows: [{name, operations, total}]; parts: [{name, style, values}]; ends: text at the end of each bar.
snnhw.stacked = (figure, rows, parts, state, ends) => {
  const scales = { uJ: (value) => value / 1e6, per: (value, row) => snnhw.over(value, row.operations), share: (value, row) => 100 * snnhw.over(value, row.total) };
  const units = { uJ: "µJ", per: "pJ per compute", share: "% of the energy" };
  const scale = scales[state.scale];
  const seen = parts.filter((part) => !state.hidden.has(part.name));
  const place = rows.map((_, i) => i);
  const traces = seen.map((part) => ({ type: "bar", orientation: "h", name: snnhw.text(part.name), y: place,
    x: rows.map((row, i) => scale(part.values[i], row)), marker: snnhw.marker(part.style), hoverinfo: "text",
    hovertext: rows.map((row, i) => `<b>${snnhw.text(row.name)}</b><br>${snnhw.text(part.name)}<br>${snnhw.number(part.values[i] / 1e6)} µJ, `
      + `${snnhw.percent(snnhw.over(part.values[i], row.total))}<br>${snnhw.number(snnhw.over(part.values[i], row.operations))} pJ per compute`) }));
  const lengths = rows.map((row, i) => snnhw.sum(seen.map((part) => scale(part.values[i], row))));
  const most = Math.max(0, ...lengths) || 1;
  const annotations = state.scale === "share" && !ends ? [] : rows.map((row, i) => ({ x: lengths[i], y: i, xanchor: "left", showarrow: false, xshift: 4,
    text: ends ? ends(row, i, lengths[i]) : snnhw.number(lengths[i]), font: { color: snnhw.theme().fg, size: 12 } }));
  return { traces, legend: parts.map((part) => [part.name, part.style]), layout: { barmode: "stack", bargap: 0.25, annotations,
    height: snnhw.rowHeight(rows.length),
    yaxis: { showgrid: false, zeroline: false, tickvals: place, ticktext: rows.map((row) => snnhw.short(row.name, figure)), range: [rows.length - 0.5, -0.5] },
    xaxis: { title: { text: `energy, ${units[state.scale]}` }, range: [0, most * (annotations.length ? figure.clientWidth < 480 ? 1.35 : 1.14 : 1)], nticks: figure.clientWidth < 480 ? 4 : 6, tickformat: ",~g" } } };
};

snnhw.kinds.breakdown = (figure, state) => {
  const result = snnhw.data.results[figure.dataset.index];
  const rows = result.layers.map((layer) => ({ name: layer.name, operations: layer.operations, total: layer.energy_pJ }));
  const parts = snnhw.parts(result, state.split);
  if (rows.length > 1 && state.scale !== "uJ") {
    rows.push({ name: "all layers", operations: result.totals.operations, total: result.totals.energy_pJ });
    for (const part of parts) part.values.push(snnhw.sum(part.values));
  }
  return snnhw.stacked(figure, rows, parts, state);
};

snnhw.kinds.comparison = (figure, state) => {
  const results = snnhw.data.results;
  const rows = results.map((result) => ({ name: result.label, operations: result.totals.operations, total: result.totals.energy_pJ }));
  const names = [...new Set(results.flatMap((result) => result.splits[state.split].parts))];
  const parts = names.map((name) => ({ name, style: snnhw.style(state.split, name), values: results.map((result) => {
    const i = result.splits[state.split].parts.indexOf(name);
    return i < 0 ? 0 : snnhw.sum(result.splits[state.split].pJ.map((row) => row[i]));
  }) }));
  const ratio = (row) => `× ${snnhw.number(snnhw.over(row.total, rows[0].total))}`;
  const ends = (row, i, length) => state.scale === "share" ? "" : `${snnhw.number(length)}${state.scale === "uJ" && !state.hidden.size ? `, ${ratio(row)}` : ""}`;
  const drawn = snnhw.stacked(figure, rows, parts, state, ends);
  drawn.layout.xaxis.range[1] *= state.scale === "share" ? 1 / 1.14 : figure.clientWidth < 480 ? 1.25 : 1.08;
  return drawn;
};

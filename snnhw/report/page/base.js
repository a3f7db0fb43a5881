// What all charts share: the data, words and numbers, colours of the theme, and the legend.
"use strict";
const snnhw = { data: JSON.parse(document.getElementById("data").textContent), kinds: {}, charts: [] };

// plotly.js reads some tags in text; what results name is never meant as one.
snnhw.text = (value) => String(value).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// A number with four digits that say something, as in the tables.
snnhw.number = (value) => {
  if (value === null || value === undefined) return "not known";
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -4 || exponent > 8) return value.toExponential(3);
  const digits = Math.max(0, 3 - exponent);
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
snnhw.exact = (value) => Number.isInteger(value) ? value.toLocaleString("en-US") : snnhw.number(value);
snnhw.percent = (share) => share > 0 && share < 0.0005 ? "<0.1%" : `${(100 * share).toFixed(1)}%`;
snnhw.over = (value, by) => (by ? value / by : 0);
snnhw.sum = (values) => values.reduce((total, value) => total + value, 0);
snnhw.short = (name, figure) => {
  const most = figure.clientWidth < 480 ? 14 : 30;
  return snnhw.text(name.length > most ? `${name.slice(0, most - 1)}…` : name);
};

snnhw.theme = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { bg: of("--bg"), fg: of("--fg"), dim: of("--dim"), grid: of("--grid"), line: of("--line"), edge: of("--edge"), accent: of("--accent"),
    faint: of("--faint"), soft: of("--soft") };
};

// The layout that every chart starts from.
snnhw.layout = (more) => {
  const theme = snnhw.theme();
  const font = { color: theme.fg, size: 12, family: 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, "DejaVu Sans", sans-serif' };
  const axis = { gridcolor: theme.grid, linecolor: theme.line, zerolinecolor: theme.line, tickcolor: theme.line, automargin: true, exponentformat: "power" };
  const layout = { font, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 8, r: 14, t: 10, b: 44 }, showlegend: false,
    dragmode: false, hovermode: "closest", autosize: true,
    hoverlabel: { bgcolor: theme.bg, bordercolor: theme.fg, font: { ...font, size: 13 }, align: "left", namelength: -1 }, ...more };
  for (const name of Object.keys(layout)) if (/^[xy]axis/.test(name)) layout[name] = { ...axis, ...layout[name] };
  return layout;
};

// marker of a bar in a component's or tensor's style: its colour, its pattern, and an edge that parts it from its neighbours.
snnhw.marker = (style) => {
  const { colour, pattern } = style || { colour: "#8c8c8c", pattern: "" };
  const theme = snnhw.theme();
  return { color: colour, line: { color: theme.edge, width: 0.8 },
    pattern: { shape: pattern, fillmode: "overlay", fgcolor: "#111", fgopacity: 0.75, size: 7, solidity: pattern === "." ? 0.35 : 0.25 } };
};

snnhw.style = (split, name) => snnhw.data.styles[split][name];

// A small picture of a style for the legend.
snnhw.swatch = (style) => {
  const { colour, pattern } = style;
  const strokes = { "/": "M-2 8L8 -2M4 14L14 4", "\\": "M4 -2L14 8M-2 4L8 14", x: "M0 0L12 12M12 0L0 12", "-": "M0 4H12M0 8H12", "|": "M4 0V12M8 0V12",
    "+": "M0 6H12M6 0V12", ".": "M3 3h.1M9 3h.1M6 6h.1M3 9h.1M9 9h.1" };
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [key, value] of Object.entries({ width: 14, height: 14, viewBox: "-1 -1 14 14", "aria-hidden": "true" })) picture.setAttribute(key, value);
  const add = (tag, attributes) => {
    const element = picture.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag));
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  };
  const symbols = { circle: "M6 0A6 6 0 1 1 5.9 0Z", square: "M0 0H12V12H0Z", diamond: "M6 -1L13 6L6 13L-1 6Z", "triangle-up": "M6 0L12 11H0Z", "triangle-down": "M0 1H12L6 12Z",
    cross: "M4 0H8V4H12V8H8V12H4V8H0V4H4Z", pentagon: "M6 0L12 5L10 12H2L0 5Z", hourglass: "M0 0H12L0 12H12Z" };
  add("path", { d: symbols[style.symbol || "square"], fill: colour, stroke: snnhw.theme().fg, "stroke-width": 1 });
  if (strokes[pattern]) add("path", { d: strokes[pattern], stroke: "#111", "stroke-width": pattern === "." ? 2 : 1.3, "stroke-linecap": "round", fill: "none" });
  return picture;
};

// Buttons that hide and show parts of a chart. entries: [name, style]; hidden: a set of names that this keeps up to date.
snnhw.legend = (figure, entries, hidden, redraw) => {
  const place = figure.querySelector(".legend");
  const focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  place.replaceChildren(...entries.map(([name, style]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.name = name;
    button.setAttribute("aria-pressed", String(!hidden.has(name)));
    const words = document.createElement("span");
    words.textContent = name;
    button.append(snnhw.swatch(style), words);
    button.addEventListener("click", () => {
      if (!hidden.delete(name)) hidden.add(name);
      redraw();
    });
    return button;
  }));
  if (focused !== null) for (const button of place.children) if (button.dataset.name === focused) button.focus();
};

snnhw.say = (text) => { document.getElementById("said").textContent = text; };

// Drawing everything, and what a reader can do: choose, hide, copy, switch colours, print.
"use strict";

snnhw.draw = async (chart) => {
  const { figure, state } = chart;
  const place = figure.querySelector(".plot");
  const drawn = snnhw.kinds[figure.dataset.chart](figure, state);
  const layout = snnhw.layout(drawn.layout);
  if (chart.width) Object.assign(layout, { width: chart.width, autosize: false, height: 0.75 * layout.height });
  for (const note of layout.annotations || []) note.font = { color: snnhw.theme().fg, size: 12, ...note.font };
  snnhw.legend(figure, drawn.legend, state.hidden, () => snnhw.draw(chart));
  place.style.minHeight = `${layout.height}px`;
  if (drawn.traces[0] && drawn.traces[0].type === "sankey") Plotly.purge(place);  // else its links fade in, which paper does not wait for
  await Plotly.react(place, drawn.traces, layout, { displayModeBar: false, responsive: true, doubleClick: "reset" });
};

snnhw.read = (control) => control.type === "checkbox" ? control.checked : control.value;

snnhw.prepare = (figure) => {
  const chart = { figure, state: { hidden: new Set() }, width: null };
  for (const control of figure.querySelectorAll("[data-set]")) {
    if (control.type !== "radio" || control.checked) chart.state[control.dataset.set] = snnhw.read(control);
    control.addEventListener("change", () => {
      chart.state[control.dataset.set] = snnhw.read(control);
      snnhw.better(chart, control);
      snnhw.draw(chart);
    });
  }
  snnhw.better(chart, null);
  return chart;
};

// Of accuracy more is better, as snnhw pareto has it; the boxes can be changed.
snnhw.better = (chart, changed) => {
  const sweep = chart.figure.dataset.chart === "pareto" && snnhw.data.sweeps[chart.figure.dataset.index];
  for (const [axis, box] of [["x", "moreX"], ["y", "moreY"]]) {
    if (!sweep || (changed && changed.dataset.set !== axis)) continue;
    const control = chart.figure.querySelector(`[data-set=${box}]`);
    chart.state[box] = control.checked = sweep.names[Number(chart.state[axis])] === "accuracy";
  }
};

snnhw.redraw = () => Promise.all(snnhw.charts.map(snnhw.draw));

snnhw.setTheme = (name) => {
  document.documentElement.dataset.theme = name;
  document.getElementById("theme").setAttribute("aria-pressed", String(name === "dark"));
};

snnhw.themes = () => {
  const prefers = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  snnhw.setTheme(prefers.matches ? "dark" : "light");
  prefers.addEventListener("change", () => { if (!chosen) { snnhw.setTheme(prefers.matches ? "dark" : "light"); snnhw.redraw(); } });
  document.getElementById("theme").addEventListener("click", () => {
    chosen = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    snnhw.setTheme(chosen);
    snnhw.redraw();
  });
};

// The clipboard of the browser where it may be used; from file:// the older way, through a selection.
snnhw.copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("aria-hidden", "true");
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
};

snnhw.buttons = () => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const done = await snnhw.copy(document.getElementById(button.dataset.copy).textContent);
      button.focus();
      button.textContent = done ? "Copied" : "Not copied: select the text";
      snnhw.say(button.textContent);
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      const all = [...document.getElementById(button.dataset.open).querySelectorAll("details.mapping")];
      const isOpening = all.some((one) => !one.open);
      for (const one of all) one.open = isOpening;
      button.textContent = isOpening ? "Close all" : "Open all";
    });
  }
};

// On paper: mappings open, charts as wide as the page and in light colours.
snnhw.printing = () => {
  let before = null;
  const begin = () => {
    if (before) return;
    before = { theme: document.documentElement.dataset.theme, open: [...document.querySelectorAll("details.mapping")].map((one) => one.open) };
    for (const one of document.querySelectorAll("details.mapping")) one.open = true;
    document.documentElement.dataset.theme = "light";
    for (const chart of snnhw.charts) chart.width = 670;
    snnhw.redraw();
  };
  const end = () => {
    if (!before) return;
    document.querySelectorAll("details.mapping").forEach((one, i) => { one.open = before.open[i]; });
    snnhw.setTheme(before.theme);
    before = null;
    for (const chart of snnhw.charts) chart.width = null;
    snnhw.redraw();
  };
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
  matchMedia("print").addEventListener("change", (event) => (event.matches ? begin() : end()));
};

snnhw.start = async () => {
  snnhw.themes();
  snnhw.buttons();
  snnhw.printing();
  snnhw.charts = [...document.querySelectorAll("figure.chart")].map(snnhw.prepare);
  for (const chart of snnhw.charts) {
    await snnhw.draw(chart);
    await new Promise((done) => { setTimeout(done); });
  }
  let width = innerWidth;
  addEventListener("resize", () => { if ((innerWidth < 600) !== (width < 600)) { width = innerWidth; snnhw.redraw(); } });
  document.documentElement.dataset.ready = "true";
};

snnhw.start();

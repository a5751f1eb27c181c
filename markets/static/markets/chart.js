/* Draws the question's chart anew with a cursor, over the drawing that came with the page. */
(() => {
  "use strict";

  const figure = document.getElementById("chart");
  const box = figure?.querySelector(".chart__box");
  const drawing = box?.querySelector("svg");
  if (!figure || !window.uPlot) return;

  const DASHES = [[], [9, 3], [], [2, 3], [9, 3, 2, 3], [], [9, 3], [2, 3]];
  const readout = document.getElementById("readout");
  const crowdSwitch = document.getElementById("crowd");
  const percent = (value) => (value == null ? "–" : `${Math.round(value * 1000) / 10}%`);
  const moment = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  let plot = null;
  let history = null;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const lines = () => {
    const drawn = [];
    for (const [kind, said] of [["market", "Market"], ["crowd", "Crowd"]]) {
      history.lines.forEach((line, place) => {
        const values = history.columns[`${kind}_${line.index}`];
        if (!values) return;
        const crowd = kind === "crowd";
        drawn.push({
          values,
          label: history.lines.length > 1 && !crowd ? line.label : said + (history.lines.length > 1 ? `: ${line.label}` : ""),
          crowd,
          stroke: colour(crowd && place === 0 ? "--crowd" : `--line-${place}`),
          dash: crowd ? [5, 4] : DASHES[place],
          width: crowd ? 1.6 : 2,
        });
      });
    }
    return drawn;
  };

  const say = (shown) => (self) => {
    const at = self.cursor.idx;
    if (at == null) { readout.textContent = ""; return; }
    const parts = shown.filter((line) => !line.crowd || !crowdSwitch || crowdSwitch.checked)
      .map((line) => `${line.label} ${percent(line.values[at])}`);
    readout.textContent = `${moment.format(new Date(self.data[0][at] * 1000))} UTC · ${parts.join(" · ")}`;
  };

  const draw = () => {
    plot?.destroy();
    const shown = lines();
    const stepped = uPlot.paths.stepped({ align: 1 });
    const axis = { stroke: "transparent", grid: { show: false }, ticks: { show: false }, size: 0 };
    const overlay = document.createElement("div");
    overlay.className = "chart__plot";
    box.querySelector(".chart__plot")?.remove();
    box.append(overlay);
    plot = new uPlot({
      width: box.clientWidth,
      height: box.clientHeight,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: true, range: [history.start, history.end] }, y: { range: [0, history.top] } },
      axes: [axis, { ...axis }],
      series: [{}, ...shown.map((line) => ({
        stroke: line.stroke, width: line.width, dash: line.dash, paths: stepped, points: { show: false },
        show: !line.crowd || !crowdSwitch || crowdSwitch.checked,
      }))],
      hooks: { setCursor: [say(shown)] },
    }, [history.columns.at, ...shown.map((line) => line.values)], overlay);
    drawing.classList.add("chart__svg--under");
  };

  const start = async () => {
    const answer = await fetch(figure.dataset.history, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    history = await answer.json();
    if (history.columns.at.length === 0) return;
    draw();
    let width = box.clientWidth;
    new ResizeObserver(() => {
      if (box.clientWidth !== width) { width = box.clientWidth; plot.setSize({ width, height: box.clientHeight }); }
    }).observe(box);
    crowdSwitch?.addEventListener("change", draw);
    document.addEventListener("theme-changed", draw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  };

  start().catch(() => { /* the drawing that came with the page stays */ });
})();

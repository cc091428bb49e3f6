"use strict";
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];
  const button = document.querySelector(".theme");
  const stored = () => {
    try {
      return localStorage.getItem("kintsugi-theme");
    } catch {
      return null;
    }
  };
  const show = (theme) => {
    root.dataset.theme = theme;
    button.querySelector("span").textContent = theme;
  };
  const asked = new URLSearchParams(location.search).get("theme") ?? stored();
  show(themes.includes(asked) ? asked : "auto");
  button.hidden = false;
  button.addEventListener("click", () => {
    show(themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length]);
    try {
      localStorage.setItem("kintsugi-theme", root.dataset.theme);
    } catch {
      // A page from a file may have no storage; then the choice lasts as long as the page.
    }
  });

  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.matches("details")) {
      target.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  unfold();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  const duration = (ms) => {
    const size = Math.abs(ms);
    return size < 9.95 ? `${ms.toFixed(1)} ms` : size < 999.5 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
  };
  const readOut = ([at, sent, failed, p50, p99]) =>
    `${duration(at)}: ${sent} sent, ${failed} failed` +
    (p50 === null ? ", none answered" : `, median ${duration(p50)}, p99 ${duration(p99)}`);

  let hint = "Point at a chart, or move along it with the arrow keys, to read its figures.";
  for (const figure of document.querySelectorAll("figure[data-series]")) {
    const series = JSON.parse(figure.dataset.series);
    if (series.length === 0) {
      continue;
    }
    const caption = figure.querySelector("figcaption");
    caption.hidden = false;
    caption.textContent = hint;
    hint = "";
    for (const svg of figure.querySelectorAll("svg")) {
      const [from, until, left, right, top, bottom] = ["from", "until", "left", "right", "top", "bottom"].map((k) => Number(svg.dataset[k]));
      const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
      line.setAttribute("class", "cursor");
      svg.append(line);
      let current = -1;
      const point = (index) => {
        current = Math.min(series.length - 1, Math.max(0, index));
        const middle = series[current][0] + figure.dataset.width / 2;
        const x = left + ((middle - from) / (until - from)) * (right - left);
        line.setAttribute("d", `M${x.toFixed(1)} ${top}V${bottom}`);
        caption.textContent = readOut(series[current]);
        caption.setAttribute("aria-live", "polite");
      };
      svg.addEventListener("pointermove", (event) => {
        const box = svg.getBoundingClientRect();
        const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
        const at = from + ((x - left) / (right - left)) * (until - from);
        const after = series.findIndex((bucket) => bucket[0] > at);
        point((after < 0 ? series.length : after) - 1);
      });
      svg.setAttribute("tabindex", "0");
      svg.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step) {
          event.preventDefault();
          point(current < 0 ? series.findIndex((bucket) => bucket[0] >= 0) : current + step);
        }
      });
    }
  }
  root.dataset.script = "ran";
})();

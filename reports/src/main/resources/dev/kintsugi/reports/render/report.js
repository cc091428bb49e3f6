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
  root.dataset.script = "ran";
})();

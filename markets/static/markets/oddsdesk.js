/* What scripts add to pages that work without them: the reader's own time, the theme, sliders
   bound to their boxes, and the signal on which visible pages ask for new odds. */
(() => {
  "use strict";

  const ODDS_DUE_MS = 4000;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const showLocalTimes = () => {
    const zone = new Date().getTimezoneOffset();
    if (zone === 0) return;
    const format = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
    for (const time of all("time[data-local]")) {
      time.removeAttribute("data-local");
      time.append(` (${format.format(new Date(time.dateTime))})`);
    }
  };

  const offerThemes = () => {
    const root = document.documentElement;
    const dark = () => root.dataset.theme === "dark"
      || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    for (const button of all("[data-theme-switch]")) {
      const name = () => { button.textContent = dark() ? "Light pages" : "Dark pages"; };
      button.hidden = false;
      name();
      button.addEventListener("click", () => {
        root.dataset.theme = dark() ? "light" : "dark";
        document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
        name();
        document.dispatchEvent(new Event("theme-changed"));
      });
    }
  };

  const bindSliders = () => {
    for (const slider of all("[data-dial]")) {
      const box = document.getElementById(slider.dataset.dial);
      slider.closest(".dial__slide").hidden = false;
      slider.closest(".dial").classList.add("dial--slides");
      const follow = () => { if (box.value !== "") slider.value = box.value; };
      follow();
      box.addEventListener("input", follow);
      slider.addEventListener("input", () => {
        box.value = Number(slider.value).toFixed(1).replace(/\.0$/, "");
        box.dispatchEvent(new Event("input", { bubbles: true }));
      });
      slider.addEventListener("keydown", (event) => {
        const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
        if (!step) return;
        event.preventDefault();
        slider.value = Math.round(Number(slider.value) + step);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  };

  const addUp = () => {
    for (const total of all("[data-total]")) {
      const boxes = all("input[name^=probability_]", total.closest("form"));
      const say = () => {
        const sum = Math.round(boxes.reduce((before, box) => before + Number(box.value || 0), 0) * 10) / 10;
        const left = Math.round((100 - sum) * 10) / 10;
        total.classList.toggle("total--off", left !== 0);
        total.textContent = left === 0 ? "Together they make 100%."
          : left > 0 ? `Together they make ${sum}%: ${left} points are left.`
          : `Together they make ${sum}%: ${-left} points too many.`;
      };
      total.closest("form").addEventListener("input", say);
      say();
    }
  };

  const offerAmounts = () => {
    for (const row of all("[data-amounts]")) {
      const form = row.closest("form");
      const box = form.elements.amount;
      const label = form.querySelector("[data-buy]");
      const selling = () => form.elements.side.value === "sell";
      const say = () => {
        label.textContent = selling() ? label.dataset.sell : label.dataset.buy;
        row.hidden = selling();
      };
      form.addEventListener("change", say);
      say();
      row.addEventListener("click", (event) => {
        const amount = event.target.dataset.amount;
        if (!amount) return;
        box.value = amount === "max" ? Math.floor(Number(document.getElementById("to-spend").dataset.available) / 1e4) / 100 : amount;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  };

  const sendOnce = () => {
    document.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button || !("once" in button.dataset)) return;
      if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
      button.setAttribute("aria-disabled", "true");
    });
    addEventListener("pageshow", () => all("[data-once]").forEach((button) => button.removeAttribute("aria-disabled")));
  };

  const keepTicketInSight = () => {
    for (const ticket of all(".ticket")) {
      const fit = () => ticket.classList.toggle("ticket--fits", ticket.offsetHeight < innerHeight - 32);
      new ResizeObserver(fit).observe(ticket);
      addEventListener("resize", fit);
    }
  };

  const askForOdds = () => {
    const due = () => { if (document.visibilityState === "visible") document.body.dispatchEvent(new Event("odds-due")); };
    setInterval(due, ODDS_DUE_MS);
    document.addEventListener("visibilitychange", due);
  };

  showLocalTimes();
  offerThemes();
  bindSliders();
  addUp();
  offerAmounts();
  sendOnce();
  keepTicketInSight();
  if (document.getElementById("odds")) askForOdds();
  document.querySelector("[data-focus]")?.focus();
  document.addEventListener("htmx:afterSwap", showLocalTimes);
})();

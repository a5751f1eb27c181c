/* The desk by keyboard: j and k move, o opens, d takes up, x rejects, ? shows what there is.
   Without this script everything is still a link or a button. */
(() => {
  "use strict";

  const OFF = "desk-keys-off";
  const cards = () => [...document.querySelectorAll("[data-desk-card]")];
  const isTyping = (node) =>
    node.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");

  let current = null;

  function select(card) {
    cards().forEach((each) => each.toggleAttribute("data-on", each === card));
    document.querySelectorAll("mark[data-draft]").forEach((mark) => {
      mark.toggleAttribute("data-on", mark.dataset.draft === card.dataset.deskCard);
    });
    current = card;
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
    document.querySelector("mark[data-on]")?.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = cards();
    if (!all.length) return;
    const place = all.indexOf(current);
    select(all[Math.max(0, Math.min(all.length - 1, place < 0 ? 0 : place + step))]);
  }

  function press(key) {
    const card = current || cards()[0];
    const scope = card && card.querySelector(`[data-desk-key="${key}"]`) ? card : document;
    const target = scope.querySelector(`[data-desk-key="${key}"]`);
    if (!target) return false;
    if (!current && target.hasAttribute("data-desk-careful")) {
      select(target.closest("[data-desk-card]")); // the first press only shows what it is about
      return true;
    }
    if (target.matches("summary")) {
      target.parentElement.open = true;
      target.parentElement.querySelector("input[type=text]").focus();
    } else {
      target.click();
    }
    return true;
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    "?": () => document.getElementById("desk-help")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest?.("form") || document;
      form.querySelector("[data-desk-send]")?.click();
      return;
    }
    if (event.key === "Enter" && event.target === current && press("o")) event.preventDefault();
    if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (localStorage.getItem(OFF) === "1" || document.querySelector("dialog[open]")) return;
    if (keys[event.key]) {
      keys[event.key]();
      event.preventDefault();
    } else if (/^[a-z]$/.test(event.key) && press(event.key)) {
      event.preventDefault();
    }
  });

  document.addEventListener("focusin", (event) => {
    const card = event.target.closest("[data-desk-card]");
    if (card && card !== current) select(card);
  });

  /* A double click is one command. */
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    setTimeout(() => {
      event.target.querySelectorAll("button[type=submit]").forEach((each) => {
        each.disabled = true;
        each.dataset.deskSent = "";
      });
    });
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("button[data-desk-sent]").forEach((each) => {
      each.disabled = false;
    });
  });

  /* Priors add up to a hundred: say so while they are typed. */
  function sumUp() {
    const outcomes = document.querySelector("[data-lines=outcomes]");
    const prior = document.querySelector("[data-lines=prior]");
    const said = document.getElementById("prior-sum");
    if (!outcomes || !prior || !said) return;
    const lines = (box) => box.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const given = lines(prior).map((line) => Number(line.replace("%", "")));
    const bins = document.getElementById("id_count");
    const ranged = ["numeric", "date"].includes(document.getElementById("id_type")?.value);
    const count = ranged && bins ? Number(bins.value) : lines(outcomes).length;
    const sum = Math.round(given.reduce((total, part) => total + part, 0) * 1e6) / 1e6;
    const rest = Math.round((100 - sum) * 1e6) / 1e6;
    let off = false;
    if (!given.length) {
      said.textContent = "Equal for every outcome.";
    } else if (given.length === count - 1 && rest > 0) {
      said.textContent = `The last one gets the rest: ${rest}%.`;
    } else {
      off = sum !== 100 || given.length !== count;
      said.textContent = `${given.length} of ${count}, together ${sum}%.`;
    }
    said.dataset.off = off;
  }

  /* What is said of a form follows the typing: it is asked for half a second after the last key. */
  const PAUSE_MS = 500;
  function follow(form) {
    const shown = document.getElementById(form.dataset.deskFollowShows);
    let timer;
    let turn = 0;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const mine = ++turn;
        try {
          const answer = await fetch(form.dataset.deskFollow, {
            method: "POST", body: new FormData(form), redirect: "error",
          });
          const said = await answer.text();
          if (answer.ok && mine === turn) shown.innerHTML = said;
        } catch {
          /* Offline or signed out: the next key asks again, and saving says so. */
        }
      }, PAUSE_MS);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-desk-follow]").forEach(follow);
    const marked = document.querySelector(".desk-reading mark");
    if (marked) {
      const pane = marked.closest(".desk-reading");
      pane.scrollTop = marked.offsetTop - pane.offsetTop - pane.clientHeight / 3;
    }
    const aimed = cards().find((card) => `#${card.id}` === location.hash);
    if (aimed) select(aimed);
    sumUp();
    document.addEventListener("input", sumUp);
    const box = document.getElementById("desk-keys-box");
    if (box) {
      box.checked = localStorage.getItem(OFF) !== "1";
      box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "0" : "1"));
    }
    const named = document.getElementById(location.hash.slice(1));
    if (named?.matches("[data-desk-card]")) select(named);
    document.querySelectorAll("[data-desk-open-help]").forEach((each) => {
      each.addEventListener("click", keys["?"]);
    });
  });
})();

/* Choosing a range by dragging across the bars of a distribution; the two boxes of the ticket hold
   it, so that everything works without this, and by keyboard. */
(() => {
  "use strict";

  const range = document.querySelector("[data-range]");
  if (!range) return;
  const [begin, end] = range.querySelectorAll("select");
  let from = null;

  const chosen = () => [Number(begin.value), Number(end.value)];

  const show = () => {
    const [first, last] = chosen();
    for (const hint of document.querySelectorAll("[data-spread-hint]")) hint.hidden = false;
    for (const target of document.querySelectorAll("[data-bin]")) {
      const bin = Number(target.dataset.bin);
      target.classList.toggle("is-chosen", first <= bin && bin < last);
    }
  };

  const choose = (bin) => {
    begin.value = String(Math.min(from, bin));
    end.value = String(Math.max(from, bin) + 1);
    show();
  };

  const binAt = (event) => {
    const target = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-bin]");
    return target ? Number(target.dataset.bin) : null;
  };

  document.addEventListener("pointerdown", (event) => {
    const target = event.target.closest("[data-bin]");
    if (!target || event.button !== 0) return;
    event.preventDefault();
    from = Number(target.dataset.bin);
    if (target.hasPointerCapture(event.pointerId)) target.releasePointerCapture(event.pointerId);
    choose(from);
  });
  document.addEventListener("pointermove", (event) => {
    const bin = from === null ? null : binAt(event);
    if (bin !== null) choose(bin);
  });
  document.addEventListener("pointerup", () => {
    if (from === null) return;
    from = null;
    range.closest("details")?.setAttribute("open", "");
    end.dispatchEvent(new Event("input", { bubbles: true }));
  });

  range.addEventListener("input", show);
  document.addEventListener("htmx:afterSwap", show);
  show();
})();

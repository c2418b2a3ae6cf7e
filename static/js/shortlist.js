// A shortlist of trials, kept in this browser alone, that sends two to four of them to the page that compares.
// Without this script nothing of it shows: the link in the header leads to that page, where trials are added by number.
// A page offers a trial with <button data-shortlist="/trials/slug/" data-title="title">, which stays unseen until this
// script gives it data-on; pages may swap such buttons in.
"use strict";

(() => {
  const KEY = "shortlist";
  const LEAST = 2;
  const MOST = 4; // side by side
  const ROOM = 40; // on the list
  const SLUG = /^[-a-z0-9_]{1,100}$/;

  const link = document.querySelector("[data-shortlist-link]");
  if (!link || typeof HTMLDialogElement === "undefined") return;

  const made = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const slugOf = (button) => button.dataset.shortlist.split("/").filter(Boolean).pop();
  const inWords = (count) => (count === 1 ? "1 trial" : `${count} trials`);

  // What the browser holds may be of another release, or written by hand.
  const cleaned = (value) => {
    const seen = new Set();
    return (Array.isArray(value) ? value : [])
      .filter((one) => one && SLUG.test(one.slug) && typeof one.title === "string" && !seen.has(one.slug) && seen.add(one.slug))
      .slice(0, ROOM)
      .map((one) => ({ slug: one.slug, title: one.title.slice(0, 300) }));
  };

  // A browser may refuse to keep anything; the list then lasts as long as this page.
  const store = {
    refused: false,
    held: [],
    read() {
      if (this.refused) return this.held;
      try {
        return cleaned(JSON.parse(localStorage.getItem(KEY) || "[]"));
      } catch (error) {
        if (!(error instanceof SyntaxError)) this.refused = true;
        return this.held;
      }
    },
    write(list) {
      this.held = list;
      try {
        localStorage.setItem(KEY, JSON.stringify(list));
      } catch {
        this.refused = true;
      }
    },
  };

  // Built once; filled anew whenever the list changes.
  const told = made("p", { className: "visually-hidden shortlist-told" });
  told.setAttribute("aria-live", "polite");
  const count = made("span", { className: "shortlist__count", hidden: true });
  const list = made("ul", { className: "shortlist__list" });
  const note = made("p", { className: "shortlist__note", id: "shortlist-note" });
  const compare = made("button", { type: "submit", textContent: "Compare" });
  const form = made("form", { action: link.href, method: "get" }, list, note);
  const close = made("button", { type: "button", className: "button--quiet", textContent: "Close" });
  const heading = made("h2", { id: "shortlist-heading", textContent: "Shortlist", tabIndex: -1 });
  const dialog = made("dialog", { className: "shortlist" }, heading, form);
  form.append(made("div", { className: "shortlist__buttons" }, compare, close));
  dialog.setAttribute("aria-labelledby", heading.id);
  compare.setAttribute("aria-describedby", note.id);
  link.append(" ", count);
  document.body.append(dialog, told);

  const tell = (words) => {
    // The same words twice are two events.
    told.textContent = "";
    requestAnimationFrame(() => { told.textContent = words; });
  };

  const chosen = () => form.querySelectorAll("input:checked").length;

  const judge = () => {
    const total = chosen();
    const fits = total >= LEAST && total <= MOST;
    compare.disabled = !fits;
    compare.textContent = fits ? `Compare ${total}` : "Compare";
    const kept = store.refused ? " Your browser keeps nothing for this site: the list lasts until you leave this page." : " Kept in this browser only.";
    const rule = total > MOST ? "Choose four at most." : total < LEAST ? "Choose two to four to compare." : "";
    note.textContent = `${list.children.length ? rule : "No trial yet. Add trials with “Add to shortlist” on their cards or pages."}${kept}`.trim();
  };

  const row = (trial, isChosen) => {
    const box = made("input", { type: "checkbox", name: "trial", value: trial.slug, checked: isChosen });
    const remove = made("button", { type: "button", className: "button--quiet shortlist__remove" }, "Remove", made("span", { className: "visually-hidden", textContent: ` ${trial.title}` }));
    remove.addEventListener("click", () => {
      const place = [...list.children].indexOf(remove.parentElement);
      change(trial, false);
      // The focus stays where the reader was: on the next row, or on what closes the list.
      const next = list.children[Math.min(place, list.children.length - 1)];
      (next ? next.querySelector("button") : close).focus();
    });
    return made("li", {}, made("label", {}, box, made("span", { textContent: trial.title })), remove);
  };

  const render = () => {
    const trials = store.read();
    const known = new Map([...form.querySelectorAll("input")].map((box) => [box.value, box.checked]));
    list.replaceChildren(...trials.map((trial, place) => row(trial, known.get(trial.slug) ?? place < MOST)));
    judge();
    count.hidden = trials.length === 0;
    if (trials.length) link.setAttribute("aria-haspopup", "dialog");
    else link.removeAttribute("aria-haspopup");
    count.replaceChildren(String(trials.length), made("span", { className: "visually-hidden", textContent: " on the shortlist" }));
    buttons();
  };

  const buttons = () => {
    const on = new Set(store.read().map((trial) => trial.slug));
    for (const button of document.querySelectorAll("button[data-shortlist]")) {
      const isOn = on.has(slugOf(button));
      button.dataset.on = isOn ? "yes" : "no";
      const words = isOn ? "Remove from shortlist" : "Add to shortlist";
      button.replaceChildren(words, made("span", { className: "visually-hidden", textContent: `: ${button.dataset.title}` }));
    }
  };

  const change = (trial, isAdded) => {
    const others = store.read().filter((one) => one.slug !== trial.slug);
    if (isAdded && others.length >= ROOM) {
      tell(`The shortlist is full: ${inWords(ROOM)}.`);
      return;
    }
    store.write(isAdded ? [...others, trial] : others);
    render();
    tell(`${isAdded ? "Added to" : "Removed from"} the shortlist, which holds ${inWords(store.read().length)}.`);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-shortlist]");
    if (button) change({ slug: slugOf(button), title: button.dataset.title }, button.dataset.on !== "yes");
  });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (!store.read().length) return; // an empty list has nothing to show: the page says how to begin
    event.preventDefault();
    render();
    dialog.showModal();
    heading.focus();
  });
  close.addEventListener("click", () => dialog.close());
  form.addEventListener("change", judge);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("close", () => link.focus());
  // Another tab, a page that comes back, and parts that were swapped in.
  window.addEventListener("storage", (event) => { if (event.key === KEY || event.key === null) render(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) render(); });
  document.addEventListener("htmx:afterSettle", buttons);
  render();
})();

// Suggestions below a search box, as a combobox (ARIA 1.2). Without this the form works as it stands.
// The box names the address that suggests in data-suggest; the form's other fields say what is asked already.
"use strict";

(() => {
  const WAIT = 120; // milliseconds without a key before asking
  const LEAST = 2; // letters

  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const inWords = (count) => (count === 1 ? "1 suggestion" : `${count} suggestions`);

  class Suggestions {
    constructor(box) {
      this.box = box;
      this.form = box.form;
      this.options = [];
      this.active = -1;
      this.timer = 0;
      this.asking = null;
      this.list = made("div", { id: `${box.id}-suggestions`, className: "suggestions", hidden: true });
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", "Suggestions");
      this.told = made("p", { className: "visually-hidden" });
      this.told.setAttribute("aria-live", "polite");
      this.form.classList.add("suggests");
      this.form.append(this.list, this.told);
      box.autocomplete = "off";
      box.setAttribute("role", "combobox");
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-controls", this.list.id);
      box.setAttribute("aria-expanded", "false");
      this.listen();
    }

    listen() {
      this.box.addEventListener("input", (event) => {
        if (!event.isComposing) this.askSoon();
      });
      this.box.addEventListener("compositionend", () => this.askSoon());
      this.box.addEventListener("keydown", (event) => this.onKey(event));
      // Pressing on an option must not take the focus, and with it the list, away.
      this.list.addEventListener("mousedown", (event) => event.preventDefault());
      this.form.addEventListener("focusout", (event) => {
        if (!this.form.contains(event.relatedTarget)) this.close();
      });
      this.form.addEventListener("submit", () => this.close());
      // A page that comes back through the browser's Back button comes as it was left.
      window.addEventListener("pagehide", () => this.close());
    }

    askSoon() {
      this.stop();
      if (this.box.value.trim().length < LEAST) this.close();
      else this.timer = setTimeout(() => this.ask(), WAIT);
    }

    stop() {
      clearTimeout(this.timer);
      this.asking?.abort();
      this.asking = null;
    }

    async ask() {
      this.stop();
      const asking = (this.asking = new AbortController());
      try {
        const query = new URLSearchParams(new FormData(this.form));
        const answer = await fetch(`${this.box.dataset.suggest}?${query}`, { signal: asking.signal });
        const { groups } = answer.ok ? await answer.json() : { groups: [] };
        // Only the last question counts, and only while its box has the focus.
        if (this.asking === asking && document.activeElement === this.box) this.show(groups);
      } catch {
        // Asked again meanwhile, or no answer: the form works without.
        if (this.asking === asking) this.close();
      }
    }

    show(groups) {
      this.options = [];
      this.list.replaceChildren(...groups.map((group, place) => this.group(group, place)));
      this.list.hidden = !this.options.length;
      this.list.scrollTop = 0;
      this.box.setAttribute("aria-expanded", String(!this.list.hidden));
      this.choose(-1);
      this.told.textContent = this.options.length
        ? `${inWords(this.options.length)}, arrow keys choose`
        : "No suggestions";
    }

    group({ kind, suggestions }, place) {
      const heading = made("div", { id: `${this.list.id}-kind-${place}`, className: "suggestions__kind" }, kind);
      const group = made("div", {}, heading, ...suggestions.map((one) => this.option(one, kind)));
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", heading.id);
      return group;
    }

    option({ label, also, hint, count, url }, kind) {
      const words = made("span", { className: "suggestions__label" }, label);
      if (also) words.append(" ", made("span", { className: "soft" }, `(${also})`));
      if (hint) words.append(" ", made("span", { className: "soft" }, hint));
      const option = made("a", { id: `${this.list.id}-${this.options.length}`, href: url, tabIndex: -1 }, words);
      option.className = "suggestions__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      if (kind !== "Trial") {
        const trials = made("span", { className: "visually-hidden" });
        trials.textContent = count === 1 ? " trial" : " trials";
        option.append(" ", made("span", { className: "suggestions__count" }, String(count), trials));
      }
      this.options.push(option);
      return option;
    }

    onKey(event) {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      const isOpen = !this.list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (isOpen) this.move(event.key === "ArrowDown" ? 1 : -1);
        else if (this.box.value.trim().length >= LEAST) this.ask();
      } else if (event.key === "Enter" && isOpen && this.active >= 0) {
        event.preventDefault();
        this.options[this.active].click();
      } else if (event.key === "Escape" && isOpen) {
        event.preventDefault();
        this.close();
      } else if (event.key === "Tab") {
        this.close();
      }
    }

    // Through all options and back to the box itself.
    move(by) {
      const places = this.options.length + 1;
      this.choose(((this.active + 1 + by + places) % places) - 1);
    }

    choose(place) {
      this.options[this.active]?.setAttribute("aria-selected", "false");
      this.active = place;
      const option = this.options[place];
      if (option) {
        option.setAttribute("aria-selected", "true");
        option.scrollIntoView({ block: "nearest" });
        this.box.setAttribute("aria-activedescendant", option.id);
      } else {
        this.box.removeAttribute("aria-activedescendant");
      }
    }

    close() {
      this.stop();
      this.list.hidden = true;
      this.box.setAttribute("aria-expanded", "false");
      this.told.textContent = "";
      this.choose(-1);
    }
  }

  for (const box of document.querySelectorAll("input[data-suggest]")) new Suggestions(box);
})();

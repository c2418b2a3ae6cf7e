// The browse page with htmx: focus, scroll, unfolded facets and the sheet of a phone outlive the change of the answer.
// Without this file, or without scripts at all, every link and form loads a page.
"use strict";

(() => {
  const PHONE = window.matchMedia("(max-width: 55.99rem)");
  const live = document.getElementById("live");
  document.documentElement.classList.add("scripted");
  const byId = (id) => document.getElementById(id);

  // Whether the next step through the history is one of ours, which changes no answer.
  let isOurStep = false;

  // The sheet. Its state stands on #live, which stays while what is in it changes. Open on a phone it stands on an entry
  // of its own in the history, so that Back closes it; the first choice in it takes that entry over.
  const sheet = {
    hasEntry: false,
    get isOpen() {
      return live.hasAttribute("data-sheet");
    },
    open() {
      live.setAttribute("data-sheet", "");
      this.show();
      byId("sheet-title").focus({ preventScroll: true });
      byId("sheet").scrollTop = 0;
      if (!PHONE.matches || this.hasEntry) return;
      // The entry below is one that htmx answers for, also where the page has just been loaded.
      history.replaceState({ htmx: true }, "", location.href);
      history.pushState({ htmx: true }, "", location.href);
      this.hasEntry = true;
    },
    close() {
      this.hide();
      // An answer that is under way takes the entry over.
      if (!this.hasEntry || live.hasAttribute("aria-busy")) return;
      this.hasEntry = false;
      isOurStep = true;
      history.back();
    },
    hide() {
      live.removeAttribute("data-sheet");
      this.show();
      byId("open-facets")?.focus();
    },
    // Behind an open sheet nothing can be reached.
    show() {
      const isModal = this.isOpen && PHONE.matches;
      const around = [...document.querySelectorAll("body > :not(main), #answer > :not(.browse), #results, #open-facets")];
      for (const element of around) element.inert = isModal;
      document.documentElement.classList.toggle("has-sheet", isModal);
      const facets = byId("narrow");
      if (isModal) {
        facets.setAttribute("role", "dialog");
        facets.setAttribute("aria-modal", "true");
      } else {
        facets.removeAttribute("role");
        facets.removeAttribute("aria-modal");
      }
    },
  };

  live.addEventListener("click", (event) => {
    const link = event.target.closest("#open-facets, #close-facets, .facet__all a");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const leads = link?.closest(".facet__all");
    if (!link || (leads && !(sheet.hasEntry && isPlain))) return;
    event.preventDefault();
    // The page of all values stands in the sheet's place in the history.
    if (leads) location.replace(link.href);
    else if (link.id === "open-facets") sheet.open();
    else sheet.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && sheet.isOpen && PHONE.matches) sheet.close();
  });
  PHONE.addEventListener("change", () => sheet.show());
  document.body.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    if (sheet.hasEntry) detail.history.type = "replace";
    sheet.hasEntry = isOurStep = false;
  });
  // Before htmx hears of it.
  const stepped = (event) => {
    const isOurs = isOurStep;
    isOurStep = false;
    if (!isOurs && !(sheet.isOpen && PHONE.matches)) {
      sheet.hasEntry = false;
      return;
    }
    event.stopImmediatePropagation();
    if (isOurs) return;
    sheet.hide();
    // Choices that were made in the sheet stay.
    if (!sheet.hasEntry) {
      isOurStep = true;
      history.forward();
    }
    sheet.hasEntry = false;
  };
  window.addEventListener("popstate", stepped, { capture: true });

  // What is remembered over the change of the answer: which facets are unfolded, where the sheet is scrolled to, and
  // where on the screen the link stands that was followed.
  let before = null;

  const remember = (followed) => {
    const folds = [...live.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
    // Of a form, the field or button that has the focus.
    const element = [followed, document.activeElement].find((one) => one?.id && followed?.contains(one));
    before = {
      folds: new Map(folds),
      scrolled: byId("sheet").scrollTop,
      id: element?.id ?? "",
      fold: element?.closest("details")?.id ?? "",
      top: element?.getBoundingClientRect().top ?? 0,
      leadsToResults: Boolean(followed?.closest("[data-leads-to-results]")),
    };
  };

  const restore = () => {
    if (!before) return;
    const { folds, scrolled, id, fold, top, leadsToResults } = before;
    before = null;
    for (const details of live.querySelectorAll("details[id]")) {
      if (folds.has(details.id)) details.open = folds.get(details.id);
    }
    byId("sheet").scrollTop = scrolled;
    sheet.show();
    const answer = byId("answer");
    const box = byId("site-q");
    if (box && document.activeElement !== box) box.value = answer.dataset.words;
    byId("told").textContent = answer.dataset.told;
    if (leadsToResults) {
      byId("results").focus({ preventScroll: true });
      byId("results").scrollIntoView({ block: "start" });
      return;
    }
    // The link itself if it is still there, else the name of its facet, else the results.
    const again = byId(id) ?? byId(`${fold}-name`) ?? byId("results");
    again.focus({ preventScroll: true });
    if (!id || again.id !== id) return;
    const moved = again.getBoundingClientRect().top - top;
    if (sheet.isOpen && PHONE.matches) byId("sheet").scrollTop += moved;
    else window.scrollBy({ top: moved, behavior: "instant" });
  };

  // An address points to the sheet for browsers without scripts; here it would scroll. Empty fields ask for nothing.
  live.addEventListener("htmx:configRequest", (event) => {
    const { formData } = event.detail;
    event.detail.path = event.detail.path.split("#")[0];
    for (const [name, value] of [...formData]) if (!value) formData.delete(name);
    live.setAttribute("aria-busy", "true");
  });
  live.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event;
    if (detail.serverResponse?.includes('id="answer"')) {
      remember(detail.requestConfig.elt);
    } else if (detail.shouldSwap) {
      // Another page than this one: the answer led elsewhere.
      detail.shouldSwap = false;
      location.assign(detail.xhr.responseURL || detail.pathInfo.finalRequestPath);
    }
  });
  live.addEventListener("htmx:afterSwap", restore);
  live.addEventListener("htmx:afterRequest", () => live.removeAttribute("aria-busy"));
  document.body.addEventListener("htmx:historyCacheMissLoad", () => remember(document.activeElement));
  document.body.addEventListener("htmx:historyRestore", restore);

  // Whatever goes wrong, the browser itself loads the page and shows what the server says.
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    live.addEventListener(name, (event) => location.assign(event.detail.pathInfo.finalRequestPath));
  }
  document.body.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());

  if (location.hash === "#narrow") {
    history.replaceState(history.state, "", location.pathname + location.search);
    if (PHONE.matches) sheet.open();
  }
})();

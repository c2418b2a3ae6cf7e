// Light or dark as the reader chose in this browser; else as the device says. Runs before the page is drawn, so that
// nothing flashes. The choice stands in the footer once the page is there.
"use strict";

(() => {
  const KEY = "scheme";
  const dark = document.getElementById("dark");
  const media = { "": dark.media, light: "not all", dark: "screen" };

  const stored = () => {
    try {
      return localStorage.getItem(KEY) ?? "";
    } catch {
      return ""; // No storage in this browser: as the device says.
    }
  };

  const show = (choice) => {
    dark.media = media[choice] ?? media[""];
    document.querySelector('meta[name="color-scheme"]').content = media[choice] && choice ? choice : "light dark";
  };

  show(stored());

  document.addEventListener("DOMContentLoaded", () => {
    const group = document.getElementById("schemes");
    const press = (choice) => {
      for (const button of group.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === choice));
    };
    group.addEventListener("click", ({ target }) => {
      if (target.localName !== "button") return;
      show(target.value);
      press(target.value);
      try {
        localStorage.setItem(KEY, target.value);
      } catch {
        // It holds for this page alone.
      }
    });
    press(stored() in media ? stored() : "");
    group.hidden = false;
  });
})();

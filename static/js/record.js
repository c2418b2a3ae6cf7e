// The outline of a record page: folds itself away once followed on a phone, and says which part is in view.
// Without this it is a list of links that works as it stands.
"use strict";

(() => {
  const outline = document.querySelector(".outline");
  if (!outline) return;
  const fold = outline.querySelector("details");
  const links = new Map([...outline.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const parts = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);

  outline.addEventListener("click", (event) => {
    if (event.target.closest("a")) fold.open = false;
  });
  outline.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !fold.open) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });

  // The part that reaches over a line in the upper third of the window.
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = links.get(target.id || "title");
        if (isIntersecting) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-30% 0px -69% 0px" },
  );
  for (const part of parts) seen.observe(part.id === "title" ? part.closest("header") || part : part);
})();

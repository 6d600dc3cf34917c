// What every page gains from a script. Without it, everything still works.
(() => {
  document.documentElement.classList.add("tf-js");

  // The menu of a phone closes by Escape and by a click beside it.
  for (const menu of document.querySelectorAll("details[data-menu]")) {
    const summary = menu.querySelector("summary");
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        summary.focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (menu.open && !menu.contains(event.target)) menu.open = false;
    });
  }

  // After a refused form the focus is on the list of what to mend.
  document.querySelector("[data-focus]")?.focus();

  // A link of the summary brings the field with its label into view, and the focus into the field.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.tf-summary__link[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    (field.closest(".utrecht-form-field, fieldset") ?? field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  // A form that is on its way is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // A print button: <button class="tf-js-only" data-print>.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
})();

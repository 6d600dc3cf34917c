// The search page while one filters: htmx fetches, this keeps everything around the list true. Without it the same form works.
(() => {
  const form = document.getElementById("zoek");
  const results = document.getElementById("resultaten");
  const status = document.getElementById("gevonden");
  let shown = address(new URLSearchParams(location.search));
  let wasTyping = false;
  let typing = false;

  // The address without what is empty, so that it says what is searched and nothing else.
  function address(parameters) {
    const kept = [...parameters].filter(([name, value]) => value && name !== "page");
    return new URLSearchParams(kept).toString();
  }

  // What is shown, or on its way, is not asked for again: leaving a field says the same as the last letter in it.
  document.body.addEventListener("htmx:confirm", (event) => {
    if (event.target !== form || address(new FormData(form)) !== shown) return;
    event.preventDefault();
    // Only now it is known that these were the words: the answers to single letters are not counted as searches.
    if (typing) fetch(`${form.action}?${shown}`, { headers: { "HX-Request": "true" }, keepalive: true });
    typing = false;
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form) return;
    const { headers, parameters, triggeringEvent } = event.detail;
    for (const name of new Set(Object.keys(parameters))) if (!String(parameters[name])) delete parameters[name];
    shown = address(new FormData(form));
    typing = triggeringEvent?.type === "input";
    if (typing) headers["X-Typing"] = "1";
    results.setAttribute("aria-busy", "true");
  });

  // Letters of one word are one step back.
  document.body.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (typing && wasTyping) event.detail.history.type = "replace";
    wasTyping = typing;
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== results) return;
    results.removeAttribute("aria-busy");
    const state = JSON.parse(document.getElementById("stand").textContent);
    for (const count of document.querySelectorAll("[data-count]")) tell(count, state.counts[count.dataset.count] ?? "0");
    for (const facet of document.querySelectorAll(".tf-facet")) choose(facet);
    for (const name of ["van", "tot", "groep"]) complain(name, state.errors[name] ?? "");
    document.getElementById("toon").textContent = state.show;
    status.textContent = state.found;
    document.dispatchEvent(new CustomEvent("search:found"));
  });

  function tell(count, number) {
    count.textContent = number;
    count.closest(".tf-option")?.classList.toggle("tf-option--none", number === "0");
    count.closest("small")?.classList.toggle("tf-none", number === "0");
  }

  function choose(facet) {
    const chosen = facet.querySelector("[data-chosen]");
    const number = [...facet.querySelectorAll("input")].filter((each) => each.type === "text" ? each.value : each.checked).length;
    chosen.textContent = number;
    chosen.parentElement.hidden = number === 0;
  }

  function complain(name, error) {
    const message = document.getElementById(`${name}-fout`);
    message.textContent = error;
    message.hidden = !error;
    const input = document.getElementById(name);
    if (error) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  // What fails on the way is asked for as a page: that one says what is wrong and where to go.
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.body.addEventListener(failure, (event) => {
      if (event.detail.elt === form) location.assign(`${form.action}?${shown}`);
    });
  }

  // A link to what is folded opens it.
  document.addEventListener("click", (event) => {
    const folded = document.getElementById(event.target.closest("[data-opens]")?.dataset.opens);
    if (folded) folded.open = true;
  });

  // On a phone the filters lie over the list, which is up to date already.
  document.getElementById("toon").addEventListener("click", (event) => {
    event.preventDefault();
    location.replace("#resultaten");
  });
})();

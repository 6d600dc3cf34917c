// Suggestions while one types (taxonomy/ui.py, TypeAhead). The pattern is that of the ARIA combobox with a list.
// <input data-typeahead="/scholen/zoek/" data-typeahead-target="id_school">; the address answers to ?q= with
// {"results": [{"id": "...", "label": "...", "detail": "..."}]}.
(() => {
  const WAIT = 150;

  function enhance(input) {
    const target = document.getElementById(input.dataset.typeaheadTarget);
    const list = document.createElement("ul");
    list.id = `${input.id}_suggestions`;
    list.className = "tf-suggest";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    const label = document.querySelector(`label[for="${input.id}"]`);
    list.setAttribute("aria-label", label ? label.textContent.trim() : input.name);
    const status = document.createElement("p");
    status.className = "tf-hidden";
    status.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "tf-typeahead";
    input.before(box);
    box.append(input, list, status);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-autocomplete", "list");
    input.autocomplete = "off";

    let active = -1;
    let timer;
    let asked;

    const options = () => [...list.children];

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(index) {
      const all = options();
      if (!all.length) return;
      active = (index + all.length) % all.length;
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }

    function choose(option) {
      input.value = option.dataset.label;
      if (target) {
        target.value = option.dataset.id;
        target.dispatchEvent(new Event("change", { bubbles: true }));
      }
      close();
      input.dispatchEvent(new CustomEvent("typeahead:chosen", { bubbles: true, detail: { ...option.dataset } }));
    }

    function show(results) {
      list.replaceChildren(
        ...results.map((result, at) => {
          const option = document.createElement("li");
          option.id = `${list.id}_${at}`;
          option.className = "tf-suggest__option";
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.dataset.id = result.id;
          option.dataset.label = result.label;
          option.append(result.label);
          if (result.detail) {
            const detail = document.createElement("small");
            detail.textContent = result.detail;
            option.append(" ", detail);
          }
          return option;
        }),
      );
      active = -1;
      list.hidden = results.length === 0;
      input.setAttribute("aria-expanded", String(results.length > 0));
      status.textContent = String(results.length);
    }

    async function ask() {
      const words = input.value.trim();
      asked?.abort();
      if (words.length < 2) return close();
      asked = new AbortController();
      try {
        const address = new URL(input.dataset.typeahead, location.href);
        address.searchParams.set("q", words);
        const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
        if (answer.ok) show((await answer.json()).results);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }

    input.addEventListener("input", () => {
      if (target) target.value = "";
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) return;
        event.preventDefault();
        mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      } else if (event.key === "Enter" && !list.hidden && active >= 0) {
        event.preventDefault();
        choose(options()[active]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) {
        event.preventDefault();
        choose(option);
      }
    });
    input.addEventListener("blur", () => setTimeout(close, 100));
  }

  for (const input of document.querySelectorAll("input[data-typeahead]")) enhance(input);
})();

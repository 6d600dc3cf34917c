// Pass a page on: by the device's own way of sharing, else by copying the address. Without it the mail and the address are there.
(() => {
  async function copy(box, said) {
    try {
      await navigator.clipboard.writeText(box.dataset.address);
      said.textContent = said.dataset.said;
    } catch {
      getSelection().selectAllChildren(box.querySelector(".tf-share__url"));
      said.textContent = said.dataset.failed;
    }
  }

  // On the document: htmx draws the list anew while one filters.
  document.addEventListener("click", async (event) => {
    const box = event.target.closest("[data-share-button]")?.closest("[data-share]");
    if (!box) return;
    const said = box.querySelector("[role=status]");
    if (typeof navigator.share !== "function") return copy(box, said);
    try {
      await navigator.share({ title: box.dataset.title, url: box.dataset.address });
    } catch (error) {
      // Whoever closes the panel of the device wants nothing more.
      if (error.name !== "AbortError") await copy(box, said);
    }
  });
})();

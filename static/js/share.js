// Pass a page on: by the device's own way of sharing, else by copying the address. Without it the mail and the address are there.
(() => {
  for (const box of document.querySelectorAll("[data-share]")) {
    const { title, address } = box.dataset;
    const button = box.querySelector("[data-share-button]");
    const said = box.querySelector("[role=status]");
    const onDevice = typeof navigator.share === "function";
    box.querySelector("[data-share-device]").hidden = !onDevice;
    box.querySelector("[data-share-copy]").hidden = onDevice;

    async function copy() {
      try {
        await navigator.clipboard.writeText(address);
        said.textContent = said.dataset.said;
      } catch {
        getSelection().selectAllChildren(box.querySelector(".tf-share__url"));
        said.textContent = said.dataset.failed;
      }
    }

    async function share() {
      try {
        await navigator.share({ title, url: address });
      } catch (error) {
        // Whoever closes the panel of the device wants nothing more.
        if (error.name !== "AbortError") await copy();
      }
    }

    button.addEventListener("click", onDevice ? share : copy);
  }
})();

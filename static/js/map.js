// The map below the list: Leaflet, fetched when it is opened. The list says everything that the map says.
// templates/activities/_result_map.html has the addresses and the words.
(() => {
  const box = document.querySelector("[data-foundmap]");
  if (!box) return;
  const live = box.querySelector(".tf-foundmap__live");
  const holder = box.querySelector("[data-map]");
  const status = box.querySelector("[data-status]");
  const words = Object.fromEntries(
    [...box.querySelector("[data-words]").content.querySelectorAll("[data-word]")].map((each) => [each.dataset.word, each.textContent]),
  );
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const NETHERLANDS = [[50.72, 3.3], [53.58, 7.25]];
  const CLOSEST = 16;
  const LISTED = 8;
  let map;
  let group;
  let query = box.dataset.search;
  let asked;
  let bundled = false;
  let opener;

  const counted = (number) => (number === 1 ? words.one : words.many.replace("#", number.toLocaleString(document.documentElement.lang)));
  const many = (marker) => marker.options.many ?? 1;
  const sum = (markers) => markers.reduce((total, marker) => total + many(marker), 0);

  box.classList.add("tf-foundmap--script");
  box.addEventListener("toggle", () => {
    if (!box.open) return;
    if (map) map.invalidateSize();
    else start().catch(fail);
  });
  if (box.open) start().catch(fail);

  async function start() {
    live.hidden = false;
    box.querySelector(".tf-foundmap__drawn").hidden = true;
    for (const href of box.dataset.styles.split(" ")) document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
    for (const src of box.dataset.scripts.split(" ")) await script(src);
    if (map) return;
    draw();
    await find(true);
  }

  function script(src) {
    return new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror: () => reject(new Error(src)) }));
    });
  }

  function fail(error) {
    if (error.name === "AbortError") return;
    status.textContent = words.failed;
    if (map) return;
    box.classList.remove("tf-foundmap--script");
    box.querySelector(".tf-foundmap__drawn").hidden = false;
    holder.hidden = true;
  }

  function draw() {
    map = L.map(holder, {
      zoomControl: false, scrollWheelZoom: false, minZoom: 6, maxZoom: CLOSEST, maxBounds: [[45, -6], [59, 17]], bounceAtZoomLimits: false,
      zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
    });
    map.fitBounds(NETHERLANDS, { animate: false });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.further }).addTo(map);
    ground();
    group = L.markerClusterGroup({
      showCoverageOnHover: false, zoomToBoundsOnClick: false, spiderfyOnMaxZoom: false, maxClusterRadius: 44, animate: !calm,
      iconCreateFunction: (cluster) => icon(cluster.getAllChildMarkers()),
    });
    group.on("clusterclick clusterkeypress", (event) => {
      if (pressed(event)) openCluster(event.layer);
    });
    map.addLayer(group);
    map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
    map.on("popupopen", opened).on("popupclose", closed);
    map.on("moveend", () => {
      if (bundled) find(false).catch(fail);
    });
    holder.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !holder.querySelector(".leaflet-popup")) return;
      event.stopPropagation();
      map.closePopup();
    });
  }

  // Tiles when there are; until they come, and where they do not, the dots of the register.
  function ground() {
    const dots = L.layerGroup().addTo(map);
    fetch(box.dataset.country).then((answer) => answer.json()).then((country) => {
      for (const [lat, lon, km] of country.dots) {
        dots.addLayer(L.circle([lat, lon], { radius: km * 1000, stroke: false, fillOpacity: 1, interactive: false, className: "tf-foundmap__land" }));
      }
    }).catch(() => {});
    if (!box.dataset.tiles) return;
    const tiles = L.tileLayer(box.dataset.tiles, { minZoom: 6, maxZoom: 19, attribution: box.dataset.credit, referrerPolicy: "no-referrer" });
    tiles.once("tileload", () => dots.remove());
    tiles.addTo(map);
  }

  async function find(fresh) {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(box.dataset.foundmap, location.href);
    address.search = query;
    if (!fresh) address.searchParams.set("vak", around(map.getBounds().pad(0.2)));
    const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json(), fresh);
  }

  // Rounded outward, so that a small move asks for the same again.
  function around(bounds) {
    const step = 0.25;
    const down = (degrees) => Math.floor(degrees / step) * step;
    const up = (degrees) => Math.ceil(degrees / step) * step;
    return [down(bounds.getSouth()), down(bounds.getWest()), up(bounds.getNorth()), up(bounds.getEast())].join();
  }

  function show(found, fresh) {
    const held = holder.contains(document.activeElement);
    if (fresh) bundled = found.bundles.length > 0;
    group.clearLayers();
    group.addLayers([...found.offers.map(offer), ...found.bundles.map(bundle)]);
    if (held && !holder.contains(document.activeElement)) holder.focus({ preventScroll: true });
    const nowhere = found.nowhere ? `; ${words.nowhere.replace("#", found.nowhere)}` : "";
    status.textContent = `${counted(found.total - found.nowhere)} ${words.shown}${nowhere}.`;
    if (fresh) view(group.getBounds());
  }

  function view(bounds) {
    map.fitBounds(bounds.isValid() ? bounds : NETHERLANDS, { animate: false, padding: [32, 32], maxZoom: 11 });
  }

  // ------------------------------------------------------------- markers

  function offer([lat, lon, title, slug, town, far]) {
    const where = [town, far].filter(Boolean).join(", ");
    const marker = L.marker([lat, lon], { icon: dot(`${title}${where && `, ${where}`}`), title, slug, town, where });
    return marker.bindPopup(() => listing([marker]));
  }

  function bundle([lat, lon, number, town]) {
    const marker = L.marker([lat, lon], { many: number, town });
    marker.setIcon(icon([marker]));
    return marker.on("click keypress", (event) => {
      if (pressed(event)) closer(L.latLngBounds([[lat, lon]]), map.getZoom() + 2);
    });
  }

  const pressed = (event) => !event.type.endsWith("keypress") || event.originalEvent?.key === "Enter";

  function dot(name) {
    return L.divIcon({ className: "tf-foundmap__pin", iconSize: [28, 28], html: named("", name) });
  }

  function icon(markers) {
    const number = sum(markers);
    const size = number < 10 ? 36 : number < 100 ? 44 : 52;
    const town = main(markers);
    const short = number < 10000 ? String(number) : `${Math.round(number / 1000)}k`;
    return L.divIcon({ className: "tf-foundmap__cluster", iconSize: [size, size], html: named(short, `${counted(number)}${town && ` ${words.near} ${town}`}`) });
  }

  // The town that most of them are in.
  function main(markers) {
    const towns = new Map();
    for (const marker of markers) towns.set(marker.options.town, (towns.get(marker.options.town) ?? 0) + many(marker));
    return [...towns].reduce((most, each) => (each[0] && each[1] > most[1] ? each : most), ["", 0])[0];
  }

  function named(seen, name) {
    const whole = document.createElement("span");
    const hidden = document.createElement("span");
    whole.className = "tf-foundmap__count";
    whole.append(Object.assign(document.createElement("span"), { textContent: seen, ariaHidden: "true" }), hidden);
    hidden.className = "tf-hidden";
    hidden.textContent = name;
    return whole;
  }

  // What lies at one place is a list; else one looks closer.
  function openCluster(cluster) {
    const markers = cluster.getAllChildMarkers();
    const bounds = cluster.getBounds();
    const together = bounds.getSouthWest().distanceTo(bounds.getNorthEast()) < 30 || map.getZoom() >= CLOSEST;
    if (!together || markers.some((marker) => marker.options.many)) return closer(bounds, map.getZoom() + 4);
    L.popup({ maxHeight: Math.min(260, holder.clientHeight / 2) }).setLatLng(cluster.getLatLng()).setContent(listing(markers)).openOn(map);
  }

  // The marker goes: its focus goes to the map, of which Tab leads to what is there now.
  function closer(bounds, most) {
    map.fitBounds(bounds, { animate: !calm, padding: [40, 40], maxZoom: Math.min(most, CLOSEST) });
    holder.focus({ preventScroll: true });
  }

  function listing(markers) {
    const list = document.createElement("ul");
    list.className = "tf-foundmap__list";
    for (const { options } of markers.slice(0, LISTED)) {
      const link = Object.assign(document.createElement("a"), { href: `${box.dataset.offers}${options.slug}/`, textContent: options.title });
      link.className = "utrecht-link utrecht-link--html-a";
      const item = document.createElement("li");
      item.append(link, Object.assign(document.createElement("span"), { textContent: options.where }));
      list.append(item);
    }
    if (markers.length > LISTED) list.append(Object.assign(document.createElement("li"), { textContent: words.more.replace("#", markers.length - LISTED) }));
    return list;
  }

  function opened({ popup }) {
    opener = holder.contains(document.activeElement) ? document.activeElement : undefined;
    const element = popup.getElement();
    element.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    element.querySelector("a[href]:not(.leaflet-popup-close-button)")?.focus({ preventScroll: true });
  }

  function closed() {
    (opener?.isConnected ? opener : holder).focus({ preventScroll: true });
  }

  // ------------------------------------------------------------- the list changes

  function searched() {
    query = location.search.slice(1);
    if (map) find(true).catch(fail);
  }
  document.addEventListener("search:found", searched);
  document.addEventListener("htmx:historyRestore", searched);
})();

// The page says all without this: it adds a larger picture under the pointer, the same image marked in both maps, one class alone,
// the age of the page, and the place on the page kept while it reloads itself.
const zoom = document.getElementById("zoom");
const columns = Number(zoom.dataset.columns);
const points = [...document.querySelectorAll(".p")];

for (const point of points) {
  const title = point.querySelector("title").textContent;
  point.addEventListener("pointerenter", () => {
    point.querySelector("title")?.remove();
    const tile = zoom.querySelector(".t");
    tile.style.setProperty("--x", point.dataset.i % columns);
    tile.style.setProperty("--y", Math.floor(point.dataset.i / columns));
    zoom.querySelector("span").textContent = title;
    const box = point.getBoundingClientRect();
    zoom.hidden = false;
    zoom.style.left = `${Math.min(box.right + 10, innerWidth - 170)}px`;
    zoom.style.top = `${Math.min(box.bottom + 10, innerHeight - 190)}px`;
    points.filter(other => other.dataset.i === point.dataset.i).forEach(other => other.classList.add("hot"));
  });
  point.addEventListener("pointerleave", () => {
    zoom.hidden = true;
    points.forEach(other => other.classList.remove("hot"));
  });
}

for (const entry of document.querySelectorAll(".classes [data-k]")) {
  entry.addEventListener("pointerenter", () => points.forEach(point => point.classList.toggle("dim", point.dataset.k !== entry.dataset.k)));
  entry.addEventListener("pointerleave", () => points.forEach(point => point.classList.remove("dim")));
}

const written = document.querySelector("time");
const tell = () => {
  const minutes = Math.floor((Date.now() - Date.parse(written.dateTime)) / 60000);
  written.textContent = minutes < 1 ? "just now" : minutes < 90 ? `${minutes} min ago` : new Date(written.dateTime).toLocaleString();
};
tell();
setInterval(tell, 30000);

const place = `jem ${location.pathname}`;
try {
  scrollTo(0, Number(sessionStorage.getItem(place)));
  addEventListener("pagehide", () => sessionStorage.setItem(place, scrollY));
} catch { /* A browser may forbid a local file to remember. */ }

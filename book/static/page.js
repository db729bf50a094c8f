// Opened from a file, a page may not fetch its neighbours, so the search lists
// titles without the excerpts it would otherwise load.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// The search button's name is the text it shows, so that speaking that text works.
document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll(".search-button-field")) {
    button.removeAttribute("aria-label");
  }
  // Wide code, and on a phone wide figures, scroll: they must be reachable by keyboard.
  // What is folded away has no width when the page loads.
  const reach = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  document.querySelectorAll("article pre, .cell_output figure").forEach((wide) => {
    reach.observe(wide);
  });
});

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
  // The theme makes wide code reachable by keyboard when the page loads; code that is
  // folded away then has no width yet.
  const reach = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1;
    }
  });
  document.querySelectorAll("article pre").forEach((pre) => reach.observe(pre));
});

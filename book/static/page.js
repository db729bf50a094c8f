// Opened from a file, a page may not fetch its neighbours, so the search lists
// titles without the excerpts it would otherwise load.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

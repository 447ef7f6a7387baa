// Runs before the modules, in any browser: says so when they cannot run, tries again when they did not arrive.
(function () {
  "use strict";
  function ready() {
    return document.documentElement.hasAttribute("data-ready");
  }
  function again() {
    if (navigator.onLine) window.setTimeout(function () { window.location.reload(); }, 4000);
    else window.addEventListener("online", function () { window.location.reload(); });
  }
  window.addEventListener("error", function (event) {
    if (ready()) return;
    if (event.target && event.target.tagName === "SCRIPT") {
      again();
      return;
    }
    if (event.target !== window) return;
    var notice = document.getElementById("too-old");
    var loading = document.getElementById("loading");
    if (notice) notice.hidden = false;
    if (loading) loading.hidden = true;
  }, true);
})();

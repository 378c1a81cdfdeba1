// Buttons that print the page (data-print), at once where the page is made for paper (data-print-now).
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
  if ("printNow" in button.dataset) {
    window.addEventListener("load", () => window.print(), { once: true });
  }
}

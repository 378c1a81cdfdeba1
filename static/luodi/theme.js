// Runs before the first paint: “as the device” becomes light or dark, and follows the device from then on. Paper is light.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const paper = matchMedia("print");
  const apply = () => {
    const choice = paper.matches ? "light" : root.dataset.themeChoice || "auto";
    root.dataset.bsTheme = choice === "auto" ? (device.matches ? "dark" : "light") : choice;
  };
  apply();
  device.addEventListener("change", apply);
  paper.addEventListener("change", apply);
  addEventListener("luodi:theme", apply);
})();

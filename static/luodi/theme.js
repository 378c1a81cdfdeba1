// Runs before the first paint: “as the device” becomes light or dark, and follows the device from then on.
(() => {
  const root = document.documentElement;
  const device = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const choice = root.dataset.themeChoice || "auto";
    root.dataset.bsTheme = choice === "auto" ? (device.matches ? "dark" : "light") : choice;
  };
  apply();
  device.addEventListener("change", apply);
  addEventListener("luodi:theme", apply);
})();

// The colours: those of the system, or what was chosen, which is kept.
const KEY = "lionpride-theme";

export function keepTheme(fieldset) {
  const apply = (theme) => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  const kept = localStorage.getItem(KEY);
  for (const radio of fieldset.querySelectorAll("input")) {
    if (radio.value === kept) {
      radio.checked = true;
      apply(kept);
    }
    radio.addEventListener("change", () => {
      localStorage.setItem(KEY, radio.value);
      apply(radio.value);
      dispatchEvent(new Event("themechange"));
    });
  }
}

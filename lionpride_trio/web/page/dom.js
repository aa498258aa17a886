// Makes an element. What is given as text stays text: nothing here, or anywhere else, reads HTML.
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "data") Object.assign(element.dataset, value);
    else if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const seconds = (number) => `${number.toFixed(number < 10 ? 2 : 1)} s`;

// A button that cannot be used keeps the focus: one that is disabled would let it fall out of the page.
export const enable = (button, isUsable) => button.setAttribute("aria-disabled", String(!isUsable));
export const isEnabled = (button) => button.getAttribute("aria-disabled") !== "true";

/** A color from red over green to blue, by a slider. */
class ColorWheel extends HTMLElement {
  #slider = document.createElement("input");
  #shown = document.createElement("output");

  constructor() {
    super();
    this.#slider.type = "range";
    this.#slider.addEventListener("input", () => this.#show());
  }

  connectedCallback() {
    this.#slider.max = String(this.options.steps);
    this.#slider.ariaLabel = this.label;
    this.append(...(this.interactive ? [this.#slider] : []), this.#shown);
  }

  get value() {
    return { hue: this.#slider.valueAsNumber };
  }

  set value({ hue }) {
    this.#slider.max = String(this.options.steps);
    this.#slider.value = String(hue);
    this.#show();
  }

  #show() {
    this.#shown.textContent = `hue ${this.#slider.value}`;
  }
}
customElements.define("color-wheel", ColorWheel);

/** What markup may be made of; of anything else only the text within stays. */
const ELEMENTS = new Set(
  (
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 " +
    "hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var " +
    "audio video source picture"
  ).split(" "),
);

/** Of these not even the text stays. */
const DROPPED = new Set(
  "script style template iframe object embed noscript title head meta link base svg math textarea select".split(" "),
);

const ATTRIBUTES = new Set(
  (
    "align alt class color colspan controls dir height href id lang loading loop muted open poster rel role rowspan scope span src start " +
    "style target title type valign width"
  ).split(" "),
);

const URLS = new Set(["href", "src", "poster"]);

/** Markup that others wrote, without anything that runs, sends or loads more than pictures and sounds. */
export function sanitizeHtml(markup: string): DocumentFragment {
  // A document made this way runs nothing and loads nothing.
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  const clean = document.createDocumentFragment();
  copyInto(clean, parsed.body);
  return clean;
}

function copyInto(target: ParentNode, source: Node): void {
  for (const node of source.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      target.append(node.textContent ?? "");
    } else if (node instanceof Element) {
      const name = node.localName;
      if (DROPPED.has(name)) continue;
      if (!ELEMENTS.has(name)) {
        copyInto(target, node);
        continue;
      }
      const copy = document.createElement(name);
      for (const attribute of node.attributes) copyAttribute(copy, attribute);
      if (name === "a") {
        copy.setAttribute("target", "_blank");
        copy.setAttribute("rel", "noopener noreferrer");
      }
      copyInto(copy, node);
      target.append(copy);
    }
  }
}

function copyAttribute(element: HTMLElement, { name, value }: Attr): void {
  if (name === "style") {
    // By the style's own interface: the page's security policy forbids the attribute.
    element.style.cssText = value;
    return;
  }
  if (!ATTRIBUTES.has(name) && !name.startsWith("aria-")) return;
  if (URLS.has(name) && !isHarmlessUrl(value)) return;
  element.setAttribute(name, value);
}

/** Whether a URL is one of the web, of a mail, or of data that is a picture or a sound. */
export function isHarmlessUrl(url: string): boolean {
  // Browsers leave these out before they look for the scheme.
  const plain = url.replaceAll(/[\u0000-\u0020]/g, "");
  return /^(https?:|mailto:|tel:|blob:|data:(image|audio|video)\/|(?![a-z][a-z\d+.-]*:))/i.test(plain);
}

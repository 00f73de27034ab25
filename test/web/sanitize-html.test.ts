import { expect, test } from "vitest";
import { isHarmlessUrl } from "../../web/src/sanitize-html.ts";

test.each([
  ["https://example.com/a", true],
  ["/a?b=c:d", true],
  ["a.png", true],
  ["#place", true],
  ["mailto:ann@example.com", true],
  ["data:image/png;base64,AA", true],
  ["javascript:alert(1)", false],
  [" java\nscript:alert(1)", false],
  ["\u0001javascript:alert(1)", false],
  ["JAVASCRIPT:alert(1)", false],
  ["data:text/html,<script>", false],
  ["vbscript:x", false],
  ["file:///etc/passwd", false],
])("the URL %j is harmless: %s", (url, expected) => {
  expect(isHarmlessUrl(url)).toBe(expected);
});

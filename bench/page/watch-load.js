// Runs in a page before anything of its own: notes when its button is there, and what keeps it from answering.
globalThis.pageLoad = { usableMs: 0, blockedMs: 0, firstContentMs: 0 };

new MutationObserver((_changes, observer) => {
  if (!document.querySelector(".record:enabled")) return;
  globalThis.pageLoad.usableMs = performance.now();
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) globalThis.pageLoad.blockedMs += Math.max(0, duration - 50);
}).observe({ type: "longtask", buffered: true });

new PerformanceObserver((list) => {
  for (const { name, startTime } of list.getEntries()) {
    if (name === "first-contentful-paint") globalThis.pageLoad.firstContentMs = startTime;
  }
}).observe({ type: "paint", buffered: true });

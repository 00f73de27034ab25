"use client";
// GET /: the page. What it shows lives in the browser alone: the hooks are loaded there, and not on the server.
import { lazy, Suspense, useEffect, useState } from "react";

const Call = lazy(() => import("./call.tsx"));

export default function Page() {
  const [isInBrowser, setInBrowser] = useState(false);
  useEffect(() => setInBrowser(true), []);
  return (
    isInBrowser && (
      <Suspense>
        <Call />
      </Suspense>
    )
  );
}

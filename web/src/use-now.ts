import { useEffect, useState } from "preact/hooks";

/** The page's clock in milliseconds, read about four times a second while `running`. */
export function useNow(running: boolean): number {
  const [nowMs, setNowMs] = useState(() => performance.now());
  useEffect(() => {
    if (!running) return undefined;
    setNowMs(performance.now());
    const timer = setInterval(() => setNowMs(performance.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return nowMs;
}

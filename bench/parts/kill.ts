import { Chromium } from "../process/chromium.ts";
import { sleep } from "../process/child-process.ts";
import { PageServer } from "../servers/page-server.ts";
import { type ServerName, ServerUnderTest } from "../servers/server-under-test.ts";
import { firstPicture, openPage, startCall } from "./bench-page.ts";
import { slotsFree } from "./churn.ts";

/** How long a killed browser keeps its slot. */
export interface KillResult {
  readonly server: ServerName;
  readonly slotFreeAfterSeconds: number;
  /** 0, unless the server never noticed. */
  readonly sessionsLeft: number;
}

/** Calls a server from a browser of its own, then kills every process of that browser and waits for the slot. */
export async function measureKill(name: ServerName): Promise<KillResult> {
  await using server = await ServerUnderTest.start(name);
  await using pageServer = await PageServer.start();
  pageServer.route(name, server.url);
  await using chromium = await Chromium.launch();
  const page = await openPage(chromium, pageServer.url);
  await startCall(page, { target: name });
  await firstPicture(page);
  await sleep(2000);
  const sessions = await server.sessions();
  if (sessions !== 1) throw new Error(`${name} counts ${sessions} sessions while one browser is connected.`);
  chromium.killAtOnce();
  const { seconds, sessionsLeft } = await slotsFree(server);
  return { server: name, slotFreeAfterSeconds: seconds, sessionsLeft };
}

import { describe, expect, it } from "vitest";
import { Lateness } from "../../src/rtp/lateness.ts";

describe("how long it is worth to wait", () => {
  it("is as long as the first guess, and five milliseconds once fifty packets never came", () => {
    const lateness = new Lateness(35);
    expect(lateness.quantileMs).toBe(40);
    for (let lost = 0; lost < 50; lost += 1) lateness.handleLostPacket();
    expect(lateness.quantileMs).toBe(40);
    for (let lost = 0; lost < 5; lost += 1) lateness.handleLostPacket();
    expect(lateness.quantileMs).toBe(5);
  });

  it("is as long as a single late packet was late, at once", () => {
    const lateness = new Lateness(35);
    lateness.handleLatePacket(83);
    expect(lateness.quantileMs).toBe(85);
    lateness.handleLatePacket(12);
    expect(lateness.quantileMs).toBe(85);
  });

  it("catches 97 % of the late packets", () => {
    const lateness = new Lateness(0);
    for (let late = 0; late < 1000; late += 1) lateness.handleLatePacket(((late * 7919) % 1000) / 10);
    expect(lateness.quantileMs).toBeGreaterThanOrEqual(90);
    expect(lateness.quantileMs).toBeLessThanOrEqual(100);
  });

  it("is never more than a quarter of a second", () => {
    const lateness = new Lateness(0);
    lateness.handleLatePacket(10_000);
    expect(lateness.quantileMs).toBe(250);
  });
});

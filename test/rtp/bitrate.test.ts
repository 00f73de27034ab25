import { describe, expect, it } from "vitest";
import { ReceiveBitrate } from "../../src/rtp/receive-bitrate.ts";
import { SendBitrate } from "../../src/rtp/send-bitrate.ts";

const LIMITS = { minimumBps: 100_000, startBps: 500_000, maximumBps: 2_000_000 };

describe("the bitrate allowed to the peer", () => {
  it("doubles twice a second at first, up to the maximum", () => {
    const bitrate = new ReceiveBitrate(LIMITS);
    expect(bitrate.currentBps).toBe(500_000);
    bitrate.update(0, 0);
    bitrate.update(0, 500);
    expect(bitrate.currentBps).toBe(1_000_000);
    bitrate.update(0, 1000);
    bitrate.update(0, 5000);
    expect(bitrate.currentBps).toBe(2_000_000);
  });

  it("falls with high loss, never below the minimum", () => {
    const bitrate = new ReceiveBitrate(LIMITS);
    bitrate.update(0.5, 0);
    expect(bitrate.currentBps).toBe(375_000);
    for (let nowMs = 1000; nowMs < 10_000; nowMs += 1000) bitrate.update(0.5, nowMs);
    expect(bitrate.currentBps).toBe(100_000);
  });

  it("stays with a little loss and then grows calmly", () => {
    const bitrate = new ReceiveBitrate(LIMITS);
    bitrate.update(0.05, 0);
    bitrate.update(0.05, 1000);
    expect(bitrate.currentBps).toBe(500_000);
    bitrate.update(0, 2000);
    expect(bitrate.currentBps).toBe(575_000);
  });
});

describe("the bitrate for the encoder", () => {
  it("grows without loss, up to the maximum", () => {
    const bitrate = new SendBitrate(LIMITS);
    expect(bitrate.targetBps).toBe(500_000);
    bitrate.handleLoss(0, 0);
    bitrate.handleLoss(0, 1000);
    expect(bitrate.targetBps).toBe(625_000);
    for (let nowMs = 2000; nowMs < 20_000; nowMs += 1000) bitrate.handleLoss(0.01, nowMs);
    expect(bitrate.targetBps).toBe(2_000_000);
  });

  it("falls with high loss, never below the minimum", () => {
    const bitrate = new SendBitrate(LIMITS);
    bitrate.handleLoss(0.2, 0);
    expect(bitrate.targetBps).toBe(450_000);
    for (let nowMs = 1000; nowMs < 40_000; nowMs += 1000) bitrate.handleLoss(0.2, nowMs);
    expect(bitrate.targetBps).toBe(100_000);
  });

  it("stays with a little loss", () => {
    const bitrate = new SendBitrate(LIMITS);
    bitrate.handleLoss(0.05, 0);
    bitrate.handleLoss(0.05, 1000);
    expect(bitrate.targetBps).toBe(500_000);
  });

  it("never exceeds the peer's REMB, nor goes below the minimum for it", () => {
    const bitrate = new SendBitrate(LIMITS);
    bitrate.handleRemb(300_000);
    expect(bitrate.targetBps).toBe(300_000);
    bitrate.handleRemb(10);
    expect(bitrate.targetBps).toBe(100_000);
    bitrate.handleRemb(5e9);
    expect(bitrate.targetBps).toBe(500_000);
  });
});

import { expect, test } from "vitest";
import { WebRTCError } from "../../src/errors.ts";
import { ErrorReporter } from "../../src/session/error-reporter.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

function setUp() {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const told: string[] = [];
  return { clock, logger, told, reporter: new ErrorReporter({ logger, clock, tell: (message) => told.push(message) }) };
}

test("reports an error that repeats thirty times a second once a second, with the count", () => {
  const { clock, logger, told, reporter } = setUp();
  for (let frame = 0; frame < 60; frame += 1) {
    reporter.report(new Error("boom"));
    clock.advance(1000 / 30);
  }
  expect(told).toEqual(["boom", "boom"]);
  expect(logger.at("error")).toEqual(["the handler failed:", "the handler failed (and 29 times before):"]);
});

test("reports different errors at once", () => {
  const { told, reporter } = setUp();
  for (const message of ["a", "b", "a"]) reporter.report(new Error(message));
  expect(told).toEqual(["a", "b"]);
});

test("tells the peer the class of an error without a message", () => {
  const { told, reporter } = setUp();
  reporter.report(new TypeError());
  expect(told).toEqual(["TypeError"]);
});

test("gives an error that is meant for the peer one line on the log, without its stack", () => {
  const { logger, told, reporter } = setUp();
  reporter.report(new WebRTCError("speak louder"));
  expect(told).toEqual(["speak louder"]);
  expect(logger.lines).toEqual([{ level: "error", message: "the handler told the peer: speak louder", details: [] }]);
});

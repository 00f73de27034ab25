import type { Logger } from "../../src/session/logger.ts";

/** A logger that keeps what was written. */
export class RecordingLogger implements Logger {
  readonly lines: { level: keyof Logger; message: string; details: unknown[] }[] = [];

  debug(message: string, ...details: unknown[]): void {
    this.lines.push({ level: "debug", message, details });
  }
  info(message: string, ...details: unknown[]): void {
    this.lines.push({ level: "info", message, details });
  }
  warn(message: string, ...details: unknown[]): void {
    this.lines.push({ level: "warn", message, details });
  }
  error(message: string, ...details: unknown[]): void {
    this.lines.push({ level: "error", message, details });
  }

  at(level: keyof Logger): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message);
  }
}

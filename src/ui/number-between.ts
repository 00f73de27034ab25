/** Whether a value is a finite number from `minimum` to `maximum`, both inclusive; null means no bound. */
export function isNumberBetween(value: unknown, minimum: number | null, maximum: number | null): value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  return value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity);
}
